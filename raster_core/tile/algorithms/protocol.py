"""The protocol of an algorithm: its input, its parameters, its result and its colours.

An algorithm is a frozen dataclass; a request may set the fields that ``parameter``
makes. To add an algorithm, write its module and add its row to ``table``.
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
    """Computes bands from other bands; equal algorithms compute the same."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __hash__(self) -> int: ...

    @property
    def name(self) -> str:
        """The name in requests."""

    @property
    def inputs(self) -> int:
        """The number of bands that it takes."""

    @property
    def wants(self) -> str:
        """The input in words for errors, such as ``one band of heights``."""

    @property
    def halo(self) -> int:
        """How many pixels beyond each side of a grid the result depends on."""

    @property
    def bands(self) -> tuple[BandInfo, ...]:
        """The bands of the result."""

    @property
    def colors(self) -> Rendering | None:
        """The fixed rendering of the result; None if a request may choose one."""

    @property
    def encoding(self) -> str | None:
        """MapLibre's name for the encoding, if the colours encode heights."""

    @property
    def fills_gaps(self) -> bool:
        """Whether pixels without data get a value, so that no tile is empty."""

    def compute(
        self, array: RasterArray, bands: Sequence[BandInfo], grid: Grid
    ) -> RasterArray:
        """Compute the result on a grid.

        Args:
            array: Stored values (band, row, col) on ``grid`` and ``halo`` pixels around
                it. Unless the algorithm fills gaps, at least one pixel of ``grid`` has
                data.
            bands: The units, scales and offsets of the input.
            grid: The grid of the result.

        Returns:
            The result's bands on ``grid``, (band, row, col), in their type.
        """


@dataclass(frozen=True, slots=True)
class Parameter:
    """The limits of a parameter of an algorithm."""

    low: float
    high: float
    """The value must lie in [low, high]."""
    aliases: tuple[str, ...] = ()
    """Its names in titiler."""


def parameter(
    default: float, low: float, high: float, *, aliases: tuple[str, ...] = ()
) -> Any:
    """Declare a field of an algorithm that a request may set within limits."""
    known = Parameter(low, high, aliases)
    return field(default=default, metadata={Parameter: known})


def parameters(algorithm: Algorithm) -> dict[str, Parameter]:
    """The parameters of an algorithm by name; empty if it has none."""
    return {
        each.name: each.metadata[Parameter]
        for each in fields(algorithm)
        if Parameter in each.metadata
    }
