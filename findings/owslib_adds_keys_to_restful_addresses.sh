#!/usr/bin/env bash
# OWSLib's WMTS client adds keys to every address, the RESTful one of the standard included.
#
# Version: OWSLib 0.36.0.
# Expected by operators: the address that ServiceMetadataURL names, which ends with
#   /1.0.0/WMTSCapabilities.xml and has no keys (OGC 07-057r7, clause 10.2), is asked for as
#   it is given; so a server may refuse keys there.
# Seen: service, request and version are appended to it as to any other. Parameters that
#   are no keys of OWS are kept; SERVICE=WMTS is written anew, in lower case. A server that
#   refuses unknown parameters at its RESTful address cannot be opened.
# Source: not documented; owslib/wmts.py, WMTSCapabilitiesReader.capabilities_url.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet owslib==0.36.0
cd "$folder"
cat > ask.py <<'PY'
import contextlib, http.server, os, sys, threading

os.environ["no_proxy"] = "127.0.0.1"
from owslib.wmts import WebMapTileService

asked = []

class Maps(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append(self.path)
        self.send_response(404); self.end_headers()
    def log_message(self, *_): pass

server = http.server.HTTPServer(("127.0.0.1", 0), Maps)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = "http://127.0.0.1:%d" % server.server_port
KEYS = "service=WMTS&request=GetCapabilities&version=1.0.0"
expected = {
    "/1.0.0/WMTSCapabilities.xml": f"/1.0.0/WMTSCapabilities.xml?{KEYS}",
    "/1.0.0/WMTSCapabilities.xml?theme=dark": f"/1.0.0/WMTSCapabilities.xml?theme=dark&{KEYS}",
    "/wmts?SERVICE=WMTS": f"/wmts?{KEYS}",
}
for given in expected:
    with contextlib.suppress(Exception):  # there is no map to be had
        WebMapTileService(base + given)
for given, seen in zip(expected, asked, strict=True):
    print(f"{given}\n  was asked for as {seen}")
sys.exit(asked != list(expected.values()))
PY
"$folder/venv/bin/python" ask.py
