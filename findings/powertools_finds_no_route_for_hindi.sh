#!/usr/bin/env bash
# A part of a path with a vowel sign, a combining accent, ", € or ™ matches no <name>.
#
# Versions: aws-lambda-powertools 3.37.0.
# Expected: a route /datasets/<name> is found for any name without a slash. API Gateway's
#   payload 2.0 has the path decoded, so names of any script arrive as themselves.
# Seen: 404. A <name> matches only letters and digits as Python's \w has them, and a list of
#   punctuation. \w has no combining characters: Hindi "हिमालय" and Thai "ที่" are not found, nor
#   is "é" as macOS writes it in file names (e and U+0301), while "é" as one character is.
# Source: _NAMED_GROUP_BOUNDARY_PATTERN in event_handler/api_gateway.py; not documented.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet aws-lambda-powertools==3.37.0
cat > "$folder/look.py" <<'PY'
import sys
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

app = APIGatewayHttpResolver()

@app.get("/datasets/<name>")
def dataset(name: str):
    return {"name": name}

def status(name):
    path = f"/datasets/{name}"
    http = {"method": "GET", "path": path}
    event = {"version": "2.0", "rawPath": path, "rawQueryString": "", "headers": {},
             "requestContext": {"http": http, "stage": "$default"}}
    return app.resolve(event, None)["statusCode"]

expected = {"dem": 200, "my dem": 200, "高度": 200, "caf\u00e9": 200, "cafe\u0301": 404,
            "हिमालय": 404, "ที่": 404, "dem™": 404, 'a"b': 404}
seen = {name: status(name) for name in expected}
for name, found in seen.items():
    print(f"{name!a:45} {found}")
sys.exit(seen != expected)
PY
"$folder/venv/bin/python" "$folder/look.py"
