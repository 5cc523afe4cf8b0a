"""What the zonal suite compares, and what each case aims at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from benchmarks.zonal import contenders as by
from benchmarks.zonal.measures import Goal, Measure, faster
from benchmarks.zonal.rasters import ELEVATION, FLOATS, LANDCOVER, NOISE, RELIEF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.zonal.contenders import Contender
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
    """A computation, and who is compared in it with Rasterlet."""

    key: str
    title: str
    raster: ZonalRaster
    zones: str
    """Name of the zone set."""
    rivals: tuple[Rival, ...]
    own: Contender = by.OWN
    one_core: bool = False
    """Whether every side gets one processor."""

    @property
    def fractions(self) -> bool:
        """Class fractions; else count, min, max, mean, sum and std."""
        return self.raster.classes is not None


_MOMENTS = "count, min, max, mean, sum, std"
_THIRD = Goal(Measure.PROCESSOR, high=1 / 3)
_ZONE = Goal(Measure.ZONE, high=20.0)
_SMALL = (Measure.PROCESSOR, Measure.ZONE)
_TIMES = (Measure.FASTER, Measure.PROCESSOR)


def _exact(times: float, contender: Contender = by.EXACTEXTRACT) -> Rival:
    return Rival(contender, (faster(times),))


_FOUR = (
    Case(
        "a",
        f"one zone, elevation: {_MOMENTS}",
        ELEVATION,
        "large",
        (_exact(14), Rival(by.RASTERSTATS_ONE)),
    ),
    Case(
        "b",
        "one zone, land cover: fractions",
        LANDCOVER,
        "large",
        (_exact(18), Rival(by.RASTERSTATS_ONE)),
    ),
    Case(
        "c",
        f"500 zones, elevation: {_MOMENTS}",
        ELEVATION,
        "many",
        (_exact(8, by.EXACTEXTRACT_MANY), Rival(by.RASTERSTATS)),
    ),
    Case(
        "d",
        "500 zones, land cover: fractions",
        LANDCOVER,
        "many",
        (_exact(8, by.EXACTEXTRACT_MANY), Rival(by.RASTERSTATS)),
    ),
)

_OTHERS = (
    Case("ar", "one zone, relief", RELIEF, "large, 8192", (_exact(14),)),
    Case("bn", "one zone, noise of classes", NOISE, "large, 8192", (_exact(18),)),
    Case(
        "cr",
        "500 zones, relief",
        RELIEF,
        "many, 8192",
        (_exact(8, by.EXACTEXTRACT_MANY),),
    ),
    Case(
        "dn",
        "500 zones, noise of classes",
        NOISE,
        "many, 8192",
        (_exact(8, by.EXACTEXTRACT_MANY),),
    ),
    Case("af", "one zone, floats", FLOATS, "large, 8192", (_exact(10),)),
)


def _alone(case: Case) -> Case:
    """The case on one processor, beside exactextract: half the aim."""
    rival = case.rivals[0]
    half = replace(rival, goals=(faster(rival.goals[0].low / 2),))
    return replace(
        case,
        key=f"{case.key}1",
        title=f"{case.title.split(':')[0]}; one processor",
        rivals=(half,),
        one_core=True,
    )


_SMALL_ZONES = (
    Case(
        "s",
        "20,000 buildings of 1.5 cells, land cover: fractions",
        LANDCOVER,
        "buildings",
        (
            Rival(by.GDAL, (_THIRD, _ZONE), _SMALL),
            Rival(by.EXACTEXTRACT_FRAME, measures=_TIMES),
        ),
        by.OWN_FRAME,
    ),
    Case(
        "sj",
        "the same by HTTP, from GeoJSON to JSON",
        LANDCOVER,
        "buildings",
        (
            Rival(by.GDAL_FILES, (_THIRD, _ZONE), _SMALL),
            Rival(by.EXACTEXTRACT_MANY, measures=_TIMES),
        ),
        by.OWN_HANDLER,
    ),
    *(
        Case(
            f"p{cells}",
            f"10,000 fields of {cells:,} cells, elevation: {_MOMENTS}",
            ELEVATION,
            f"fields, {cells}",
            (
                Rival(by.EXACTEXTRACT_FRAME, (faster(6),), _TIMES),
                Rival(by.GDAL, measures=_TIMES),
                Rival(by.EXTRACTRS, measures=_TIMES),
            ),
            by.OWN_FRAME,
        )
        for cells in (150, 2400)
    ),
)

CASES = (
    *_FOUR,
    Case(
        "a4",
        "one zone of a quarter of the area, elevation",
        ELEVATION,
        "quarter",
        (Rival(by.EXACTEXTRACT), Rival(by.GDAL_BOTH), Rival(by.RIO_TILER)),
    ),
    *_OTHERS,
    *(_alone(case) for case in (*_FOUR, *_OTHERS)),
    *_SMALL_ZONES,
    Case(
        "e",
        "case a by the handler, from event to answer",
        ELEVATION,
        "large",
        (
            Rival(
                by.HANDLER,
                (Goal(Measure.OVERHEAD, high=1.15),),
                (Measure.OVERHEAD,),
            ),
        ),
    ),
    Case(
        "ea",
        "the handler's default answer over the six asked for",
        ELEVATION,
        "large",
        (
            Rival(
                by.HANDLER_ALL,
                (Goal(Measure.OVERHEAD, high=1.3),),
                (Measure.OVERHEAD,),
            ),
        ),
        by.OWN_HANDLER,
    ),
    Case(
        "f",
        "case a over its reading and decoding alone",
        ELEVATION,
        "large",
        (
            Rival(
                by.READING,
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
                by.QUARTER,
                (Goal(Measure.GROWTH, low=0.8, high=1.2),),
                (Measure.GROWTH,),
                zones="quarter",
            ),
        ),
    ),
)

MOST_MEMORY = 250.0
"""MB that Rasterlet is to stay within, in any case."""
