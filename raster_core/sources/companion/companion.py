"""What is known of a remote file before anything is requested of it.

An Item may carry it: the header as it was read, and the bytes in which the file says
where its blocks are. It holds for the content of one entity tag alone, and every
request that follows from it is made under that condition.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import zlib
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from raster_core.bands import BandInfo
from raster_core.errors import SourceError
from raster_core.grid import Grid, raster_grid
from raster_core.sources.companion.limits import MAX_TEXT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from affine import Affine

# Bytes that they may unfold to.
_MAX_BYTES = 2**20

# What a header may claim: no file that is served has more.
_MAX_LEVELS, _MAX_BANDS, _MAX_SIDE = 40, 4096, 2**31

# What an earlier or later form of this is told apart by.
_FORM = 1


class CompanionError(SourceError):
    """A text that is not a companion; the file is opened without it."""


@dataclass(frozen=True, slots=True)
class Stored:
    """How a level is stored."""

    width: int
    height: int
    block_shape: tuple[int, int]
    interleaved: int
    """Bands in each block."""


@dataclass(frozen=True, slots=True)
class Companion:
    """The header of a file, and the parts of it that say where its blocks are."""

    etag: str
    """Strong entity tag, in its quotes, of the content that all of it is true of."""
    crs: str
    transform: tuple[float, ...]
    """Six numbers, as ``Affine`` takes them."""
    levels: tuple[Stored, ...]
    """The native one, then overviews from fine to coarse."""
    bands: tuple[BandInfo, ...]
    alpha: int | None
    mask_band: bool
    parts: tuple[tuple[int, bytes], ...]
    """Offsets in the file, ascending, and the bytes there."""

    def grids(self, transform: type[Affine]) -> tuple[Grid, ...]:
        """The native grid, then those of the overviews."""
        native = self.levels[0]
        grid = raster_grid(
            self.crs,
            transform(*self.transform),
            width=native.width,
            height=native.height,
        )
        return tuple(grid.resize(level.width, level.height) for level in self.levels)


def encode_companion(companion: Companion) -> str | None:
    """The companion as text of an Item; None if it is too long for one."""
    fields = asdict(companion)
    fields["bands"] = [
        {
            name: value
            for name, value in band.items()
            if value != getattr(BandInfo, name, None) or name in _NEEDED
        }
        for band in fields["bands"]
    ]
    fields["parts"] = [(offset, len(part)) for offset, part in companion.parts]
    said = json.dumps({"form": _FORM, **fields}, separators=(",", ":")).encode()
    whole = said + b"\n" + b"".join(part for _, part in companion.parts)
    text = base64.b64encode(zlib.compress(whole, 9)).decode()
    return text if len(text) <= MAX_TEXT and len(whole) <= _MAX_BYTES else None


_NEEDED = frozenset({"index", "name", "dtype"})


@lru_cache(maxsize=64)
def decode_companion(text: str) -> Companion:
    """The companion that an Item carries.

    Raises:
        CompanionError: If it is too long, or not one.
    """
    if len(text) > MAX_TEXT:
        raise CompanionError(f"It has {len(text)} characters; {MAX_TEXT} are allowed")
    try:
        said, _, rest = _unfold(text).partition(b"\n")
        return _read(json.loads(said), rest)
    except CompanionError:
        raise
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error) as error:
        raise CompanionError(f"It is not valid: {error}") from error


def _unfold(text: str) -> bytes:
    try:
        unfolding = zlib.decompressobj()
        content = unfolding.decompress(
            base64.b64decode(text, validate=True), _MAX_BYTES
        )
    except zlib.error as error:
        raise CompanionError(f"It is not valid: {error}") from error
    if not unfolding.eof:
        raise CompanionError(f"It is cut off, or has more than {_MAX_BYTES} bytes")
    return content


def _read(said: dict[str, Any], rest: bytes) -> Companion:
    _check(said["form"] == _FORM, f"form {said['form']!r} is not {_FORM}")
    levels = tuple(map(_read_level, said["levels"]))
    bands = tuple(map(_read_band, said["bands"]))
    _check(0 < len(levels) <= _MAX_LEVELS, f"{len(levels)} levels")
    _check(0 < len(bands) <= _MAX_BANDS, f"{len(bands)} bands")
    transform = tuple(float(number) for number in said["transform"])
    _check(len(transform) == 6 and all(map(math.isfinite, transform)), "transform")
    etag, crs, alpha = str(said["etag"]), str(said["crs"]), said["alpha"]
    _check(len(etag) > 1 and etag[0] == etag[-1] == '"', "entity tag")
    _check(alpha is None or _is_whole(alpha, len(bands)), "alpha")
    return Companion(
        etag,
        crs,
        transform,
        levels,
        bands,
        alpha,
        bool(said["mask_band"]),
        tuple(_read_parts(said["parts"], rest)),
    )


def _read_level(said: dict[str, Any]) -> Stored:
    height, width = said["block_shape"]
    stored = Stored(said["width"], said["height"], (height, width), said["interleaved"])
    sides = (stored.width, stored.height, height, width)
    _check(all(_is_whole(side, _MAX_SIDE) for side in sides), f"sizes {sides}")
    _check(_is_whole(stored.interleaved, _MAX_BANDS), "interleaved")
    return stored


def _read_band(said: dict[str, Any]) -> BandInfo:
    band = BandInfo(**{**said, "classes": ()})
    _check(_is_whole(band.index, _MAX_BANDS) and isinstance(band.name, str), "band")
    _check(np.dtype(band.dtype).kind in "uif", f"type {band.dtype}")
    numbers = (band.nodata, band.scale, band.offset)
    real = all(n is None or isinstance(n, int | float) for n in numbers)
    _check(real, f"numbers of band {band.index}")
    return band


def _read_parts(said: Sequence[Any], rest: bytes) -> list[tuple[int, bytes]]:
    parts, position = [], 0
    for offset, length in said:
        _check(_is_whole(length, len(rest) - position), "length of a part")
        _check(_is_whole(offset + 1, 2**62), "offset of a part")
        parts.append((offset, rest[position : position + length]))
        position += length
    _check(position == len(rest), "bytes beyond its parts")
    return parts


def _is_whole(value: object, most: int) -> bool:
    return type(value) is int and 1 <= value <= most


def _check(good: bool, what: str) -> None:  # noqa: FBT001  a condition
    if not good:
        raise CompanionError(f"It is not valid: {what}")
