#!/usr/bin/env bash
# GDAL's warper leaves out the datum shift of rasters whose CRS counts longitudes from another
# meridian than Greenwich, if it chooses the output grid itself; with a given one, it has it.
#
# Versions: rasterio 1.5.2 (GDAL 3.12.2, PROJ 9.8.1), numpy 2.3.5.
# Expected: a pixel of WarpedVRT lies at one place, whether the transform was given or not.
# Seen: without one, it lies 160 to 260 m from where rasterio.warp.transform and a WarpedVRT with
#   a transform put it (Lisbon, Bern, Oslo, Jakarta): as if there were no datum shift. With the
#   Greenwich twins of these CRSs, all agree. The same output comes from PROJ if its area of
#   interest is given with longitudes counted from the CRS's own meridian.
# Source: none that we know of.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet rasterio==1.5.2 numpy==2.3.5
cd "$folder"
cat > ask.py <<'PY'
import math, sys
import numpy as np
from affine import Affine
from rasterio.io import MemoryFile
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform

# EPSG code, its name, a place in it, whether the meridian is Greenwich.
ROWS = [
    (20790, "Lisbon (Lisbon)", (-7.88, 39.56), False),
    (21780, "CH1903 (Bern)", (8.22, 46.81), False),
    (27391, "NGO 1948 (Oslo)", (5.81, 60.55), False),
    (5330, "Batavia (Jakarta)", (106.0, -6.5), False),
    (21781, "CH1903", (8.22, 46.81), True),
    (31467, "DHDN", (9.0, 51.0), True),
]

def metres_away(code, place, **given):
    """From a place to where WarpedVRT shows the four pixels that lie around it."""
    (x,), (y,) = transform("EPSG:4326", f"EPSG:{code}", [place[0]], [place[1]])
    pixels = np.ones((1, 400, 400), "uint8"); pixels[0, 199:201, 199:201] = 255
    profile = {"driver": "GTiff", "count": 1, "height": 400, "width": 400, "dtype": "uint8"}
    with MemoryFile() as memory:
        with memory.open(**profile, crs=f"EPSG:{code}", transform=Affine(10, 0, x - 2000, 0, -10, y + 2000)) as file:
            file.write(pixels)
        with memory.open() as file, WarpedVRT(file, crs="EPSG:4326", **given) as warped:
            row, col = (axis.mean() + .5 for axis in np.nonzero(warped.read(1) == 255))
            lon, lat = warped.transform @ (col, row)
    return 111_000 * math.hypot((lon - place[0]) * math.cos(math.radians(place[1])), lat - place[1])

failed = False
for code, name, place, greenwich in ROWS:
    grid = {"transform": Affine(5e-5, 0, place[0] - .02, 0, -5e-5, place[1] + .02), "width": 800, "height": 800}
    own, given = metres_away(code, place), metres_away(code, place, **grid)
    print(f"EPSG:{code} {name}: {own:.0f} m away on a grid of the warper's, {given:.0f} m on a given one")
    failed |= given > 20 or (own < 20) != greenwich
sys.exit(failed)
PY
"$folder/venv/bin/python" ask.py
