"""The CRS of a frame, as the engine names it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from raster_core.errors import RequestError
from raster_core.sources.crs.names import parse_crs
from raster_core.sources.crs.operations import is_planar
from rasterlet.frames.zones.libraries import load_library

if TYPE_CHECKING:
    from pyproj import CRS


def engine_crs(crs: CRS) -> str:
    """The code or text of a CRS, for ``raster_core.zonal.zones.zone.Zone``.

    Coordinates of a frame are x before y, whatever order the authority gives, and so
    are the engine's. Heights are left out. A CRS without a code is its WKT.

    Raises:
        RequestError: If it is not a map of the Earth.
    """
    return _engine_name(crs.to_wkt(), crs.name)


@lru_cache(maxsize=64)
def _engine_name(wkt: str, name: str) -> str:
    try:
        return parse_crs(wkt)
    except ValueError:
        # Longer than a request's may be, or with a grid of this machine.
        if is_planar(wkt):
            return wkt
    raise RequestError(
        f"The zones' CRS '{name[:80]}' is not a map of the Earth, so they cannot be "
        "brought to the raster; give the zones in another one, or name the right one "
        "with gdf.set_crs(…, allow_override=True)"
    )


def read_user_crs(crs: object) -> CRS:
    """What a user names a CRS by, as geopandas reads it.

    Args:
        crs: A code, text or number, or a CRS of pyproj.

    Raises:
        RequestError: If it is not known.
    """
    geopandas = load_library("geopandas")
    try:
        return geopandas.GeoSeries([], crs=crs).crs  # type: ignore[no-any-return]
    except (RuntimeError, ValueError, TypeError) as error:  # pyproj's is the first
        raise RequestError(
            f"crs {str(crs)[:80]!r} is not a CRS that PROJ knows, such as 'EPSG:4326'"
        ) from error
