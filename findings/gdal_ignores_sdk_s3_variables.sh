#!/usr/bin/env bash
# GDAL's /vsis3/ reads some of the variables that AWS's SDKs share, and passes over others.
#
# Versions: rasterio 1.5.2 (GDAL 3.12.2), boto3 1.44.5.
# Expected by operators: what names store and credentials for boto3 (and every SDK since
#   2023) names them for GDAL too.
# Seen: AWS_PROFILE and AWS_CONFIG_FILE are read; AWS_SHARED_CREDENTIALS_FILE is not (GDAL
#   has CPL_AWS_CREDENTIALS_FILE), and neither is AWS_ENDPOINT_URL_S3 (GDAL has
#   AWS_S3_ENDPOINT, AWS_HTTPS and AWS_VIRTUAL_HOSTING). With credentials in a file that
#   only the SDKs' variable names, the catalogue of a service opens and its rasters do not.
# Source: the list of options in GDAL's documentation, "/vsis3/", has neither variable.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet rasterio==1.5.2 boto3==1.44.5
cd "$folder"
cat > ask.py <<'PY'
import contextlib, http.server, os, pathlib, subprocess, sys, threading

asked = []

class Store(http.server.BaseHTTPRequestHandler):
    def answer(self):
        asked.append("Authorization" in self.headers)
        self.send_response(404); self.end_headers()
    do_GET = do_HEAD = answer
    def log_message(self, *_): pass

server = http.server.HTTPServer(("127.0.0.1", 0), Store)
threading.Thread(target=server.serve_forever, daemon=True).start()
host = "127.0.0.1:%d" % server.server_port
secrets = pathlib.Path("secrets"); secrets.write_text("[default]\naws_access_key_id = k\naws_secret_access_key = s\n")
config = pathlib.Path("config"); config.write_text("[profile maps]\naws_access_key_id = k\naws_secret_access_key = s\n")
clean = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
clean |= {"HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "us-east-1", "no_proxy": "127.0.0.1"}
# Nothing leaves this machine: AWS itself, where GDAL looks when it does not know better, is https.
clean |= {"https_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
GDAL = ("import sys; sys.modules['boto3'] = None; import rasterio, contextlib\n"
        "from rasterio.session import DummySession\n"
        "with contextlib.suppress(Exception), rasterio.Env(session=DummySession(), GDAL_HTTP_CONNECTTIMEOUT=1): rasterio.open('/vsis3/b/k.tif')")
SDK = "import boto3, contextlib\nwith contextlib.suppress(Exception): boto3.client('s3').get_object(Bucket='b', Key='k')"
STORE = {"AWS_S3_ENDPOINT": host, "AWS_HTTPS": "NO", "AWS_VIRTUAL_HOSTING": "FALSE"}

def signs(code, **given):
    """Whether the store got a signed request."""
    asked.clear()
    subprocess.run([sys.executable, "-c", code], env=clean | given, stderr=subprocess.DEVNULL, timeout=60)
    return any(asked)

rows = {
    "GDAL, CPL_AWS_CREDENTIALS_FILE": (signs(GDAL, CPL_AWS_CREDENTIALS_FILE="secrets", **STORE), True),
    "GDAL, AWS_CONFIG_FILE and AWS_PROFILE": (signs(GDAL, AWS_CONFIG_FILE="config", AWS_PROFILE="maps", **STORE), True),
    "GDAL, AWS_SHARED_CREDENTIALS_FILE": (signs(GDAL, AWS_SHARED_CREDENTIALS_FILE="secrets", **STORE), False),
    "GDAL, AWS_ENDPOINT_URL_S3": (signs(GDAL, AWS_ACCESS_KEY_ID="k", AWS_SECRET_ACCESS_KEY="s", AWS_ENDPOINT_URL_S3="http://" + host), False),
    "boto3, both of the latter": (signs(SDK, AWS_SHARED_CREDENTIALS_FILE="secrets", AWS_ENDPOINT_URL_S3="http://" + host), True),
}
for name, (seen, expected) in rows.items():
    print(f"{name}: a signed request reached the store: {seen}")
sys.exit(any(seen != expected for seen, expected in rows.values()))
PY
"$folder/venv/bin/python" ask.py
