#!/usr/bin/env bash
# Boxes of world rasters in longitude and latitude, by transform_bounds: a millimetre past
# 180 degrees loses 16 degrees in pyproj, and all but nothing is left in rasterio.
#
# Versions: pyproj 3.8.0 (PROJ 9.8.1), rasterio 1.5.2 (GDAL 3.12.2).
# Expected: a box from -180 to 180, for a grid in EPSG:3857 that is 1 mm too wide (as
#   gdalwarp -tr writes it), and for GHSL's official grid in ESRI:54009.
# Seen: pyproj's right end falls to 163.636 (the last of its 21 points before the corner,
#   180 - 360 / 22), rasterio's to -179.99999999, which reads as a box of no width. Of
#   GHSL's, whose corners lie in space, pyproj knows -175.6 to 175.6, rasterio 0 to 0.
#   No warning, no inf. Items and TileJSON made so lack New Zealand and Fiji.
# Source: proj_trans_bounds in PROJ's documentation samples the edges only, and speaks of
#   the poles, not of edges past the end of a projection.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyproj==3.8.0 rasterio==1.5.2
"$folder/venv/bin/python" - <<'PY'
import sys

import pyproj
from rasterio.warp import transform_bounds

half = 20037508.342789244
mercator = "EPSG:3857", (-half, -half, half + 0.001, half)
ghsl = "ESRI:54009", (-18041000.0, -9000000.0, 18041000.0, 9000000.0)

seen = {}
for name, (crs, box) in {"Mercator + 1 mm": mercator, "GHSL": ghsl}.items():
    to_degrees = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    seen[name, "pyproj"] = to_degrees.transform_bounds(*box)[::2]
    seen[name, "rasterio"] = transform_bounds(crs, "EPSG:4326", *box)[::2]

expected = {
    ("Mercator + 1 mm", "pyproj"): (-180, 163.636),
    ("Mercator + 1 mm", "rasterio"): (-180, -180),
    ("GHSL", "pyproj"): (-175.6, 175.6),
    ("GHSL", "rasterio"): (0, 0),
}
for (name, library), ends in seen.items():
    print(f"{name}, {library}: {ends[0]:.3f} to {ends[1]:.3f}; right would be -180 to 180")
wrong = [
    key
    for key, ends in seen.items()
    if any(abs(end - known) > 0.05 for end, known in zip(ends, expected[key]))
]
sys.exit(bool(wrong))
PY
