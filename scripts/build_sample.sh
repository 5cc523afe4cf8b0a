#!/bin/sh
# Write sample/catalog.json again from the sample's rasters.
set -eu
cd "$(dirname "$0")/.."
add() {
    "${PYTHON:-.venv/bin/python}" -m rasterlet catalog add sample/catalog.json "$@"
}

add sample/landcover_global_2019.tif --id landcover \
    --title "Land cover 2019" \
    --description "The whole world in 17 IGBP classes at 0.05 degrees, from MODIS (MCD12C1 v006)." \
    --provider "NASA LP DAAC" --datetime 2019-07-01 \
    --classes sample/landcover_classes.json
add sample/elevation_yosemite.tif --id elevation \
    --title "Elevation, Yosemite and Mono Lake" \
    --description "Height above sea level in the Sierra Nevada at 3 arc seconds, from SRTM." \
    --provider "NASA SRTM" --datetime 2000-02-16 \
    --colormap-name terrain
add --overlay sample/overlay_meadows.json --id meadows \
    --title "Mountain meadows, Yosemite and Mono Lake" \
    --description "How well a place suits a mountain meadow, from 0 to 1: near 2,700 m above sea level (counts twice) and open ground in the land cover (counts once)." \
    --datetime 2019-07-01 --colormap-name ylgn
