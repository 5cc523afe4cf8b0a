"""Write ``raster_core/tile/colors/ramp_data.py``: colormaps as few points.

Run it where matplotlib and cmocean are installed; Rasterlet itself needs neither:

    python scripts/build_colormaps.py

Each map is sampled at as many places as a palette has colours, and reduced to the
points between which straight lines stay within 1 of 255 of every sample.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import cmocean
import matplotlib as mpl
import numpy as np
from matplotlib.colors import ListedColormap

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "raster_core" / "tile" / "colors" / "ramp_data.py"

COLORS = 255

# Tolerance in any channel, of 255.
TOLERANCE = 1

# Hypsometric tints of our own: valley green, steppe, rock, snow.
OWN = {"terrain": "2f6b3a 7ba05b c9c98a d9bf83 b98d56 8f6544 9c8b80 d6d2ce ffffff"}

# Second names of maps.
SYNONYMS = {"Grays", "grey", "gist_grey", "gist_yerg"}

# Listed colours that are no ramp have at most so many.
QUALITATIVE = 20

HEADER = '''"""Colormaps as data; written by ``scripts/build_colormaps.py``.

Sampled from matplotlib {matplotlib} and cmocean {cmocean}; ``terrain`` is our own.
Their authors and licences: ``docs/dependencies.md``.
"""

# ruff: noqa: E501

from __future__ import annotations
'''


def main() -> int:
    """Write the module and say how large it is."""
    ramps, steps = {}, {}
    for name, samples in own_maps():
        ramps[name] = knots(samples)
    for name, colormap in found_maps():
        listed = isinstance(colormap, ListedColormap) and colormap.N <= QUALITATIVE
        if listed:
            colors = as_bytes(colormap(np.arange(colormap.N)))
            steps[name] = " ".join(map(hex_color, colors))
        elif name not in ramps:
            places = np.linspace(0.0, 1.0, COLORS)
            ramps[name] = knots(as_bytes(colormap(places)))
    text = HEADER.format(matplotlib=version("matplotlib"), cmocean=version("cmocean"))
    text += dictionary(
        "RAMPS", ramps, "Points of four bytes: place from 0 to 254, red, green, blue."
    )
    text += dictionary("STEPS", steps, "Colours, each for a part of equal length.")
    OUTPUT.write_text(text)
    print(f"{len(ramps)} ramps, {len(steps)} lists of steps, {len(text):,} bytes")
    return 0


def own_maps() -> Iterator[tuple[str, np.ndarray]]:
    """Names and samples of our own maps, whose points are evenly spread."""
    for name, points in OWN.items():
        colors = np.array([list(bytes.fromhex(point)) for point in points.split()])
        places = np.linspace(0, COLORS - 1, len(colors))
        ticks = np.arange(COLORS)
        channels = [np.interp(ticks, places, channel) for channel in colors.T]
        yield name, np.rint(np.stack(channels, axis=1)).astype(np.uint8)


def found_maps() -> Iterator[tuple[str, mpl.colors.Colormap]]:
    """Lower-case names and the maps themselves, without reversed ones and synonyms."""
    for name in sorted(mpl.colormaps):
        own = "." not in name and not name.endswith("_r")  # cmocean's have a dot
        if own and name not in SYNONYMS:
            yield name.lower(), mpl.colormaps[name]
    for name in cmocean.cm.cmapnames:
        if name not in mpl.colormaps:
            yield name, getattr(cmocean.cm, name)


def as_bytes(colors: np.ndarray) -> np.ndarray:
    """Red, green and blue of 0 to 1 as 0 to 255; matplotlib's own would round down."""
    return np.rint(colors[:, :3] * 255).astype(np.uint8)


def knots(samples: np.ndarray) -> str:
    """The points of a ramp in hexadecimal digits, each as far on as can be."""
    places = [0]
    while places[-1] < COLORS - 1:
        start = places[-1]
        places.append(
            next(
                end
                for end in range(COLORS - 1, start, -1)
                if is_straight(samples, start, end)
            )
        )
    return "".join(f"{place:02x}{hex_color(samples[place])}" for place in places)


def is_straight(samples: np.ndarray, start: int, end: int) -> bool:
    """Whether a line from one sample to another is right about all between them."""
    part = samples[start : end + 1].astype(float)
    line = np.linspace(part[0], part[-1], len(part))
    return bool((np.abs(np.rint(line) - part) <= TOLERANCE).all())


def hex_color(color: np.ndarray) -> str:
    """``rrggbb``."""
    return bytes(color[:3].tolist()).hex()


def dictionary(name: str, entries: dict[str, str], meaning: str) -> str:
    """An assignment in Python."""
    lines = "".join(f'    "{key}": "{entries[key]}",\n' for key in sorted(entries))
    return f'\n{name} = {{\n{lines}}}\n"""{meaning}"""\n'


if __name__ == "__main__":
    sys.exit(main())
