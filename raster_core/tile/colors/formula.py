"""Colour formulas: gamma, sigmoidal contrast and saturation, applied in order.

They are written as for rio-color, rio-tiler and titiler, such as
``gamma RGB 1.8, sigmoidal RGB 5 0.35, saturation 1.2``. They change brightness, to
which a range of values has been stretched.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from raster_core.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from raster_core.tile.colors.arrays import Pixels

type Brightness = NDArray[np.floating]
"""Numbers from 0 to 1, of any shape."""

FORM = (
    "operations such as 'gamma RGB 1.8', 'sigmoidal RGB 5 0.35' (contrast, bias) and "
    "'saturation 1.2', separated by commas"
)
"""Completes "color_formula is not …"."""

# The most steps of a formula: more cannot do anything that fewer could not.
MAX_STEPS = 16

_CHANNELS = {"r": 0, "g": 1, "b": 2, "1": 0, "2": 1, "3": 2}

# The limits of arguments: beyond, an image is only black and white.
_GAMMA = (0.01, 100.0)
_CONTRAST = (-100.0, 100.0)
_SATURATION = (0.0, 100.0)

# With less contrast, no byte of an image changes.
_LEAST_CONTRAST = 1e-5


@dataclass(frozen=True, slots=True)
class Gamma:
    """Brightness to the power of ``1 / gamma``: above 1, dark pixels become lighter."""

    channels: frozenset[int]
    """0 for red, 1 for green, 2 for blue."""
    gamma: float

    def apply(self, brightness: Brightness) -> Brightness:
        """Change the brightness of a channel, an array of any shape."""
        return np.asarray(brightness ** (1 / self.gamma))


@dataclass(frozen=True, slots=True)
class Sigmoidal:
    """More contrast around a brightness, less at both ends; below 0, the inverse."""

    channels: frozenset[int]
    contrast: float
    bias: float
    """The brightness of most contrast, from 0 to 1."""

    def apply(self, brightness: Brightness) -> Brightness:
        """Change the brightness of a channel, an array of any shape; 0 and 1 stay."""
        steep, middle = abs(self.contrast), self.bias
        if steep < _LEAST_CONTRAST:
            return brightness
        low, high = _logistic(-steep * middle), _logistic(steep * (1 - middle))
        if self.contrast > 0:
            curve = 1 / (1 + np.exp(-steep * (brightness - middle)))
            return np.asarray((curve - low) / (high - low))
        # A fraction and what is left of it, neither as a difference to one: near the
        # ends of a steep curve nothing would be left of its digits.
        fraction = low + brightness * (high - low)
        rest = _logistic(-steep * (1 - middle)) + (1 - brightness) * (high - low)
        found = middle + (np.log(fraction) - np.log(rest)) / steep
        return np.asarray(np.clip(found, 0, 1))


@dataclass(frozen=True, slots=True)
class Saturation:
    """Multiplies the chroma in CIELAB, at the same lightness and hue."""

    factor: float

    def apply(self, colors: Brightness) -> Brightness:
        """Change red, green and blue (3, ...); colours beyond sRGB are clipped."""
        linear = np.where(
            colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4
        )
        lightness = _cube_root(np.tensordot(_TO_XYZ.astype(colors.dtype), linear, 1))
        # a and b of CIELAB are differences to the lightness of Y.
        grey = lightness[1:2]
        xyz = _cube(grey + self.factor * (lightness - grey))
        linear = np.clip(np.tensordot(_FROM_XYZ.astype(colors.dtype), xyz, 1), 0, 1)
        return np.where(
            linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055
        )


type Curve = Gamma | Sigmoidal

type Formula = tuple[Curve | Saturation, ...]


def _invert(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Invert a 3 x 3 matrix by Cramer's rule: the Lambda layers have no LAPACK."""
    first, second, third = matrix
    columns = (
        np.cross(second, third),
        np.cross(third, first),
        np.cross(first, second),
    )
    determinant = float((first * columns[0]).sum())
    inverse: NDArray[np.float64] = np.stack(columns, axis=1) / determinant
    return inverse


