"""GeoTIFFs written byte by byte: tags that no library would write."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

_SHORT, _LONG, _ASCII, _DOUBLE = 3, 4, 2, 12
_FORMS = {_SHORT: "H", _LONG: "I", _DOUBLE: "d"}
_KINDS = {"u": 1, "i": 2, "f": 3}

COMPRESSION, TRANSFORMATION = 259, 34264
METADATA, NODATA = 42112, 42113

# Version 1.1.0, geographic, pixels are areas, EPSG:4326.
_GEO_KEYS = (1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326)

type Value = bytes | tuple[float, ...]


def write_tiff(
    path: Path, values: NDArray[np.generic], tags: Mapping[int, Value] | None = None
) -> None:
    """One uncompressed strip in pixels of a degree, the north-western corner at 0, 9.

    Args:
        path: Where it is written.
        values: (row, col).
        tags: Further ones, or others: text as bytes without the zero at its end.
    """
    height, width = values.shape
    pixels = values.astype(values.dtype.newbyteorder("<")).tobytes()
    fields: dict[int, Value] = {
        256: (width,),
        257: (height,),
        258: (8 * values.dtype.itemsize,),
        COMPRESSION: (1,),
        262: (1,),
        273: (8,),
        277: (1,),
        278: (height,),
        279: (len(pixels),),
        339: (_KINDS[values.dtype.kind],),
        TRANSFORMATION: (1.0, 0, 0, 0, 0, -1.0, 0, 9.0, 0, 0, 0, 0, 0, 0, 0, 1.0),
        34735: _GEO_KEYS,
        **(tags or {}),
    }
    content = bytearray(struct.pack("<2sHI", b"II", 42, 0) + pixels)
    entries = [_entry(content, tag, value) for tag, value in sorted(fields.items())]
    content.extend(b"\0" * (len(content) % 2))
    start = len(content)
    content += struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)
    content[4:8] = struct.pack("<I", start)
    path.write_bytes(content)


def _entry(content: bytearray, tag: int, value: Value) -> bytes:
    """The directory's entry; what is longer than 4 bytes goes to the end."""
    kind, count, packed = _pack(tag, value)
    if len(packed) > 4:
        content.extend(b"\0" * (len(content) % 2))
        place = len(content)
        content += packed
        packed = struct.pack("<I", place)
    return struct.pack("<HHI", tag, kind, count) + packed.ljust(4, b"\0")


def _pack(tag: int, value: Value) -> tuple[int, int, bytes]:
    if isinstance(value, bytes):
        return _ASCII, len(value) + 1, value + b"\0"
    kind = _DOUBLE if tag == TRANSFORMATION else _LONG
    if tag == 34735 or tag in (258, 259, 262, 277, 339):
        kind = _SHORT
    return kind, len(value), struct.pack(f"<{len(value)}{_FORMS[kind]}", *value)
