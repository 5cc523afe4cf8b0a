"""The programs that the zonal suite compares, and their ways to compute a case."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

_WORKERS = "benchmarks.zonal.workers"
_RASTERLET = f"{_WORKERS}.rasterlet"


class Likeness(Enum):
    """How far the figures of a contender must be Rasterlet's."""

    SAME = "to the bit"
    EXACT = "zone by zone: exact coverage on both sides"
    CLOSE = "in total: it does not count exact coverage"
    NONE = "it has none"


@dataclass(frozen=True, slots=True)
class Contender:
    """A program that computes a case, or part of it."""

    name: str
    module: str
    ways: tuple[str, ...]
    """If there are several, the one of least processor time is compared."""
    likeness: Likeness
    degrees: bool = False
    """Takes zones in longitude and latitude; else projected ones."""
    once: bool = False
    """One round will do, as it takes long."""
    needs: float = 0.0
    """GB of memory without which it is left out."""
    package: str = "numpy"
    """What it imports, without which it is left out."""

    @property
    def is_own(self) -> bool:
        """Whether it is Rasterlet in another way."""
        return self.module == _RASTERLET


def _own(name: str, way: str, *, degrees: bool = True) -> Contender:
    return Contender(name, _RASTERLET, (way,), Likeness.SAME, degrees=degrees)


OWN = _own("rasterlet", "library")
OWN_FRAME = _own("rasterlet", "frame", degrees=False)
OWN_HANDLER = _own("rasterlet", "handler")
HANDLER = _own("handler", "handler")
HANDLER_ALL = _own("handler, all figures", "handler, all")
READING = Contender("reading alone", _RASTERLET, ("read",), Likeness.NONE, degrees=True)
QUARTER = Contender(
    "a quarter of the area", _RASTERLET, ("library",), Likeness.NONE, degrees=True
)

_STRATEGIES = ("feature-sequential", "raster-sequential")
EXACTEXTRACT = Contender(
    "exactextract",
    f"{_WORKERS}.exactextract",
    _STRATEGIES[:1],
    Likeness.EXACT,
    package="exactextract",
)
EXACTEXTRACT_MANY = Contender(
    "exactextract",
    EXACTEXTRACT.module,
    _STRATEGIES,
    Likeness.EXACT,
    package="exactextract",
)
EXACTEXTRACT_FRAME = Contender(
    "exactextract",
    EXACTEXTRACT.module,
    (*_STRATEGIES, *(f"frame {each}" for each in _STRATEGIES)),
    Likeness.EXACT,
    package="exactextract",
)

# Its strategy "raster" takes 40 times as long where zones are small.
GDAL = Contender(
    "GDAL zonal-stats",
    f"{_WORKERS}.gdal",
    ("feature",),
    Likeness.EXACT,
    package="osgeo",
)
GDAL_BOTH = Contender(
    GDAL.name, GDAL.module, ("feature", "raster"), Likeness.EXACT, package="osgeo"
)
GDAL_FILES = Contender(
    "GDAL zonal-stats, files",
    GDAL.module,
    ("feature, GeoJSON", "feature, GPKG"),
    Likeness.EXACT,
    package="osgeo",
)

EXTRACTRS = Contender(
    "extractrs",
    f"{_WORKERS}.extractrs",
    ("exact",),
    Likeness.EXACT,
    package="extractrs",
)
RASTERSTATS = Contender(
    "rasterstats",
    f"{_WORKERS}.rasterstats",
    ("centre",),
    Likeness.CLOSE,
    package="rasterstats",
)
# It masks the bounding box: 40 bytes and more for each of 105 million pixels.
RASTERSTATS_ONE = Contender(
    "rasterstats",
    RASTERSTATS.module,
    ("centre",),
    Likeness.CLOSE,
    once=True,
    needs=8.0,
    package="rasterstats",
)
# It rasterises the bounding box ten times finer each way: 5 GB and 20 s for the
# quarter, so 20 GB for the whole, which few machines can spare.
RIO_TILER = Contender(
    "rio-tiler",
    f"{_WORKERS}.riotiler",
    ("dst_crs",),
    Likeness.CLOSE,
    degrees=True,
    once=True,
    needs=8.0,
    package="rio_tiler",
)
