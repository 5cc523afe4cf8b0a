#!/usr/bin/env bash
# exactextract's table has another index than its zones: assigned back, values change rows.
#
# Version: exactextract 0.3.0, geopandas 1.1.3, pandas 2.3.3, rasterio 1.5.0.
# Expected: exact_extract(raster, frame, ["mean"], output="pandas") has the frame's index,
#   as other functions of frames do, so that frame["mean"] = table["mean"] gives each zone
#   its own mean.
# Seen: rows come in the frame's order, but numbered from 0. pandas aligns by label, so for
#   a frame that was sorted or filtered the assignment gives zones the means of others, or
#   NaN, and nothing warns. Likewise one empty polygon among the zones, which is a valid
#   geometry, fails the whole call: "Failed to parse geometry."
# Source: github.com/isciences/exactextract, issue 186, after 0.3.0; nothing in the
#   documentation of output="pandas" speaks of the index.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet exactextract==0.3.0 geopandas==1.1.3 pandas==2.3.3 \
  rasterio==1.5.0 numpy==2.3.5 shapely==2.1.2
cd "$folder"
cat > rows.py <<'PY'
import sys

import geopandas
import numpy as np
import rasterio
import shapely
from affine import Affine
from exactextract import exact_extract

with rasterio.open(
    "columns.tif", "w", driver="GTiff", width=4, height=1, count=1, dtype="int16",
    crs="EPSG:3857", transform=Affine(1, 0, 0, 0, -1, 1),
) as file:
    file.write(np.array([[[10, 20, 30, 40]]], "int16"))
zones = geopandas.GeoDataFrame(
    {"true": [10, 20, 30, 40]},
    geometry=[shapely.box(n, 0, n + 1, 1) for n in range(4)],
    crs="EPSG:3857",
)


def assigned(frame):
    frame = frame.copy()
    frame["mean"] = exact_extract("columns.tif", frame, ["mean"], output="pandas")["mean"]
    print(frame[["true", "mean"]])
    return frame["mean"].fillna(-1).tolist()


upside_down = assigned(zones.sort_values("true", ascending=False))
filtered = assigned(zones[zones["true"] > 20])
empty = geopandas.GeoDataFrame(
    geometry=[shapely.box(0, 0, 1, 1), shapely.Polygon()], crs="EPSG:3857"
)
try:
    exact_extract("columns.tif", empty, ["mean"], output="pandas")
    failed = ""
except RuntimeError as error:
    failed = str(error)
print("one empty polygon:", failed)
wrong = ([10, 20, 30, 40], [-1, -1], "Failed to parse geometry.")
sys.exit(0 if (upside_down, filtered, failed) == wrong else 1)
PY
"$folder/venv/bin/python" rows.py
