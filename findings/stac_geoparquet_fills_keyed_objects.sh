#!/usr/bin/env bash
# stac-geoparquet gives one Item's colour map the values of every other's, as nulls.
#
# Versions: stac-geoparquet 0.8.3, pyarrow 26.0.1.
# Expected by readers: an Item that was written to a table and read again says what it said;
#   an absent optional member stays absent, as assets do, whose nulls are taken out again.
# Seen: members are columns, so what any Item of the table has becomes null in all others
#   ("proj:code": null), and objects whose keys are data take up the keys of all: a render's
#   "colormap" {"1": ...} beside one of {"2": ...} comes back as {"1": ..., "2": null}. Clients
#   that look whether a member is there, or parse every entry, fail or draw something else.
# Source: the specification of stac-geoparquet has assets as its one case of keyed objects.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet stac-geoparquet==0.8.3 pyarrow==26.0.1
cd "$folder"
cat > there_and_back.py <<'PY'
import sys
import stac_geoparquet.arrow

def item(name, colormap, **properties):
    return {
        "type": "Feature", "stac_version": "1.1.0", "id": name, "links": [],
        "stac_extensions": ["https://stac-extensions.github.io/render/v2.0.0/schema.json"],
        "geometry": {"type": "Point", "coordinates": [0.0, 0.0]}, "bbox": [0.0, 0.0, 0.0, 0.0],
        "properties": {"datetime": "2020-01-01T00:00:00Z", **properties,
                       "renders": {"default": {"assets": [name], "colormap": colormap}}},
        "assets": {name: {"href": f"{name}.tif"}},
    }

items = [item("a", {"1": "#ff0000"}), item("b", {"2": "#00ff00"}, **{"proj:code": "EPSG:4326"})]
table = stac_geoparquet.arrow.parse_stac_items_to_arrow(items).read_all()
first, second = stac_geoparquet.arrow.stac_table_to_items(table)
colormap = first["properties"]["renders"]["default"]["colormap"]
print("written", items[0]["properties"]["renders"]["default"]["colormap"], "read", colormap)
print("proj:code of the Item without one:", first["properties"].get("proj:code", "absent"))
print("assets of both:", list(first["assets"]), list(second["assets"]))
sys.exit(not (colormap == {"1": "#ff0000", "2": None}
              and first["properties"]["proj:code"] is None
              and (list(first["assets"]), list(second["assets"])) == (["a"], ["b"])))
PY
venv/bin/python there_and_back.py
