#!/usr/bin/env bash
# Overviews by mode of signed integers with a negative nodata value show 0 for no data.
#
# Versions: rasterio 1.5.2 (GDAL 3.12.2).
# Expected: where no pixel has data, an overview has the nodata value, as with every other
#   kernel, and as mode itself does for floats and for nodata values from 0 on.
# Seen: an int16 or int32 raster with nodata -9999, overviews built with MODE: the pixels
#   without data are 0 in the overview, which no pixel of the raster is, and they count as
#   data. Maps of the raster change at that zoom, and a class 0 appears in the statistics
#   of overviews.
# Source: none; the documentation of gdaladdo has no such exception.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet rasterio==1.5.2 numpy==2.5.5
cd "$folder"
cat > look.py <<'PY'
import sys
import numpy as np, rasterio
from rasterio.enums import Resampling
from rasterio.transform import from_origin

def shown(dtype, nodata, kernel):
    """The overview's values in a part without data, and how many count as data."""
    values = np.full((1, 512, 512), 7, dtype)
    values[:, :256] = nodata
    profile = dict(driver="GTiff", width=512, height=512, count=1, dtype=dtype, nodata=nodata,
                   crs="EPSG:4326", transform=from_origin(10, 50, 0.01, 0.01))
    with rasterio.open("a.tif", "w", **profile) as file:
        file.write(values)
    with rasterio.open("a.tif", "r+") as file:
        file.build_overviews([2], kernel)
    with rasterio.open("a.tif", overview_level=0) as overview:
        return np.unique(overview.read(1)[:120]).tolist(), int((overview.read_masks(1)[:120] > 0).sum())

wrong = [shown(dtype, -9999, Resampling.mode) for dtype in ("int16", "int32")]
right = [shown("float32", -9999, Resampling.mode), shown("int16", -9999, Resampling.average),
         shown("int16", -9999, Resampling.nearest), shown("int16", 9999, Resampling.mode)]
print("mode, int16 and int32, nodata -9999 (values, pixels with data):", wrong)
print("mode of float32, average, nearest, mode with nodata 9999:", right)
same = all(found == ([0], 120 * 256) for found in wrong)
same &= all(count == 0 for _, count in right)
sys.exit(not same)
PY
"$folder/venv/bin/python" look.py
