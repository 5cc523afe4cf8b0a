"""What the zonal suite compares: contenders, cases, and what each case aims at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from benchmarks.zonal.rasters import ELEVATION, LANDCOVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.zonal.rasters import ZonalRaster

    type Figures = Mapping[str, float]
    """The statistics of a zone by name, or its fractions by class."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement."""

    clock: float
    """Seconds."""
    processor: float
    """Seconds that the process itself used, on all processors."""
    peak: float
    """The most memory the process held, in MB of 10**6 bytes."""
    baseline: float
    """The same before it had read its job: Python and the imports."""
    versions: Mapping[str, str]
    figures: tuple[Figures, ...]
    """By zone; none of the contender that only reads."""


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
    """If there are several, the faster one is compared."""
    likeness: Likeness
    degrees: bool = False
    """Takes zones in longitude and latitude; else projected ones."""
    once: bool = False
    """One round will do, as it takes long."""
    needs: float = 0.0
    """GB of memory without which it is left out."""

    @property
    def is_own(self) -> bool:
        """Whether it is Rasterlet in another way."""
        return self.module == OWN.module


class Measure(Enum):
    """A number made of two contenders' samples."""

    FASTER = "{:.1f} times faster"
    MEMORY = "{:.2f} of the memory"
    OVERHEAD = "handler / library {:.2f}"
    REDUCING = "library / reading {:.2f}"
    GROWTH = "memory, whole / quarter {:.2f}"

    def of(self, peer: tuple[float, float], own: tuple[float, float]) -> float:
        """The number; both sides as (seconds, MB)."""
        if self in {Measure.FASTER, Measure.OVERHEAD}:
            return peer[0] / own[0]
        if self is Measure.REDUCING:
            return own[0] / peer[0]
        return own[1] / peer[1]


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a measure is meant to be."""

    measure: Measure
    low: float = 0.0
    high: float = float("inf")

    def __str__(self) -> str:
        if self.high == float("inf"):
            return f"≥ {self.low:g}"
        bound = f"{self.high:.2g}" if self.high < 1 else f"{self.high:g}"
        return f"{self.low:g} to {bound}" if self.low else f"≤ {bound}"

    def met_by(self, value: float) -> bool:
        """Whether a value is there."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Rival:
    """A contender in a case."""

    contender: Contender
    goals: tuple[Goal, ...] = ()
    measures: tuple[Measure, ...] = (Measure.FASTER, Measure.MEMORY)
    zones: str | None = None
    """The zone set, if not the case's own."""


@dataclass(frozen=True, slots=True)
class Case:
    """A computation, and who is compared in it with Rasterlet's library."""

    key: str
    title: str
    raster: ZonalRaster
    zones: str
    """Name of the zone set."""
    rivals: tuple[Rival, ...]

    @property
    def fractions(self) -> bool:
        """Class fractions; else count, min, max, mean, sum and std."""
        return self.raster is LANDCOVER


OWN = Contender(
    "rasterlet",
    "benchmarks.zonal.workers.rasterlet",
    ("library",),
    Likeness.SAME,
    degrees=True,
)
HANDLER = Contender("handler", OWN.module, ("handler",), Likeness.SAME, degrees=True)
HANDLER_ALL = Contender(
    "handler, all figures", OWN.module, ("handler, all",), Likeness.SAME, degrees=True
)
READING = Contender("reading alone", OWN.module, ("read",), Likeness.NONE, degrees=True)
QUARTER = Contender(
    "a quarter of the area", OWN.module, ("library",), Likeness.NONE, degrees=True
)
EXACTEXTRACT = Contender(
    "exactextract",
    "benchmarks.zonal.workers.exactextract",
    ("feature-sequential",),
    Likeness.EXACT,
)
EXACTEXTRACT_MANY = Contender(
    "exactextract",
    EXACTEXTRACT.module,
    ("feature-sequential", "raster-sequential"),
    Likeness.EXACT,
)
RASTERSTATS = Contender(
    "rasterstats", "benchmarks.zonal.workers.rasterstats", ("centre",), Likeness.CLOSE
)
# It masks the bounding box: 40 bytes and more for each of 105 million pixels.
RASTERSTATS_ONE = Contender(
    "rasterstats",
    RASTERSTATS.module,
    ("centre",),
    Likeness.CLOSE,
    once=True,
    needs=8.0,
)
# It rasterises the bounding box ten times finer each way: 5 GB and 20 s for the
# quarter, so 20 GB for the whole, which few machines can spare.
RIO_TILER = Contender(
    "rio-tiler",
    "benchmarks.zonal.workers.riotiler",
    ("dst_crs",),
    Likeness.CLOSE,
    degrees=True,
    once=True,
    needs=8.0,
)

_MOMENTS = "count, min, max, mean, sum, std"
_THIRD = Goal(Measure.MEMORY, high=1 / 3)


def _faster(times: float) -> Goal:
    return Goal(Measure.FASTER, low=times)


CASES = (
    Case(
        "a",
        f"one zone, elevation: {_MOMENTS}",
        ELEVATION,
        "large",
        (
            Rival(EXACTEXTRACT, (_faster(6), _THIRD)),
            Rival(RASTERSTATS_ONE),
        ),
    ),
    Case(
        "a4",
        "one zone of a quarter of the area, elevation",
        ELEVATION,
        "quarter",
        (Rival(EXACTEXTRACT), Rival(RIO_TILER)),
    ),
    Case(
        "b",
        "one zone, land cover: fractions",
        LANDCOVER,
        "large",
        (Rival(EXACTEXTRACT, (_faster(15),)), Rival(RASTERSTATS_ONE)),
    ),
    Case(
        "c",
        f"500 zones, elevation: {_MOMENTS}",
        ELEVATION,
        "many",
        (Rival(EXACTEXTRACT_MANY, (_faster(6),)), Rival(RASTERSTATS)),
    ),
    Case(
        "d",
        "500 zones, land cover: fractions",
        LANDCOVER,
        "many",
        (Rival(EXACTEXTRACT_MANY, (_faster(8),)), Rival(RASTERSTATS)),
    ),
    Case(
        "e",
        "case a by the handler, from event to answer",
        ELEVATION,
        "large",
        (
            Rival(
                HANDLER,
                (Goal(Measure.OVERHEAD, high=1.15),),
                (Measure.OVERHEAD,),
            ),
            Rival(HANDLER_ALL, measures=(Measure.OVERHEAD,)),
        ),
    ),
    Case(
        "f",
        "case a, its blocks read and decoded, nothing reduced",
        ELEVATION,
        "large",
        (
            Rival(
                READING,
                (Goal(Measure.REDUCING, high=1.6),),
                (Measure.REDUCING,),
            ),
        ),
    ),
    Case(
        "g",
        "case a, growth of memory with area",
        ELEVATION,
        "large",
        (
            Rival(
                QUARTER,
                (Goal(Measure.GROWTH, low=0.8, high=1.2),),
                (Measure.GROWTH,),
                zones="quarter",
            ),
        ),
    ),
)

MOST_MEMORY = 350.0
"""MB that Rasterlet is to stay within, in any case."""
