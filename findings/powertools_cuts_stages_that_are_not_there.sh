#!/usr/bin/env bash
# AWS Lambda Powertools cuts as many letters off a path as the stage's name has, whether or
# not the path begins with it.
#
# Version: aws-lambda-powertools 3.37.0.
# Expected by developers: APIGatewayProxyEventV2.path is the path without the stage's name
#   where that stands first, and the path itself where it does not, as behind a custom
#   domain whose mapping leads to a stage: the viewer's address has no stage in it.
# Seen: "/datasets/grid" of the stage "prod" becomes "sets/grid", and no route fits it; a
#   path shorter than the name becomes empty. Only the stage $default is left alone.
# Source: the documentation says "the HTTP path"; the property slices by length
#   (aws_lambda_powertools/utilities/data_classes/api_gateway_proxy_event.py).
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet aws-lambda-powertools==3.37.0
cd "$folder"
cat > ask.py <<'PY'
import sys

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

rows = {
    ("$default", "/datasets/grid"): "/datasets/grid",
    ("prod", "/prod/datasets/grid"): "/datasets/grid",
    ("prod", "/datasets/grid"): "sets/grid",
    ("prod", "/a"): "",
}
seen = {}
for stage, path in rows:
    event = APIGatewayProxyEventV2({"rawPath": path, "requestContext": {"stage": stage}})
    seen[stage, path] = event.path
    print(f"stage {stage}, rawPath {path}: path is {event.path!r}")
sys.exit(seen != rows)
PY
"$folder/venv/bin/python" ask.py
