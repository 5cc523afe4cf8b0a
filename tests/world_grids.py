"""Grids in use that reach around a pole, over the antimeridian, or beyond the Earth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from affine import Affine
from pyproj import Transformer

from raster_core.grid import Bounds, Grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

SINUSOIDAL = "+proj=sinu +lon_0=0 +R=6371007.181 +units=m +type=crs"
GOODE = "+proj=igh +lon_0=0 +datum=WGS84 +units=m +type=crs"
PACIFIC_ROBINSON = "+proj=robin +lon_0=150 +datum=WGS84 +units=m +type=crs"
GOES_EAST = "+proj=geos +lon_0=-75 +h=35786023 +sweep=x +ellps=GRS80 +type=crs"
METEOSAT = "+proj=geos +lon_0=0 +h=35785831 +a=6378169 +b=6356583.8 +type=crs"
HIMAWARI = "+proj=geos +lon_0=140.7 +h=35785863 +ellps=WGS84 +type=crs"

_MERCATOR = 20037508.342789244  # half of Web Mercator's width
_TILE = 1111950.5196666666  # of MODIS: 10 degrees on its sphere


@dataclass(frozen=True, slots=True)
class WorldGrid:
    """A grid and its box."""

    name: str
    grid: Grid
    box: Bounds
    """Longitude and latitude, to 0.01 degrees; left > right over the antimeridian."""


def _grid(
    crs: str, corner: tuple[float, float], pixel: float, size: tuple[int, int]
) -> Grid:
    left, top = corner
    return Grid(crs, Affine(pixel, 0, left, 0, -pixel, top), *size)


def _world(name: str, grid: Grid) -> WorldGrid:
    return WorldGrid(name, grid, Bounds(-180, -90, 180, 90))


def _part(name: str, grid: Grid, *box: float) -> WorldGrid:
    return WorldGrid(name, grid, Bounds(*box))


WORLD_GRIDS = (
    # Around a pole.
    _part(
        "NSIDC sea ice north, 25 km",
        _grid("EPSG:3413", (-3850000, 5850000), 25000, (304, 448)),
        *(-180, 30.98, 180, 90),
    ),
    _part(
        "NSIDC sea ice north, Hughes 1980",
        _grid("EPSG:3411", (-3850000, 5850000), 25000, (304, 448)),
        *(-180, 30.98, 180, 90),
    ),
    _part(
        "NSIDC sea ice south, 25 km",
        _grid("EPSG:3976", (-3950000, 4350000), 25000, (316, 332)),
        *(-180, -90, 180, -39.23),
    ),
    _part(
        "NSIDC sea ice south, Hughes 1980",
        _grid("EPSG:3412", (-3950000, 4350000), 25000, (316, 332)),
        *(-180, -90, 180, -39.23),
    ),
    _part(
        "EASE-Grid 2.0 north, 25 km",
        _grid("EPSG:6931", (-9e6, 9e6), 25000, (720, 720)),
        *(-180, -84.63, 180, 90),
    ),
    _part(
        "EASE-Grid 2.0 south, 25 km",
        _grid("EPSG:6932", (-9e6, 9e6), 25000, (720, 720)),
        *(-180, -90, 180, 84.63),
    ),
    _world(
        "EASE-Grid north, 25 km",
        _grid("EPSG:3408", (-9036842.76, 9036842.76), 25067.525, (721, 721)),
    ),
    _part(
        "Antarctica, 10 km",
        _grid("EPSG:3031", (-3e6, 3e6), 10000, (600, 600)),
        *(-180, -90, 180, -52.32),
    ),
    _part(
        "Lambert about the pole, North America",
        _grid("EPSG:3574", (-5e6, 5e6), 50000, (200, 200)),
        *(-180, 22.68, 180, 90),
    ),
    _world(
        "Lambert about the pole, the whole Earth",
        _grid("ESRI:102017", (-12.8e6, 12.8e6), 50000, (512, 512)),
    ),
    # The world in cylindrical projections.
    _part(
        "EASE-Grid 2.0 global, 36 km",
        _grid("EPSG:6933", (-17367530.45, 7314540.83), 36032.22, (964, 406)),
        *(-180, -85.04, 180, 85.04),
    ),
    _world(
        "EASE-Grid global, 25 km",
        _grid("EPSG:3410", (-17334193.54, 7356860.4), 25067.525, (1383, 587)),
    ),
    _world(
        "Lambert cylindrical, as gdalwarp makes it",
        _grid("ESRI:54034", (-20037508.34, 6363885.33), 34000, (1179, 375)),
    ),
    _world(
        "Equirectangular in metres",
        _grid("EPSG:4087", (-20037508.34, 10018754.17), 34000, (1179, 590)),
    ),
    _world(
        "Equirectangular, a pixel beyond the poles",
        _grid("EPSG:4087", (-20054508.34, 10035754.17), 34000, (1180, 591)),
    ),
    _part(
        "Web Mercator",
        _grid("EPSG:3857", (-_MERCATOR, _MERCATOR), _MERCATOR / 200, (400, 400)),
        *(-180, -85.05, 180, 85.05),
    ),
    _part(
        "Web Mercator, 3 mm too wide",
        _grid(
            "EPSG:3857",
            (-_MERCATOR, _MERCATOR),
            (2 * _MERCATOR + 0.003) / 400,
            (400, 400),
        ),
        *(-180, -85.05, 180, 85.05),
    ),
    _part(
        "Web Mercator, a part of a pixel too wide",
        _grid("EPSG:3857", (-_MERCATOR, _MERCATOR), 100500, (400, 400)),
        *(-180, -85.15, 180, 85.05),
    ),
    # The world in projections whose corners lie in space.
    _part(
        "GHSL, 1 km",
        _grid("ESRI:54009", (-18041000, 9000000), 1000, (36082, 18000)),
        *(-180, -89.09, 180, 89.09),
    ),
    _world(
        "Mollweide, as gdalwarp makes it",
        _grid("ESRI:54009", (-18040095.7, 9020047.85), 34000, (1061, 531)),
    ),
    _world(
        "Robinson", _grid("ESRI:54030", (-17005833.33, 8625154.66), 34000, (1001, 508))
    ),
    _world(
        "Robinson about the Pacific",
        _grid(PACIFIC_ROBINSON, (-17005833.33, 8625154.66), 34000, (1001, 508)),
    ),
    _world(
        "Equal Earth",
        _grid("EPSG:8857", (-17243959.06, 8392927.6), 34000, (1015, 494)),
    ),
    _world(
        "Interrupted Goode",
        _grid(GOODE, (-20037506.67, 8683259.72), 40000, (1002, 435)),
    ),
    _world(
        "Winkel Tripel",
        _grid("ESRI:54042", (-16396891.17, 10018754.17), 34000, (965, 590)),
    ),
    _world(
        "MODIS sinusoidal",
        _grid(SINUSOIDAL, (-18 * _TILE, 9 * _TILE), 37065, (1080, 540)),
    ),
    _part(
        "MODIS tile h00v08, most of it in space",
        _grid(SINUSOIDAL, (-18 * _TILE, _TILE), 4633.127, (240, 240)),
        *(-180, 0, -170, 10),
    ),
    _part(
        "MODIS tile h30v04, a corner in space",
        _grid(SINUSOIDAL, (12 * _TILE, 5 * _TILE), 4633.127, (240, 240)),
        *(156.65, 40, 180, 48.2),
    ),
    # From space.
    _part(
        "GOES East, full disk",
        _grid(GOES_EAST, (-5434894.885, 5434894.885), 10008.9, (1086, 1086)),
        *(-156.3, -81.3, 6.3, 81.3),
    ),
    _part(
        "Meteosat, full disk",
        _grid(METEOSAT, (-5570248.477, 5570248.477), 12001.6, (928, 928)),
        *(-81.3, -81.3, 81.3, 81.3),
    ),
    _part(
        "Himawari, full disk",
        _grid(HIMAWARI, (-5.5e6, 5.5e6), 11000, (1000, 1000)),
        *(59.4, -81.3, -138, 81.3),
    ),
    # Continents.
    _part(
        "LAEA Europe",
        _grid("EPSG:3035", (900000, 5500000), 10000, (660, 460)),
        *(-56.51, 24.28, 74, 72.67),
    ),
    _part(
        "Albers, North America, with the pole",
        _grid("ESRI:102008", (-4.5e6, 4.5e6), 10000, (900, 900)),
        *(172.56, -9.89, -4.56, 90),
    ),
    _part(
        "Albers, United States",
        _grid("EPSG:5070", (-2356095, 3172605), 1000, (4600, 2900)),
        *(-127.89, 22.9, -65.53, 51.61),
    ),
    _part(
        "Albers, Asia",
        _grid("ESRI:102025", (-4.5e6, 5.5e6), 10000, (900, 900)),
        *(3.43, -10.4, -173.43, 78.49),
    ),
    _part(
        "Albers, Africa",
        _grid("ESRI:102022", (-4.5e6, 4.5e6), 10000, (900, 900)),
        *(-19.22, -40.85, 69.22, 42.24),
    ),
    _part(
        "Albers, South America",
        _grid("ESRI:102033", (-4e6, 5e6), 10000, (800, 900)),
        *(-119.31, -74.63, -0.69, 17.58),
    ),
    _part(
        "Albers, Australia",
        _grid("EPSG:3577", (-2e6, -1e6), 1000, (4000, 3900)),
        *(108.07, -44.87, 155.93, -8.26),
    ),
    _part(
        "New Zealand Transverse Mercator",
        _grid("EPSG:2193", (1e6, 6.3e6), 1000, (1100, 1600)),
        *(165.02, -47.85, 179.66, -33.27),
    ),
    _part(
        "Fiji Map Grid",
        _grid("EPSG:3460", (1.6e6, 4.3e6), 1000, (800, 800)),
        *(174.89, -21.52, -177.39, -14.26),
    ),
    # In degrees.
    _world("0 to 360 degrees", _grid("EPSG:4326", (0, 90), 0.25, (1440, 720))),
    _world(
        "Pixels centred on the poles",
        _grid("EPSG:4326", (-0.125, 90.125), 0.25, (1440, 721)),
    ),
    _world(
        "Half a pixel over the poles",
        _grid("EPSG:4326", (-180.15, 90.15), 0.3, (1200, 601)),
    ),
    _part(
        "A column less than the world",
        _grid("EPSG:4326", (0, 90), 0.5, (719, 360)),
        *(0, -90, -0.5, 90),
    ),
    _part(
        "Degrees over the antimeridian, NAD83",
        _grid("EPSG:4269", (172, 66), 0.1, (160, 160)),
        *(172, 50, -172, 66),
    ),
)


def pixel_centres(
    grid: Grid, most: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Columns and rows of up to ``most`` x ``most`` centres, the outermost included."""
    cols, rows = (
        np.unique(np.linspace(0, size - 1, min(size, most)).round()) + 0.5
        for size in (grid.width, grid.height)
    )
    return tuple(axis.ravel() for axis in np.meshgrid(cols, rows))  # type: ignore[return-value]


@lru_cache
def _transformers(crs: str) -> tuple[Transformer, Transformer]:
    return (
        Transformer.from_crs(crs, "OGC:CRS84", always_xy=True),
        Transformer.from_crs("OGC:CRS84", crs, always_xy=True),
    )


def known_places(
    grid: Grid, cols: NDArray[np.float64], rows: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Longitudes and latitudes by pyproj, and which lead back into the same pixel."""
    x, y = (np.asarray(axis) for axis in grid.transform @ (cols, rows))
    if grid.crs in ("EPSG:4326", "EPSG:4269"):  # over the antimeridian, or the poles
        return (x + 180) % 360 - 180, y, np.abs(y) <= 90
    there, back = _transformers(grid.crs)
    longitude, latitude = there.transform(x, y)
    with np.errstate(invalid="ignore"):
        col, row = ~grid.transform @ tuple(back.transform(longitude, latitude))
        known = np.hypot(col - cols, row - rows) < 0.5
    return longitude, latitude, known
