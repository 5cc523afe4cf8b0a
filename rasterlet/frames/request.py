"""What a table of statistics is to have, and how zones are counted for it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from raster_core.errors import RequestError
from raster_core.zonal.coverage.cover import Mode
from raster_core.zonal.engine import Options
from raster_core.zonal.reading.cost import MAX_TOUCHED
from raster_core.zonal.results.options import StatisticOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from raster_core.raster import Layer
    from rasterlet.frames.names import Wanted


@dataclass(frozen=True, slots=True)
class Counting:
    """How cells are counted; the names are those over HTTP."""

    coverage: str = "fraction"
    min_coverage: float = 0.0
    interpolate: bool = False
    """Whether quantiles lie between values."""
    unscale: bool = True
    approximate: bool = False
    max_pixels: float | None = None
    """None means as many as there are, or with ``approximate`` as over HTTP."""

    def options(self, wanted: Wanted) -> Options:
        """For the engine.

        Raises:
            RequestError: If a value is not one of those that there are.
        """
        if not 0 <= self.min_coverage <= 1:
            raise RequestError(
                f"min_coverage {self.min_coverage!r} is not a fraction from 0 to 1"
            )
        most = self.max_pixels
        if most is None:
            most = MAX_TOUCHED if self.approximate else math.inf
        return Options(
            self._mode(),
            StatisticOptions(
                wanted=frozenset(wanted.statistics),
                percentiles=wanted.percentiles,
                interpolate=self.interpolate,
                unscale=self.unscale,
            ),
            max_pixels=most,
            approximate=self.approximate,
            min_coverage=self.min_coverage,
        )

    def _mode(self) -> Mode:
        try:
            return Mode(self.coverage)
        except ValueError as error:
            modes = ", ".join(mode.value for mode in Mode)
            raise RequestError(
                f"coverage {self.coverage!r} is not one of {modes}"
            ) from error


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns a table has beside its statistics."""

    include_columns: Sequence[str] | bool = ()
    """Columns of the zones, or True for all."""
    include_geometry: bool = False
    class_names: bool = False
    """Whether columns of classes are called by their names."""
    reasons: bool = True
    """Whether there are the columns ``reason`` and ``note``."""

    def kept_columns(self) -> tuple[str, ...] | None:
        """The columns of the zones that are needed; None for all.

        Raises:
            RequestError: If they are one text.
        """
        kept = self.include_columns
        if isinstance(kept, str):
            raise RequestError(
                f"include_columns {kept!r} is a text; give a list: [{kept!r}]"
            )
        if isinstance(kept, bool):
            return None if kept else ()
        return tuple(kept)


type Report = Callable[[int, int], None]
"""Called with the number of finished zones, and of all."""


@dataclass(frozen=True, slots=True)
class Request:
    """All that a table is asked for, but for zones and raster."""

    stats: str | Sequence[str] | None = None
    """Names of statistics; None means those that say something of the bands."""
    categorical: bool = False
    """Whether each value has a column with its fraction of the zone."""
    weights: Layer | None = None
    """A raster of one band, by whose values cells are weighted in addition."""
    group_by: Layer | None = None
    """A raster of one band of classes; rows are the zones' parts in each of them."""
    counting: Counting = field(default_factory=Counting)
    layout: Layout = field(default_factory=Layout)
    progress: bool | Report = False
