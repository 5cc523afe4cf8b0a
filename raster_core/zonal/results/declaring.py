"""How a statistic is declared: what it is, needs, and is computed by."""

from __future__ import annotations

from dataclasses import Field, dataclass
from enum import Enum, Flag, auto
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from raster_core.zonal.results.evidence import Evidence

type Compute = Callable[[Evidence], Any]
"""From all that is known of zones to a statistic's column, (zones,)."""


class Needs(Flag):
    """What a statistic is computed from."""

    MOMENTS = auto()
    """Sums of the values and their squares, which all types have."""
    HISTOGRAM = auto()
    """The weight of each value, which integers of up to 16 bits have."""
    QUANTILES = auto()
    """The histogram, or further passes over the blocks for types without one."""
    GROUND = auto()
    """The ground area of each cell."""
    FOOTPRINT = auto()
    """Where the raster lies on Earth."""


class Kind(Enum):
    """What the value of a statistic is."""

    NUMBER = "float"
    INTEGER = "int"
    HISTOGRAM = "Bins"
    CATEGORIES = "tuple[Category, ...]"


@dataclass(frozen=True, slots=True)
class Statistic:
    """One of the statistics that a request may name."""

    name: str
    kind: Kind
    text: str
    """What it is, in a sentence."""
    needs: Needs
    always: bool
    """Whether it has a value for every zone, if only 0; others may be None."""
    compute: Compute | None
    """None for what is not a column, or does not follow from the values of zones."""
    by_name_only: bool
    """Whether a request that names no statistics goes without it."""


def declare(
    text: str,
    compute: Compute | None,
    needs: Needs = Needs.MOMENTS,
    *,
    by_name_only: bool = False,
) -> Mapping[str, object]:
    """The metadata by which a field is a statistic."""
    return {
        "text": text,
        "compute": compute,
        "needs": needs,
        "by_name_only": by_name_only,
    }


def read_declaration(declared: Field[Any]) -> Statistic:
    """The statistic that a field was declared as."""
    # The annotation's text: a statistic of another type needs a kind of its own.
    kind = str(declared.type).removesuffix(" | None")
    always = kind == declared.type
    return Statistic(declared.name, Kind(kind), always=always, **declared.metadata)
