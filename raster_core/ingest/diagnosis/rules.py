"""What a file's structure has that makes serving it slow or impossible.

To add a fault, write its function and add it to ``RULES``.
"""

from __future__ import annotations

import posixpath
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.sources.file.gdal import gdal_path
from raster_core.sources.warp.budget import MAX_PIXELS

if TYPE_CHECKING:
    from collections.abc import Callable

    from raster_core.ingest.diagnosis.structure import Structure

# Pixels per side of the coarsest level: all of it is read for the first zooms.
_COARSEST = 1024

# Pixels of a block per side between which one read is worth its request.
_SMALL, _LARGE = 128, 1024

# Bytes of a file that come with the first request, or soon.
_WHOLE = 65536

# Bands of which each read decodes all, where blocks hold all of them.
_MANY_BANDS = 8


# Options that give a file another box; the capitals are to be filled in.
BOX = "-a_ullr LEFT TOP RIGHT BOTTOM"

AGAIN = "-co OVERVIEWS=IGNORE_EXISTING"
"""Makes overviews of the pixels, where the COG driver would copy those that exist."""


@dataclass(frozen=True, slots=True)
class Found:
    """A fault before its command is known."""

    code: str
    effect: str
    text: str
    options: str = ""
    """Options of ``gdal_translate`` that mend it."""
    other: str = ""
    """The whole command, if it is another."""


def _georeference(structure: Structure) -> Found | None:
    files = f"-of COG {source_name(structure)} {target_name(structure)}"
    srs = "-a_srs EPSG:CODE"
    known = {
        "crs": ("coordinate system", srs, ""),
        "transform": ("geotransform", BOX, ""),
        "both": ("coordinate system and no geotransform", f"{srs} {BOX}", ""),
        "gcps": ("geotransform but ground control points", "", f"gdalwarp {files}"),
        "rpcs": (
            "geotransform but rational polynomials (RPC)",
            "",
            f"gdalwarp -rpc {files}",
        ),
    }.get(structure.lacks)
    if known is None:
        return None
    what, options, other = known
    return Found("no_georeference", "refused", f"It has no {what}", options, other)


def _complex(structure: Structure) -> Found | None:
    if not any("complex" in dtype for dtype in structure.dtypes):
        return None
    other = (
        f"gdal_translate -of COG DERIVED_SUBDATASET:AMPLITUDE:{source_name(structure)} "
        f"{target_name(structure)}"
    )
    text = "Its values are complex numbers"
    return Found("complex", "refused", text, other=other)


def _blocks(structure: Structure) -> Found | None:
    height, width = structure.block_shape
    size = f"{width} x {height} pixels"
    if height * width > MAX_PIXELS:
        text = f"Its blocks of {size} are larger than one read may be"
        return Found("large_blocks", "refused", text)
    if max(structure.width, structure.height) <= _LARGE:
        return None
    if width >= structure.width > _LARGE:
        text = f"It is striped: each read takes strips of {size}"
        return Found("striped", "slow", text)
    if height * width > _LARGE**2:
        text = f"Its blocks of {size} are decoded whole for a few of their pixels"
        return Found("large_blocks", "slow", text)
    if min(height, width) < _SMALL:
        text = f"Its blocks of {size} take many requests"
        return Found("small_blocks", "slow", text)
    return None


def _overviews(structure: Structure) -> Found | None:
    high, wide = structure.coarsest
    if max(high, wide) <= _COARSEST:
        return None
    if ".ovr" in structure.beside and not structure.overviews:
        text = "Its overviews are in a file beside it (.ovr), which is not read"
        return Found("external_overviews", "slow", text)
    if structure.unmasked:
        text = "Its overviews lack its mask, so they are not read"
        return Found("unmasked_overviews", "slow", text)
    if structure.overviews:
        text = f"Its coarsest overview still has {wide} x {high} pixels"
        return Found("few_overviews", "slow", text, AGAIN)
    text = f"It has no overviews: an image of all of it reads {wide} x {high} pixels"
    if high * wide > MAX_PIXELS:
        text += ", which is refused"
    if structure.dtypes == ("uint8",) and not structure.has_palette:
        text += "; if its values are classes, take MODE in place of AVERAGE"
    return Found("no_overviews", "slow", text)


def _mask(structure: Structure) -> Found | None:
    if ".msk" not in structure.beside:
        return None
    text = "Its mask is a file beside it (.msk), which is read on this machine only"
    return Found("external_mask", "slow", text)


def _compression(structure: Structure) -> Found | None:
    if structure.compression or (structure.size or 0) < _WHOLE:
        return None
    return Found("uncompressed", "slow", "Its blocks are not compressed")


def _order(structure: Structure) -> Found | None:
    if not structure.late_directories or (structure.size or 0) < _WHOLE:
        return None
    text = (
        f"It is no COG: {structure.late_directories} of its TIFF directories (IFDs) "
        "follow after pixels, which from a store takes a request for each"
    )
    return Found("not_cog", "slow", text)


def _interleaving(structure: Structure) -> Found | None:
    count = len(structure.dtypes)
    if not structure.interleaved or count < _MANY_BANDS:
        return None
    text = f"Each block holds all {count} bands, which are decoded for any of them"
    return Found("interleaved", "slow", text, "-co INTERLEAVE=BAND")


RULES: tuple[Callable[[Structure], Found | None], ...] = (
    _georeference,
    _complex,
    _blocks,
    _overviews,
    _mask,
    _compression,
    _order,
    _interleaving,
)


def source_name(structure: Structure) -> str:
    """The file as a shell and GDAL's programs have it."""
    return shlex.quote(gdal_path(structure.name))


def target_name(structure: Structure) -> str:
    """A file beside a local one, in the working folder for a remote one."""
    name = structure.name
    base = posixpath.basename(name) if "://" in name else name
    stem, _ = posixpath.splitext(base)
    return shlex.quote(f"{stem}_cog.tif")
