#!/bin/sh
# Write sample/catalog.json anew from the sample's rasters.
set -eu
cd "$(dirname "$0")/.."
python="${PYTHON:-.venv/bin/python}"

"$python" scripts/stac_item.py sample/landcover_global_2019.tif --id landcover \
    --title "Land cover 2019" \
    --description "The whole world in 17 IGBP classes at 0.05 degrees, from MODIS (MCD12C1 v006)." \
    --provider "NASA LP DAAC" --datetime 2019-07-01 \
    --classes sample/landcover_classes.json --append sample/catalog.json
"$python" scripts/stac_item.py sample/elevation_yosemite.tif --id elevation \
    --title "Elevation, Yosemite and Mono Lake" \
    --description "Height above sea level in the Sierra Nevada at 3 arc seconds, from SRTM." \
    --provider "NASA SRTM" --datetime 2000-02-16 \
    --colormap-name terrain --append sample/catalog.json
