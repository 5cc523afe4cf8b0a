"""Bands of one file as a layer."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

from raster_core.errors import SourceError
from raster_core.layers.stored import float_bands
from raster_core.raster import Resampling
from raster_core.stated import StatedBand, band_from_json, state_band

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raster_core.documents import OwnJson
    from raster_core.grid import Grid
    from raster_core.layers.spec import ReadSpec
    from raster_core.raster import LayerInfo, RasterArray
    from raster_core.sources.untouched.blocks import StoredBlock


@dataclass(frozen=True, slots=True)
class FileSpec:
    """Bands of one file."""

    kind: ClassVar[str] = "file"

    href: str
    """A path, ``s3://`` or ``https://``."""
    version: str
    """Changes when the content does."""
    bands: tuple[StatedBand, ...]
    """Bands by their number in the file, with what is said of them, which overrules the
    file."""
    carried: str = field(default="", repr=False)
    """What an Item carries of the file's header, for ``open_cog``."""

    def open(self) -> FileLayer:
        """The layer, as ``LayerSpec.open``."""
        # With GDAL, which a process that only reads and describes a spec does without.
        from raster_core.sources.file.reading import describe_bands  # noqa: PLC0415

        info = describe_bands(self.href, self.version, self.bands, carried=self.carried)
        return FileLayer(info, self.href)

    def versions(self) -> Iterator[str]:
        """That of the file."""
        yield self.version

    def to_json(self) -> OwnJson:
        """As ``LayerSpec.to_json``."""
        return {"kind": self.kind, **asdict(self)}

    @classmethod
    def from_json(cls, document: OwnJson, read: ReadSpec) -> Self:  # noqa: ARG003  no parts
        """As ``LayerSpec.from_json``."""
        bands = tuple(map(band_from_json, document["bands"]))
        return cls(
            document["href"], document["version"], bands, document.get("carried", "")
        )


@dataclass(frozen=True, slots=True, eq=False)
class FileLayer:
    """Bands of an open file, as a ``Layer``."""

    info: LayerInfo
    href: str
    together: bool = False
    """Whether a pixel with data in any band has data in all of them."""

    def read(
        self, grid: Grid, resampling: Resampling = Resampling.NEAREST
    ) -> RasterArray:
        """Stored values on ``grid``: a paste where grids agree, else resampled.

        (band, row, col) in the type that ``info`` names; no data beside the raster.

        Raises:
            BudgetError: If the grid needs a larger read than ``budget.MAX_PIXELS``.
            SourceError: If the file's blocks cannot be read.
        """
        from raster_core.sources.file.reading import read_bands  # noqa: PLC0415  as above

        return read_bands(
            self.href,
            self.info,
            grid=grid,
            resampling=resampling,
            together=self.together,
        )

    def stored_block(self, grid: Grid) -> StoredBlock | None:
        """As ``stored.BlocksLayer``.

        Raises:
            SourceError: If the file cannot be opened.
        """
        from raster_core.sources.untouched.blocks import read_block  # noqa: PLC0415

        mask = self.info.bands[0].alpha_is_mask
        return read_block(self.href, self.info.version, grid, alpha_is_mask=mask)

    def as_floats(self) -> FileLayer:
        """As ``stored.read_as_floats``."""
        info = replace(self.info, bands=float_bands(self.info.bands))
        return replace(self, info=info)

    def as_image(self) -> FileLayer:
        """As ``stored.read_as_image``."""
        return replace(self, together=True)


def describe_file(href: str, *bands: int, version: str | None = None) -> FileSpec:
    """What a file says of itself, for ``open_layer`` and for workers.

    Args:
        href: A path, ``s3://`` or ``https://``.
        bands: Which, from 1; none means all.
        version: Changes when the content does; an entity tag in its quotes has every
            read refused of any other content. None takes a local file's time, size and
            inode, and of a remote one the moment: each description reads it again.

    Raises:
        SourceError: If it cannot be opened or lacks a band.
    """
    from raster_core.sources.file.cog import open_cog  # noqa: PLC0415  as above

    version = file_version(href) if version is None else version
    cog = open_cog(href, version)
    chosen = tuple(map(cog.band, bands)) or cog.bands
    return FileSpec(href, version, tuple(map(state_band, chosen)))


def file_version(href: str) -> str:
    """A version that another content of the file does not have."""
    if "://" in href:
        return f"read at {time.time_ns()}"
    try:
        stat = Path(href).stat()
    except OSError as error:
        raise SourceError("The raster is not in its store") from error
    return f"{stat.st_mtime_ns:x}-{stat.st_size:x}-{stat.st_ino:x}"
