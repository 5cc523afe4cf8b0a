#!/usr/bin/env bash
# A line that is exactly level or upright has no cells, and a point neither: no error.
#
# Versions: exactextract 0.3.0, rasterio 1.5.2 (GDAL 3.12.2), shapely 2.2.0.
# Expected: lines are weighted by their length in each cell, whatever their direction; a
#   kind of geometry that is not supported is an error.
# Seen: a line of 30 m from west to east, or from north to south, through the middle of
#   cells has a count of 0 and a mean of NaN, because the box around it has no area. With
#   its end a millimetre higher, it has 30 m in 4 cells. A point has a count of 0 as well.
#   Surveyed transects, gridlines and rectified roads are such lines.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet exactextract==0.3.0 rasterio==1.5.2 shapely==2.2.0 numpy==2.5.5
cd "$folder"
cat > look.py <<'PY'
import sys
import numpy as np
import rasterio
import shapely
from exactextract import exact_extract
from rasterio.transform import from_origin

profile = {"driver": "GTiff", "width": 4, "height": 3, "count": 1, "dtype": "int16",
           "crs": "EPSG:32633", "transform": from_origin(500000, 5000030, 10, 10)}
with rasterio.open("nine.tif", "w", **profile) as file:
    file.write(np.arange(12, dtype="int16").reshape(1, 3, 4))

def ask(*shapes):
    features = [{"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(s)}
                for s in shapes]
    return [f["properties"]["count"] for f in exact_extract("nine.tif", features, ["count"])]

cases = {
    "level": (shapely.LineString([(500005, 5000025), (500035, 5000025)]), 0),
    "level but for 1 mm": (shapely.LineString([(500005, 5000025), (500035, 5000025.001)]), 30),
    "upright": (shapely.LineString([(500015, 5000028), (500015, 5000002)]), 0),
    "point": (shapely.Point(500005, 5000025), 0),
}
changed = False
for name, (shape, expected) in cases.items():
    (count,) = ask(shape)
    print(f"{name}: count {count:g}")
    changed |= round(count, 3) != expected
sys.exit(changed)
PY
"$folder/venv/bin/python" look.py
