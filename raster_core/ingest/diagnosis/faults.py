"""What is wrong with a file for serving, each fault with the command that mends it.

All that ``gdal_translate`` mends, one run of it mends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.errors import RasterError, StoreError
from raster_core.ingest.diagnosis.pixels import look_at_pixels
from raster_core.ingest.diagnosis.rules import (
    AGAIN,
    BOX,
    RULES,
    Found,
    source_name,
    target_name,
)
from raster_core.ingest.diagnosis.structure import read_structure
from raster_core.sources.file.cog import open_cog
from raster_core.stated import is_offset, is_scale

if TYPE_CHECKING:
    from raster_core.ingest.diagnosis.pixels import Evidence
    from raster_core.ingest.diagnosis.structure import Structure
    from raster_core.sources.file.cog import Cog

# What the COG driver compresses with; others become DEFLATE.
_KEPT = {"JPEG", "WEBP", "ZSTD", "LZW", "LERC", "LERC_DEFLATE", "LERC_ZSTD", "LZMA"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong."""

    code: str
    """A name for programs: ``no_overviews``."""
    effect: str
    """``refused``: it cannot be served; ``wrong``: answers may be; or ``slow``."""
    text: str
    """One sentence."""
    command: str
    """What mends it; a word in capitals is to be filled in."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How a file is stored, and what is wrong with it."""

    structure: Structure
    faults: tuple[Fault, ...]
    """The worst first; empty for a file that is served as well as can be."""


def diagnose(href: str, version: str, *, name: str = "") -> Diagnosis:
    """What is wrong with a file: its header, and some of its pixels.

    Args:
        href: A path, ``s3://`` or ``https://``.
        version: As for ``open_cog``.
        name: What commands call the file, if that is not the href.

    Raises:
        StoreError: If it cannot be opened as a GeoTIFF.
    """
    structure = read_structure(href, name)
    found = [fault for rule in RULES if (fault := rule(structure))]
    if not any(fault.effect == "refused" for fault in found):
        found += _look_inside(structure, version)
    order = ("refused", "wrong", "slow")
    found.sort(key=lambda fault: order.index(fault.effect))
    command = _translate(structure, found)
    # A whole command that writes a COG mends how it is stored as well.
    rewrites = [fault.other for fault in found if "-of COG" in fault.other]
    if rewrites:
        command = rewrites[0]
    return Diagnosis(
        structure,
        tuple(
            Fault(fault.code, fault.effect, fault.text, fault.other or command)
            for fault in found
        ),
    )


def _look_inside(structure: Structure, version: str) -> list[Found]:
    """The faults that pixels and bands show, or that they cannot be read."""
    try:
        cog = open_cog(structure.href, version)
        evidence = look_at_pixels(cog, has_mask=bool(structure.mask))
    except StoreError:
        text = "Its pixels cannot be read: the file is damaged, or cut off"
        return [Found("damaged", "refused", text, other="copy or write it again")]
    except RasterError as error:
        return [Found("unusable", "refused", str(error), BOX)]
    return [*_scaling(cog), *_pixels(structure, evidence)]


def _scaling(cog: Cog) -> list[Found]:
    wrong = [b for b in cog.bands if not (is_scale(b.scale) and is_offset(b.offset))]
    if not wrong:
        return []
    band = wrong[0]
    text = (
        f"Band {band.index} has scale {band.scale:g} and offset {band.offset:g}, with "
        "which its values are no numbers"
    )
    return [Found("scaling", "refused", text, "-a_scale 1 -a_offset 0")]


def _pixels(structure: Structure, evidence: Evidence) -> list[Found]:
    found = []
    if evidence.stale:
        text = (
            f"Its overviews are stale: {evidence.stale:.0%} of those looked at do not "
            "follow from the pixels, so maps and approximate statistics show others"
        )
        found.append(Found("stale_overviews", "wrong", text, AGAIN))
    if evidence.corner is not None:
        text = (
            f"Every pixel counts as data, also the value {evidence.corner:g} in all "
            "four corners; if it means none, statistics include it"
        )
        options = f"-a_nodata {evidence.corner:.17g} {AGAIN}"
        found.append(Found("no_nodata", "wrong", text, options))
    if evidence.narrower:
        text = (
            f"Its {structure.dtypes[0]} values fit into {evidence.narrower}, as far as "
            "they were looked at, with half the bytes"
        )
        found.append(Found("wide_type", "slow", text, f"-ot {evidence.narrower}"))
    return found


def _translate(structure: Structure, found: list[Found]) -> str:
    """One run of ``gdal_translate`` for all that it mends."""
    codec = structure.compression.split()[-1] if structure.compression else ""
    compress = codec if codec in _KEPT else "DEFLATE"
    options = ["-of COG", f"-co COMPRESS={compress}"]
    if compress in ("DEFLATE", "LZW", "ZSTD"):
        options.append("-co PREDICTOR=YES")
    if not structure.has_palette:
        options.append("-co OVERVIEW_RESAMPLING=AVERAGE")
    added = " ".join(fault.options for fault in found)
    if AGAIN in added:
        added = f"{AGAIN} {added.replace(AGAIN, '')}"
    options += added.split()
    return " ".join(
        ["gdal_translate", *options, source_name(structure), target_name(structure)]
    )
