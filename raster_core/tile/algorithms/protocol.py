"""What an algorithm is: how many bands it takes, and what it makes of them.

An algorithm is a frozen dataclass; those of its fields that ``parameter`` makes are
what a request may set. A new one needs its module and its row in ``table``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from dataclasses import Field

    from raster_core.bands import BandInfo
    from raster_core.grid import Grid
    from raster_core.raster import RasterArray
    from raster_core.tile.colors.renderings import Rendering


class Algorithm(Protocol):
    """What turns some bands into others; equal ones compute the same."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __hash__(self) -> int: ...

    @property
    def name(self) -> str:
        """What requests call it."""

    @property
    def inputs(self) -> int:
        """How many bands it takes."""

    @property
    def wants(self) -> str:
        """What it takes, for a person: ``one band of heights``."""

    @property
    def halo(self) -> int:
        """Rows and columns beyond each side of a grid that its pixels depend on."""

    @property
    def bands(self) -> tuple[BandInfo, ...]:
        """The bands that it makes."""

    @property
    def colors(self) -> Rendering | None:
        """The only way to draw them; None where a request may choose."""

    @property
    def encoding(self) -> str | None:
        """MapLibre's word for the heights that the colours stand for, if they do."""

    @property
    def fills_gaps(self) -> bool:
        """Whether pixels without data become data, so that no tile is empty."""

    def compute(
        self, array: RasterArray, bands: Sequence[BandInfo], grid: Grid
    ) -> RasterArray:
        """The values on a grid.

        Args:
            array: As many bands as ``inputs``, in stored values, on ``grid`` and
                ``halo`` pixels around it. Unless the algorithm fills gaps, at least
                one pixel of ``grid`` has data.
            bands: What they are: unit, scale, offset.
            grid: Without the halo, of the result.

        Returns:
            ``bands`` on ``grid``, each in its type.
        """


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a request may set of an algorithm."""

    low: float
    high: float
    """Its value lies in [low, high]."""
    aliases: tuple[str, ...] = ()
    """What titiler calls it."""


def parameter(
    default: float, low: float, high: float, *, aliases: tuple[str, ...] = ()
) -> Any:
    """A field of an algorithm that a request may set, within limits."""
    known = Parameter(low, high, aliases)
    return field(default=default, metadata={Parameter: known})


def parameters(algorithm: Algorithm) -> dict[str, Parameter]:
    """What a request may set, by name; empty where there is nothing."""
    return {
        each.name: each.metadata[Parameter]
        for each in fields(algorithm)
        if Parameter in each.metadata
    }
