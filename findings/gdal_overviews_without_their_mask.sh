#!/usr/bin/env bash
# An overview without the file's mask calls itself masked, and hides nothing.
#
# Versions: rasterio 1.5.2 (GDAL 3.12.2).
# Expected: a dataset whose mask flags say PER_DATASET has a mask; where a mask was added
#   after the overviews, an overview either gets the native mask, decimated, or says
#   ALL_VALID.
# Seen: opened with OVERVIEW_LEVEL, as tilers do to read stored pixels, such an overview says
#   PER_DATASET, and its mask is 255 everywhere, for a mask inside the file and for a .msk
#   beside it. The same pixels read through the native dataset at a smaller size are masked.
#   Maps are then solid where the raster has holes, at low zooms alone. If the overviews are
#   built after the mask, all is well.
# Source: none found; the driver's page on internal masks does not speak of overviews.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet rasterio==1.5.2 numpy==2.5.5
cd "$folder"
cat > look.py <<'PY'
import sys
import numpy as np, rasterio
from rasterio.transform import from_origin

hole = np.indices((256, 256)).sum(axis=0) % 512 < 256  # the upper left half has data
wrong = []

def write(name, inside, mask_first):
    profile = dict(driver="GTiff", width=256, height=256, count=1, dtype="uint8", tiled=True,
                   crs="EPSG:32633", transform=from_origin(0, 0, 10, 10), blockxsize=128, blockysize=128)
    with rasterio.open(name, "w", **profile) as file:
        file.write(np.full((1, 256, 256), 7, "u1"))
    def mask():
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=inside), rasterio.open(name, "r+") as file:
            file.write_mask(hole)
    def overviews():
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=inside), rasterio.open(name, "r+") as file:
            file.build_overviews([2])
    for step in (mask, overviews) if mask_first else (overviews, mask):
        step()

for inside in (True, False):
    for mask_first in (True, False):
        name = f"{inside}{mask_first}.tif"
        write(name, inside, mask_first)
        with rasterio.open(name, overview_level=0) as file:
            flags = [flag.name for flag in file.mask_flag_enums[0]]
            share = float((file.read_masks(1) > 0).mean())
        with rasterio.open(name) as file:
            small = float((file.read_masks(1, out_shape=(128, 128)) > 0).mean())
        where = "inside" if inside else "beside"
        order = "before" if mask_first else "after"
        print(f"mask {where} the file, added {order} the overview: flags {flags}, "
              f"shown by the overview {share:.2f}, by the native at its size {small:.2f}")
        expected = (["per_dataset"], 0.5 if mask_first else 1.0, 0.5)
        if (flags, round(share, 1), round(small, 1)) != expected:
            wrong.append(name)
sys.exit(bool(wrong))
PY
"$folder/venv/bin/python" look.py
