#!/usr/bin/env bash
# Polygons that share a level border through pixel centres both burn the pixels on it.
#
# Versions: rasterio 1.5.2 (GDAL 3.12.2).
# Expected by users who rasterise a coverage: without ALL_TOUCHED, a pixel belongs to the
#   polygon that its centre is in, so polygons that tile a plane have each pixel once.
# Seen: of two rectangles that share an upright or a slanted border through centres, one
#   has the pixels; of two that share a level one, both do. Burnt one after the other, the
#   later wins; summed (MERGE_ALG=ADD, zonal statistics), the row counts twice: 20 pixels
#   of a plane of 16.
# Source: GDAL's alg/llrasterize.cpp, GDALdllImageFilledPolygon: horizontal segments are
#   filled by themselves, "fill the horizontal segment (separately from the rest)".
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet rasterio==1.5.2 numpy==2.5.5
cd "$folder"
cat > look.py <<'PY'
import sys
from rasterio.enums import MergeAlg
from rasterio.features import rasterize
from rasterio.transform import from_origin

def ring(*corners):
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}

# A plane of 4 x 4 pixels, in two parts whose border passes through centres of pixels.
cases = {
    "upright": (ring((0, 0), (1.5, 0), (1.5, 4), (0, 4)), ring((1.5, 0), (4, 0), (4, 4), (1.5, 4)), 16),
    "slanted": (ring((0, 0), (4, 4), (0, 4)), ring((0, 0), (4, 0), (4, 4)), 16),
    "level": (ring((0, 0), (4, 0), (4, 1.5), (0, 1.5)), ring((0, 1.5), (4, 1.5), (4, 4), (0, 4)), 20),
}
changed = False
for name, (first, second, expected) in cases.items():
    burnt = rasterize([(first, 1), (second, 1)], (4, 4), transform=from_origin(0, 4, 1, 1),
                      merge_alg=MergeAlg.add)
    print(f"{name} border: {int(burnt.sum())} of 16 pixels, at most {int(burnt.max())} times")
    changed |= int(burnt.sum()) != expected
sys.exit(changed)
PY
"$folder/venv/bin/python" look.py
