"""Built-in colormaps by name, each of 255 colours.

Entry 0 of a tile's palette is kept for pixels without data, which leaves 255.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from raster_core.tile.colors.ramp_data import RAMPS, STEPS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from raster_core.tile.colors.arrays import Colors

RAMP_COLORS = 255

_REVERSED = "_r"

COLORMAP_NAMES = tuple(
    sorted(name + end for name in (*RAMPS, *STEPS) for end in ("", _REVERSED))
)


@lru_cache(maxsize=32)
def ramp_colors(name: str) -> Colors:
    """The colours of one of ``COLORMAP_NAMES``, (255, 3): red, green, blue."""
    known = name in RAMPS or name in STEPS
    base, order = (name, 1) if known else (name.removesuffix(_REVERSED), -1)
    if base in STEPS:
        return _stretch_steps(parse_colors(STEPS[base].split())[::order, :3])
    knots = np.frombuffer(bytes.fromhex(RAMPS[base]), np.uint8).reshape(-1, 4)
    ticks = np.arange(RAMP_COLORS)
    channels = [np.interp(ticks, knots[:, 0], knots[:, i]) for i in (1, 2, 3)]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)[::order]


def _stretch_steps(steps: Colors) -> Colors:
    """Stretch a list of colours (n, 3) to a ramp's length, as matplotlib does."""
    position = np.arange(RAMP_COLORS) * len(steps) // (RAMP_COLORS - 1)
    return steps[np.minimum(position, len(steps) - 1)]


def parse_colors(colors: Iterable[str]) -> Colors:
    """Parse colours written ``[#]rrggbb`` or ``[#]rrggbbaa``.

    Returns:
        (n, 4): red, green, blue and alpha; (0, 4) for no colours.
    """
    digits = (color.removeprefix("#").ljust(8, "f") for color in colors)
    return np.frombuffer(bytes.fromhex("".join(digits)), np.uint8).reshape(-1, 4)
