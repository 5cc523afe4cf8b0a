"""What is read: blocks of a layer, each once per pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raster_core.raster import Layer
    from raster_core.zonal.coverage.blockplan import BlockPlan


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Blocks of a layer that are read once per pass."""

    layer: Layer
    plan: BlockPlan
    times: int = 1
    """Native cells for which one cell of the layer stands."""
