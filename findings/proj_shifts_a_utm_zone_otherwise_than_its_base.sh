#!/usr/bin/env bash
# PROJ takes one datum shift for NAD27 in degrees and another one for NAD27 / UTM zone 10N, at the
# same place, and others for OGC:CRS84 than for EPSG:4326.
#
# Versions: pyproj 3.8.0 (PROJ 9.8.1), without grids.
# Expected: one position on one datum lies at one place in WGS 84, in degrees or in metres.
# Seen: near Vancouver (122.5 W, 49.5 N) both ways lie 17 m apart: "NAD27 to WGS 84 (13)"
#   (Canada, accuracy 8 m) in degrees, "(6)" (western United States, 7 m) in UTM. In Palestine,
#   EPSG:28191 goes to EPSG:4326 without any shift and to OGC:CRS84 with Esri's, 80 m away.
# Source: PROJ's documentation, "Operations computation or retrieval", on areas and authorities.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyproj==3.8.0
cd "$folder"
cat > ask.py <<'PY'
import math, sys
import pyproj
from pyproj import Transformer

def metres(first, second):
    east = (first[0] - second[0]) * math.cos(math.radians(first[1]))
    return 111_000 * math.hypot(east, first[1] - second[1])

def to(src, dst, *point):
    return Transformer.from_crs(src, dst, always_xy=True).transform(*point)

pyproj.network.set_network_enabled(False)
place = -122.5, 49.5
utm = to("EPSG:4267", "EPSG:26710", *place)
datum = metres(to("EPSG:4267", "EPSG:4326", *place), to("EPSG:26710", "EPSG:4326", *utm))
print(f"NAD27 in degrees and in UTM, one position: {datum:.1f} m apart in WGS 84")
point = 170_000, 130_000
target = metres(to("EPSG:28191", "EPSG:4326", *point), to("EPSG:28191", "OGC:CRS84", *point))
print(f"Palestine Grid to EPSG:4326 and to OGC:CRS84: {target:.1f} m apart")
sys.exit(not (datum > 5 and target > 5))
PY
"$folder/venv/bin/python" ask.py
