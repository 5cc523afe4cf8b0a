#!/usr/bin/env bash
# get_ranges requests everything between two ranges, up to a megabyte a gap, as one request.
#
# Version: obstore 0.12.1.
# Expected: neighbours are merged and the rest requested side by side, as a reader of blocks
#   of a GeoTIFF needs it; or an argument says how far apart ranges may be, as
#   object_store's coalesce_ranges in Rust has one.
# Seen: three ranges of 10 bytes with 900 kB between them are one request of 1.8 MB over one
#   connection. With more than 1 MiB between them they are three requests. 24 blocks of 850 kB
#   with 50 kB between them come as one request of 21 MB, one after the other. Nor
#   does it take an entity tag (If-Match), as `get` does.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet obstore==0.12.1
cd "$folder"
cat > look.py <<'PY'
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import obstore
from obstore.store import HTTPStore

CONTENT, asked = bytes(5_000_000), []

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        first, last = map(int, re.findall(r"\d+", self.headers["Range"]))
        asked.append((first, last))
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(CONTENT)}")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        self.wfile.write(CONTENT[first : last + 1])

    def log_message(self, *_):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
store = HTTPStore.from_url(
    f"http://127.0.0.1:{server.server_port}", client_options={"allow_http": True}
)

def requests(step):
    asked.clear()
    starts = [0, step, 2 * step]
    obstore.get_ranges(store, "a.bin", starts=starts, lengths=[10, 10, 10])
    return sorted(asked)

near, far = requests(900_000), requests(1_200_000)
print("900 kB apart:", near)
print("1.2 MB apart:", far)
try:
    obstore.get_ranges(store, "a.bin", starts=[0], lengths=[1], options={"if_match": '"a"'})
    refused = False
except TypeError as error:
    refused = True
    print("if_match:", error)
sys.exit(not (near == [(0, 1_800_009)] and len(far) == 3 and refused))
PY
"$folder/venv/bin/python" look.py
