#!/usr/bin/env bash
# A client generated for an optional member that is always true cannot be imported.
#
# Version: openapi-python-client 0.29.1.
# Expected: JSON Schema's {"const": true} on a member that may be absent is checked as
#   {"const": "POST"} is. It is the usual way to describe a flag that is there or not.
# Seen: the generator ends well, also with --fail-on-warning, and writes
#   "if partial != Trueand not isinstance(partial, Unset)": the space before "and" is
#   missing. After a text the quote ends the token, so that one works by chance; after
#   true or false it is a SyntaxError when the model is imported, and all of the client
#   with it. {"type": "boolean"} is what such a client can read.
# Source: valid by JSON Schema 2020-12, validation, 6.1.3 (const), which OpenAPI 3.1 takes.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet openapi-python-client==0.29.1
cd "$folder"
cat > describe.py <<'PY'
import json

members = {"method": {"const": "POST"}, "partial": {"const": True}}
for name, schema in members.items():
    answer = {"type": "object", "properties": {name: schema}, "additionalProperties": False}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "One member", "version": "1"},
        "paths": {"/": {"get": {
            "operationId": "ask",
            "responses": {"200": {"description": "An answer", "content": content}},
        }}},
        "components": {"schemas": {"Answer": answer}},
    }
    with open(f"{name}.json", "w") as file:
        json.dump(document, file)
PY
"$folder/venv/bin/python" describe.py
echo "post_hooks: []" > config.yml
for name in method partial; do
    "$folder/venv/bin/openapi-python-client" generate --path "$name.json" --config config.yml \
        --meta none --output-path "client_$name" --fail-on-warning > "$name.log"
    if "$folder/venv/bin/python" -c "from client_$name.models import Answer" 2> "$name.error"
    then echo "$name: imported"; else echo "$name: $(tail -1 "$name.error")"; fi
done | tee seen.txt
test "$(cat seen.txt)" = "method: imported
partial: SyntaxError: invalid syntax"
