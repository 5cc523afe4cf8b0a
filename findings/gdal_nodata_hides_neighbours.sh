#!/usr/bin/env bash
# A nodata value hides other values: of doubles too, those within 5 parts in 10 million.
#
# Versions: rasterio 1.5.2 (GDAL 3.12.2).
# Expected by users of float64 rasters: the mask hides pixels that equal nodata, as
#   `values == dataset.nodata` finds them.
# Seen: float64 is compared with the precision of float32: with nodata 1000000, the values
#   1000000.25 and 999999.75 are hidden. With the lowest float32 as nodata, which many
#   writers use, every value below -1e32 is hidden, because the sum that the tolerance is a
#   part of overflows. And a uint64 nodata of 2^64-1 hides its pixels while rasterio's
#   `nodata` is None, so that it is lost when a profile is copied.
# Source: ARE_REAL_EQUAL in GDAL's gcore/gdal_priv.h, "using float epsilon for backward
#   compatibility"; no page of the documentation says so.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet rasterio==1.5.2 numpy==2.5.5
cd "$folder"
cat > look.py <<'PY'
import sys
import numpy as np, rasterio
from rasterio.io import MemoryFile
from rasterio.transform import from_origin
import rasterio.shutil

def hidden(values, nodata):
    values = np.array([values])
    profile = dict(driver="GTiff", width=values.shape[1], height=1, count=1, dtype=values.dtype,
                   crs="EPSG:4326", transform=from_origin(10, 50, 1, 1), nodata=nodata)
    with rasterio.open("a.tif", "w", **profile) as file:
        file.write(values, 1)
    with rasterio.open("a.tif") as file:
        return (file.read_masks(1)[0] == 0).tolist(), file.nodata

near = [1e6, 1e6 + 0.25, 1e6 - 0.25, 1e6 + 1]
rows = [("float64, nodata 1000000", near, hidden(np.array(near, "f8"), 1e6)[0], [True, True, True, False])]
lowest = float(np.finfo("f4").min)
low = [lowest, -1e32, -1e30]
rows.append(("float32, nodata -3.4028235e38", low, hidden(np.array(low, "f4"), lowest)[0], [True, True, False]))

# rasterio does not write such a nodata; GDAL's VRT does.
with rasterio.open("b.tif", "w", driver="GTiff", width=2, height=1, count=1, dtype="uint64",
                   crs="EPSG:4326", transform=from_origin(10, 50, 1, 1)) as file:
    file.write(np.array([[2**64 - 1, 5]], "u8"), 1)
rasterio.shutil.copy("b.tif", "b.vrt", driver="VRT")
text = open("b.vrt").read().replace("<ColorInterp>", f"<NoDataValue>{2**64 - 1}</NoDataValue><ColorInterp>")
open("b.vrt", "w").write(text)
with rasterio.open("b.vrt") as file:
    rows.append(("uint64, nodata 2^64-1", [2**64 - 1, 5], (file.read_masks(1)[0] == 0).tolist(), [True, False]))
    lost = file.nodata
for name, values, seen, _ in rows:
    print(f"{name}: of {values} are hidden {seen}")
print(f"rasterio's nodata of the last: {lost}")
sys.exit(lost is not None or any(seen != expected for *_, seen, expected in rows))
PY
"$folder/venv/bin/python" look.py
