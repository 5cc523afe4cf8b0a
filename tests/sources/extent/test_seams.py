"""Where projections are torn."""

from __future__ import annotations

import numpy as np
import pytest

from raster_core.sources.crs.crs import LONGITUDE_LATITUDE
from raster_core.sources.crs.operations import point_transform
from raster_core.sources.extent.seams import find_seams, from_any_turn


@pytest.mark.parametrize(
    ("crs", "seams"),
    [
        ("EPSG:3857", (-180,)),
        ("EPSG:3395", (-180,)),
        ("EPSG:3832", (-30,)),  # Mercator about 150 E
        ("EPSG:6933", (-180,)),
        ("EPSG:8857", (-180,)),
        ("EPSG:8859", (-30,)),  # Equal Earth, Asia and the Pacific
        ("ESRI:54009", (-180,)),
        ("ESRI:54030", (-180,)),
        ("+proj=sinu +R=6371007.181", (-180,)),
        ("EPSG:5070", (84,)),  # Albers, about 96 W
        ("EPSG:3577", (-48,)),  # of Australia, about 132 E
        ("+proj=lcc +lat_1=33 +lat_2=45 +lon_0=-96", (84,)),
        ("+proj=igh", (-180, -100, -40, -20, 80)),  # interrupted, both hemispheres
        ("EPSG:3413", ()),
        ("EPSG:3976", ()),
        ("EPSG:3035", ()),
        ("EPSG:32660", ()),
        ("+proj=geos +h=35785831 +lon_0=140.7", ()),
    ],
)
def test_a_projection_is_torn_opposite_its_middle_or_nowhere(
    crs: str, seams: tuple[float, ...]
):
    assert find_seams(crs) == seams


def test_both_ways_to_write_the_antimeridian_are_one_point():
    to_polar = from_any_turn(point_transform(LONGITUDE_LATITUDE, "EPSG:3976"))

    x, y = to_polar(np.array([-540.0, -180.0, 180.0, 540.0]), np.full(4, -70.0))

    assert len(set(x.tolist())) == len(set(y.tolist())) == 1
