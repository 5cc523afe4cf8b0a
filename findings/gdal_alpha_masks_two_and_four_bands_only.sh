#!/usr/bin/env bash
# An alpha band hides pixels in GDAL's band masks only in files of two or four bands.
#
# Version: rasterio 1.5.0 with the GDAL of its wheel, 3.12.1.
# Expected by readers of images with near infrared: the alpha band of a file of red, green,
#   blue, infrared and alpha is the mask of the other four, as that of RGBA is of three.
# Seen: with 2 and 4 bands, read_masks() and dataset_mask() are the alpha band. With 3 and 5
#   bands, every flag is "all valid" and both masks are 255 everywhere, though the band's
#   colour interpretation is alpha and WarpedVRT (gdalwarp) does hide the pixels. So
#   statistics that go by masks count what a map of the same file does not show.
# Source: the documentation of GDALRasterBand::GetMaskBand speaks of "an alpha band that
#   seems to apply to this band (specific rules yet to be determined)"; the counts are in
#   gcore/gdalrasterband.cpp.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet rasterio==1.5.0 numpy==2.3.5
cd "$folder"
cat > masks.py <<'PY'
import sys

import numpy as np
import rasterio
from affine import Affine
from rasterio.enums import ColorInterp
from rasterio.vrt import WarpedVRT

print("rasterio", rasterio.__version__, "GDAL", rasterio.__gdal_version__)
seen = {}
for count in (2, 3, 4, 5):
    values = np.full((count, 8, 8), 100, "uint8")
    values[-1, :, :4] = 0  # the west is transparent
    with rasterio.open(
        "image.tif", "w", driver="GTiff", width=8, height=8, count=count, dtype="uint8",
        crs="EPSG:3857", transform=Affine(1, 0, 0, 0, -1, 8), alpha="NO",
        photometric="RGB" if count > 3 else "MINISBLACK",
    ) as file:
        file.colorinterp = [*file.colorinterp[:-1], ColorInterp.alpha]
        file.write(values)
    with rasterio.open("image.tif") as file, WarpedVRT(file) as warped:
        assert file.colorinterp[-1] is ColorInterp.alpha
        seen[count] = (
            float((file.read_masks(1) > 0).mean()),
            float((file.dataset_mask() > 0).mean()),
            float((warped.read(count) > 0).mean()),
        )
        print(count, "bands:", *file.mask_flag_enums[0], "band mask, dataset mask, warped:", *seen[count])
half, whole = (0.5, 0.5, 0.5), (1.0, 1.0, 0.5)
sys.exit(0 if seen == {2: half, 3: whole, 4: half, 5: whole} else 1)
PY
"$folder/venv/bin/python" masks.py
