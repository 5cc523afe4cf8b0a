#!/usr/bin/env bash
# PROJ's database says that a decimetre is a centimetre; PROJ itself knows better.
#
# Versions: pyproj 3.8.0 (PROJ 9.8.1).
# Expected by whoever converts heights or map units by the table of units: its factors are
#   those that PROJ computes with.
# Seen: the unit PROJ:DM "decimeter" (dm) has the factor 0.01 in proj.db, which
#   pyproj.database.get_units_map shows; +units=dm and unitconvert take 0.1. All other units
#   of length that both have agree.
# Source: none; the table "unit_of_measure" of proj.db.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyproj==3.8.0
cd "$folder"
cat > units.py <<'PY'
import sys
from pyproj import CRS, Transformer
from pyproj.database import get_units_map

differ = {}
for authority in ("EPSG", "PROJ"):
    for unit in get_units_map(auth_name=authority, category="linear").values():
        if not unit.proj_short_name:
            continue
        convert = Transformer.from_pipeline(
            f"+proj=unitconvert +xy_in={unit.proj_short_name} +xy_out=m")
        metres, _ = convert.transform(1.0, 0.0)
        if abs(metres - unit.conv_factor) > 1e-9 * metres:
            differ[unit.name] = unit.conv_factor, metres
crs = CRS("+proj=utm +zone=33 +units=dm").axis_info[0].unit_conversion_factor
for name, (table, computed) in differ.items():
    print(f"{name}: {table} m in the database, {computed} m computed; a CRS of it has {crs}")
sys.exit(not (differ == {"decimeter": (0.01, 0.1)} and crs == 0.1))
PY
venv/bin/python units.py
