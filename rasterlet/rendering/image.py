"""An image as a value: bytes that a notebook shows and that a file can hold."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from raster_core.errors import RequestError

if TYPE_CHECKING:
    import os

# The ends of file names by which programs know a format.
_SUFFIXES = {
    "png": (".png",),
    "webp": (".webp",),
    "jpg": (".jpg", ".jpeg"),
    "npy": (".npy",),
    "tif": (".tif", ".tiff"),
}


@dataclass(frozen=True, slots=True, repr=False)
class Image:
    """The bytes of an image; ``bytes(image)``, or whatever takes bytes, has them."""

    data: bytes
    format: str
    """``png``, ``webp``, ``jpg``, ``npy`` or ``tif``."""

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the file, and return its path.

        Raises:
            RequestError: If the name ends like that of another format.
        """
        target = Path(path)
        ending = target.suffix.lower()
        if ending not in _SUFFIXES[self.format] and any(
            ending in suffixes for suffixes in _SUFFIXES.values()
        ):
            raise RequestError(
                f"'{target.name}' would hold {self.format}; draw with "
                f"format='{ending[1:]}', or end the name with .{self.format}"
            )
        target.write_bytes(self.data)
        return target

    def __bytes__(self) -> bytes:
        return self.data

    def __buffer__(self, flags: int, /) -> memoryview:
        return memoryview(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        return f"<Image: {self.format}, {len(self.data):,} bytes>"

    def _repr_png_(self) -> bytes | None:
        return self.data if self.format == "png" else None

    def _repr_jpeg_(self) -> bytes | None:
        return self.data if self.format == "jpg" else None

    def _repr_html_(self) -> str | None:
        """WebP, for which notebooks have no method of its own."""
        if self.format != "webp":
            return None
        text = base64.b64encode(self.data).decode()
        return f'<img src="data:image/webp;base64,{text}" alt="">'