# Linear sRGB to XYZ relative to white. Source: IEC 61966-2-1, D65.
_WHITE = np.array([0.95047, 1.0, 1.08883])
_TO_XYZ = (
    np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    / _WHITE[:, None]
)
_FROM_XYZ = _invert(_TO_XYZ)

# Where the cube root becomes a line. Source: CIE 15:2004, 8.2.1.
_KNEE = 6 / 29


def parse_formula(text: str) -> Formula:
    """Parse the steps of a formula; an empty text has none.

    Raises:
        RequestError: If the text is not a formula or has more than ``MAX_STEPS`` steps.
    """
    words = text.lower().replace(",", " ").split()
    try:
        steps = tuple(_parse_steps(words))
    except (ValueError, KeyError, StopIteration, RuntimeError) as error:
        raise RequestError(f"color_formula '{text[:80]}' is not {FORM}") from error
    if len(steps) > MAX_STEPS:
        raise RequestError(
            f"color_formula has {len(steps)} operations, which exceeds {MAX_STEPS}"
        )
    return steps


def bend_channel(brightness: Brightness, formula: Formula, channel: int) -> Brightness:
    """Apply the steps before the first saturation to a channel.

    Args:
        brightness: Numbers from 0 to 1, of any shape.
        formula: All steps.
        channel: 0 for red, 1 for green, 2 for blue.
    """
    for step in formula[: _curve_count(formula)]:
        assert not isinstance(step, Saturation)  # noqa: S101  by the count
        if channel in step.channels:
            brightness = step.apply(brightness)
    return brightness


def color_pixels(pixels: Pixels, formula: Formula) -> None:
    """Apply the first saturation and all later steps to red, green and blue.

    Args:
        pixels: (row, col, 3) or (row, col, 4), uint8; changed in place.
        formula: All steps; ``bend_channel`` has applied the earlier ones.
    """
    steps = formula[_curve_count(formula) :]
    if not steps:
        return
    colors: Brightness = np.moveaxis(pixels[..., :3], -1, 0).astype(np.float32) / 255
    for step in steps:
        if isinstance(step, Saturation):
            colors = step.apply(colors)
        else:
            for channel in step.channels:
                colors[channel] = step.apply(colors[channel])
    pixels[..., :3] = np.moveaxis(np.floor(colors * 255 + 0.5), 0, -1)


def _curve_count(formula: Formula) -> int:
    """The number of steps before the first saturation."""
    kinds = [isinstance(step, Saturation) for step in formula]
    return kinds.index(True) if True in kinds else len(kinds)


def _parse_steps(words: Sequence[str]) -> Iterator[Curve | Saturation]:
    rest = iter(words)
    for word in rest:
        if word == "saturation":
            yield Saturation(_number(next(rest), _SATURATION))
        elif word == "gamma":
            yield Gamma(_channels(next(rest)), _number(next(rest), _GAMMA))
        elif word == "sigmoidal":
            channels = _channels(next(rest))
            contrast = _number(next(rest), _CONTRAST)
            yield Sigmoidal(channels, contrast, _number(next(rest), (0.0, 1.0)))
        else:
            raise ValueError(word)


def _channels(text: str) -> frozenset[int]:
    return frozenset(_CHANNELS[letter] for letter in text)


def _number(text: str, limits: tuple[float, float]) -> float:
    value = float(text)
    if not limits[0] <= value <= limits[1]:
        raise ValueError(text)
    return value


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def _cube_root(xyz: Brightness) -> Brightness:
    """The function f of CIELAB."""
    return np.where(xyz > _KNEE**3, np.cbrt(xyz), xyz / (3 * _KNEE**2) + 4 / 29)


def _cube(values: Brightness) -> Brightness:
    """The inverse of ``_cube_root``."""
    return np.where(values > _KNEE, values**3, 3 * _KNEE**2 * (values - 4 / 29))
