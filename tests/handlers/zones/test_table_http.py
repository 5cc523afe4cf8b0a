"""A frame's statistics beside those of the same zones in the body of a request."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import geopandas
import pandas as pd
import pytest
import shapely

import rasterlet
from testing.client import post

if TYPE_CHECKING:
    from pathlib import Path

STATS = [
    "count",
    "mean",
    "std",
    "sum",
    "median",
    "unique",
    "covered_percent",
    "area_m2",
]

NASTY = [
    shapely.box(-119.6, 37.6, -119.2, 37.9),
    shapely.Polygon([(-119.6, 37.6), (-119.2, 37.9), (-119.2, 37.6), (-119.6, 37.9)]),
    shapely.from_wkt(
        "POLYGON Z ((-119.5 37.6 9, -119.3 37.6 9, -119.4 37.8 9, -119.5 37.6 9))"
    ),
    shapely.box(240.3, 37.6, 240.7, 37.9),  # the first one, a turn on
    shapely.box(-181, 37.6, 181, 37.9),  # wider than the world
    shapely.box(-119.6, 37.6, 80.0, 37.9),  # an edge of more than half a turn
    shapely.box(10, 45, 11, 46),  # beside the elevation
    shapely.box(-119.6, 37.6, -119.2, 91),  # beyond the pole
    shapely.MultiPolygon(
        [shapely.box(x, 37.6, x + 0.15, 37.9) for x in (-119.6, -119.5)]
    ),
]

CUSTOM = "+proj=lcc +lat_0=37 +lon_0=-119 +lat_1=36 +lat_2=38 +datum=WGS84 +units=m"


def ask(frame: geopandas.GeoDataFrame, path: str, query: str) -> list[dict[str, Any]]:
    """The Features of the service's answer."""
    body = frame.to_json(drop_id=True, to_wgs84=False)
    answer = post(path, json.loads(body), query)
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.json()["features"]
    return found


def same(own: float, served: float | None) -> bool:
    return served == own or (served is None and math.isnan(own))


@pytest.mark.parametrize("dataset", ["elevation", "landcover"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4269", "EPSG:32611", CUSTOM])
def test_a_table_has_the_service_s_numbers(catalogue: Path, dataset: str, crs: str):
    # Degrees as they are, though some are none of the CRS's.
    zones = geopandas.GeoDataFrame(geometry=NASTY, crs="EPSG:4326")
    if crs != "EPSG:4326":
        zones = zones.iloc[[0, 1, 2, 8]].to_crs(crs).reset_index(drop=True)
    text = "EPSG:4326" if crs == "EPSG:4326" else zones.crs.to_wkt()
    query = "&".join(f"stats={name}" for name in STATS)

    table = rasterlet.zonal_stats(
        zones, rasterlet.open(catalogue, id=dataset), stats=[*STATS, "p10", "p90"]
    )
    served = ask(
        zones.set_crs(None, allow_override=True),
        f"/datasets/{dataset}/statistics",
        f"{query}&p=10&p=90" + ("" if crs == "EPSG:4326" else f"&crs={quote(text)}"),
    )

    assert len(served) == len(table)
    for row, feature in zip(table.to_dict("records"), served, strict=True):
        if "error" in feature:
            assert feature["error"]["detail"] == row["reason"]
            continue
        band = feature["properties"]["statistics"]["b1"]
        wrong = {
            name: (row[name], band[name])
            for name in STATS
            if name != "unique" and not same(row[name], band[name])
        }
        assert wrong == {}
        assert same(row["p10"], band["percentile_10"])
        assert same(row["p90"], band["percentile_90"])
        assert band["reason"] == (None if pd.isna(row["reason"]) else row["reason"])
        repaired = feature.get("zone", {}).get("repaired")
        assert repaired is None or f"repaired: {repaired}" in row["note"]
        noted = feature.get("zone", {}).get("note")
        assert noted is None or noted in row["note"]
