"""Whether two answers are the same image."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from benchmarks.shared.failures import DisagreementError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

SIZE = 256

# Steps of 255 in each of red, green and blue: ramps of 255 and of 256 colours differ by
# less, classes by more.
TOLERANCE = 12


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded tile."""

    rgba: NDArray[np.uint8]
    """(256, 256, 4)."""
    size: int
    """Bytes of the file."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two lists of images agree: means over the images."""

    transparency: float
    """Share of the pixels that are transparent in both or in neither."""
    color: float
    """Fraction of equal colour among pixels opaque in both; 1 if there are none."""


# By the extension of a tile: its media type, and Pillow's name.
_FORMATS = {
    "png": ("image/png", "PNG"),
    "jpg": ("image/jpeg", "JPEG"),
    "webp": ("image/webp", "WEBP"),
}


def decode(answer: Mapping[str, Any], name: str, extension: str = "png") -> Picture:
    """The image that an answer holds.

    Raises:
        DisagreementError: If it is not a 256-pixel image of the format, status 200.
    """
    media_type, pillow = _FORMATS[extension]
    if answer["status"] != 200 or answer["type"] != media_type:
        raise DisagreementError(
            f"{name}: {answer['status']}, {answer['type']}: {answer['body'][:300]}"
        )
    content = base64.b64decode(answer["body"], validate=True)
    with Image.open(BytesIO(content), formats=[pillow]) as image:
        if image.size != (SIZE, SIZE):
            raise DisagreementError(f"{name}: {image.size} pixels, not {SIZE}")
        return Picture(np.asarray(image.convert("RGBA")), len(content))


def compare(one: Sequence[Picture], other: Sequence[Picture]) -> Agreement:
    """How far images agree, pair by pair."""
    transparency, color = [], []
    for left, right in zip(one, other, strict=True):
        opaque = left.rgba[..., 3] > 0, right.rgba[..., 3] > 0
        transparency.append(np.mean(opaque[0] == opaque[1]))
        both = opaque[0] & opaque[1]
        if both.any():
            apart = left.rgba[both].astype(int) - right.rgba[both]
            color.append(np.mean(np.abs(apart[:, :3]).max(axis=1) <= TOLERANCE))
    # Without a pixel opaque in both, none differs.
    alike = float(np.mean(color)) if color else 1.0
    return Agreement(float(np.mean(transparency)), alike)
