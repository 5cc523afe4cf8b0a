"""Frames of lines and points."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from pyproj import Geod

import rasterlet
from raster_core.errors import RequestError
from raster_core.zonal.point import read_point

SAMPLE = Path(__file__).resolve().parents[2] / "sample"
COVER = SAMPLE / "landcover_global_2019.tif"
ELEVATION = SAMPLE / "elevation_yosemite.tif"

ALPS = shapely.LineString([(7.0, 46.0), (9.5, 46.6), (12.4, 47.0)])


def frame(shapes, **options) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(geometry=shapes, crs="EPSG:4326", **options)


def test_lines_count_metres_on_the_ground():
    rasters = rasterlet.zonal_stats(
        frame([ALPS, None]),
        COVER,
        stats=["count", "valid_pixels", "frac"],
    )

    dense = shapely.get_coordinates(shapely.segmentize(ALPS, 0.001))
    metres = Geod(ellps="WGS84").line_length(*dense.T)
    assert rasters["count"][0] == pytest.approx(metres, rel=1e-5)
    assert rasters["valid_pixels"][0] == rasters["count"][0]
    fractions = rasters.filter(like="frac_").loc[0]
    assert fractions.sum() == pytest.approx(1)
    assert rasters["reason"].tolist()[1] == "empty_geometry"


def test_a_split_line_has_the_sums_of_its_halves():
    middle = ALPS.interpolate(0.3, normalized=True)
    first, second = (
        shapely.LineString([ALPS.coords[0], middle]),
        shapely.LineString([middle, *ALPS.coords[1:]]),
    )

    table = rasterlet.zonal_stats(
        frame([ALPS, first, second]), COVER, stats="count,sum"
    )

    assert table.loc[1:].sum(numeric_only=True).tolist() == pytest.approx(
        table.loc[0, ["count", "sum"]].tolist(), rel=1e-6
    )


def test_a_point_has_the_value_of_its_pixel():
    places = np.random.default_rng(1).uniform((-119.9, 37.6), (-119.3, 37.9), (40, 2))
    raster = rasterlet.open(ELEVATION)

    table = raster.zonal_stats(frame(shapely.points(places)), stats="count,mean,median")

    for row, place in zip(table.itertuples(), places, strict=True):
        (expected,) = read_point(raster.layer, *place)
        if expected.value is None:
            assert row.reason == expected.reason
        else:
            assert (row.count, row.mean, row.median) == (1, *[expected.value] * 2)


@pytest.mark.parametrize(
    ("shape", "options", "message"),
    [
        (ALPS, {"stats": "area_m2"}, "area_m2 is a statistic of polygons.* are lines"),
        (shapely.Point(7, 46), {"coverage": "centre"}, "is for polygons.* are points"),
        (ALPS, {"min_coverage": 0.5}, "min_coverage= is for polygons.* are lines"),
    ],
)
def test_what_only_polygons_have_is_refused(shape, options, message):
    with pytest.raises(RequestError, match=message):
        rasterlet.zonal_stats(frame([shape]), COVER, **options)


def test_lines_that_cannot_be_counted_keep_their_rows():
    shapes = [
        ALPS,
        shapely.LineString([(7, 46), (7, 46)]),
        shapely.LineString([(7, 46), (2000, 46)]),
        shapely.LineString([(7, 46), (8, np.inf)]),
    ]

    table = rasterlet.zonal_stats(frame(shapes), COVER, stats=["count"])

    assert table["reason"].isna().tolist() == [True, False, False, False]
    assert table["reason"][1] == "The line has no length"
    assert "not longitudes within" in table["reason"][2]
    assert table["reason"][3] == "A coordinate is not finite"


def test_kinds_of_zones_are_not_mixed():
    with pytest.raises(RequestError, match="Row 1 is a Point, and rows before it"):
        rasterlet.zonal_stats(frame([ALPS, shapely.Point(7, 46)]), COVER)
