import mercantile
import pyproj

from raster_core.earth import EARTH_RADIUS, EQUATOR


def test_the_radius_is_that_of_wgs_84():
    assert pyproj.Geod(ellps="WGS84").a == EARTH_RADIUS


def test_the_equator_is_that_of_web_mercators_tiles():
    assert mercantile.CE == EQUATOR
