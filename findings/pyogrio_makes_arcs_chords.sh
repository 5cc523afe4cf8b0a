#!/usr/bin/env bash
# A file's arcs become chords of 4 degrees when a frame is read: areas shrink by 0.08 %.
#
# Version: pyogrio 0.12.1 with the GDAL of its wheel, geopandas 1.1.3, shapely 2.1.2.
# Expected: a parcel drawn with arcs (CURVEPOLYGON, as cadastres and GeoPackages have them)
#   is approximated so that its area holds to some millionths, as it costs only vertices.
# Seen: it is a POLYGON of chords, each over 4 degrees of its arc, with vertices on the arc
#   and no warning. A circle loses 1 - sin(a) / a = 0.081 % of its area, at any size, more
#   than exact coverage fractions gain over counting centres of small cells. GDAL's option
#   OGR_ARC_STEPSIZE makes them finer.
# Source: pyogrio's "Limitations and Known Issues" has "automatically converted to their
#   linear approximation", and no size; OGR_ARC_STEPSIZE "defaults to 4 degrees" among
#   GDAL's configuration options.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyogrio==0.12.1 geopandas==1.1.3 shapely==2.1.2 \
  pandas==2.3.3 numpy==2.3.5
cd "$folder"
cat > circle.csv <<'CSV'
id,WKT
1,"CURVEPOLYGON(CIRCULARSTRING(-1 0,0 1,1 0,0 -1,-1 0))"
CSV
cat > arcs.py <<'PY'
import math
import sys
import warnings

import pyogrio

warnings.simplefilter("error")
print("pyogrio", pyogrio.__version__, "GDAL", pyogrio.__gdal_version__)
shares = []
for step in (None, "0.5"):
    pyogrio.set_gdal_config_options({"OGR_ARC_STEPSIZE": step})
    (shape,) = pyogrio.read_dataframe("circle.csv").geometry
    shares.append(shape.area / math.pi)
    print(f"step {step}: {shape.geom_type}, {len(shape.exterior.coords)} vertices,",
          f"{shares[-1]:.6f} of the circle")
angle = math.radians(4)
as_chords = abs(shares[0] - math.sin(angle) / angle) < 1e-9
sys.exit(0 if as_chords and shares[1] > 0.99998 else 1)
PY
"$folder/venv/bin/python" arcs.py
