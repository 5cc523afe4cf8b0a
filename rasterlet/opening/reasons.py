"""Why a file cannot be opened, in one sentence with the remedy."""

from __future__ import annotations

import difflib
import os
import shlex
from typing import TYPE_CHECKING

from raster_core.errors import NotFoundError, RasterError, SourceError, StoreError
from rasterlet.opening.web import ask_url, find_fault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rasterlet.opening.places import Place

# How files of vectors and tables begin.
_VECTORS = {
    b"SQLite format 3\0": "a GeoPackage or another SQLite database without a raster",
    b"\x00\x00\x27\x0a": "a Shapefile",
    b"fgb\x03": "a FlatGeobuf file",
    b"PAR1": "a Parquet file",
    b"PK\x03\x04": "a zip archive",
    b"<?xml": "an XML file",
    b"<kml": "a KML file",
}

_ZONES = frozenset({".shp", ".gpkg", ".fgb", ".parquet", ".kml", ".geojson", ".dbf"})

_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

_EXAMPLES = 3

# Faults of files that cannot be opened, as diagnosis calls them, with a remedy.
_MENDED = frozenset({"no_georeference", "complex", "large_blocks"})


def explain_file(place: Place, error: RasterError | OSError) -> RasterError:
    """Why a file cannot be opened.

    Args:
        place: The file.
        error: What went wrong when it was opened.
    """
    if place.path is None:
        return _explain_remote(place, error)
    name = place.name
    found = _explain_path(place.path, name)
    if found is not None:
        return found
    if isinstance(error, StoreError) or not isinstance(error, RasterError):
        return _explain_content(place.path, name)
    return name_fault([place], error, _find_command(place))


def _find_command(place: Place) -> str:
    """The command that makes a usable file of one that is refused; empty without."""
    from raster_core.ingest.diagnosis.faults import diagnose  # noqa: PLC0415  with GDAL

    try:
        faults = diagnose(place.href, "refused").faults
    except RasterError:
        return ""
    return next((fault.command for fault in faults if fault.code in _MENDED), "")


def name_fault(
    places: Sequence[Place], error: RasterError, remedy: str = ""
) -> SourceError:
    """An error of the core, which names no files, with the names of the files."""
    names = "', '".join(place.shown for place in places)
    text = f"{str(error)[:1].lower()}{str(error)[1:]}{remedy and '; '}{remedy}"
    return SourceError(f"'{names}' cannot be used: {text}")


def _explain_remote(place: Place, error: RasterError | OSError) -> RasterError:
    """Why a remote file cannot be opened, as its server says."""
    url, name = place.href, place.shown
    if isinstance(error, RasterError) and not isinstance(error, StoreError):
        named = f"'{name}'" in str(error)
        return error if named else name_fault([place], error, _find_command(place))
    if url.startswith("s3://"):
        return SourceError(
            f"'{name}' cannot be opened: it does not exist, is not a GeoTIFF, or the "
            "credentials may not read it; set AWS_PROFILE or the other AWS variables, "
            "or AWS_NO_SIGN_REQUEST=YES and AWS_REGION for public data"
        )
    fault = find_fault(url, ask_url(url).status)
    return fault or SourceError(
        f"'{name}' is not a GeoTIFF, or cut off; gdal_translate -of COG "
        f"{shlex.quote(f'/vsicurl/{name}')} out.tif writes one of what GDAL reads"
    )


def _explain_path(path: Path, name: str) -> RasterError | None:
    """Why a path is not that of a file that can be read; None if it is."""
    if path.is_dir():
        return SourceError(
            f"'{name}' is a folder; give one of its files{_examples(path)}, several as "
            "bands of one dataset, or serve them all: "
            f"rasterlet serve {shlex.quote(name)}"
        )
    if not path.exists():
        return NotFoundError(f"'{name}' does not exist{_near(path)}")
    if not os.access(path, os.R_OK):
        return SourceError(f"'{name}' may not be read by this user; chmod +r allows it")
    return None


def _explain_content(path: Path, name: str) -> SourceError:
    """Why a file that can be read is not a GeoTIFF."""
    with path.open("rb") as file:
        start = file.read(16)
    if not start:
        return SourceError(f"'{name}' is empty; write or copy it again")
    if start.startswith(_TIFF):
        return SourceError(
            f"'{name}' begins like a TIFF, but its header cannot be read: it is cut "
            "off, or being written; copy it again"
        )
    return _explain_format(path, name) or _explain_kind(path, name, start)


def _explain_format(path: Path, name: str) -> SourceError | None:
    """How to convert a raster that GDAL reads; None if it does not."""
    # With GDAL, which a missing file need not load.
    from raster_core.sources.file.formats import find_format  # noqa: PLC0415

    found = find_format(str(path))
    if found is None:
        return None
    source = found.parts[0] if found.parts else str(name)
    several = f", which has {len(found.parts)} rasters" if found.parts else ""
    out = (
        f"{path.stem}.tif" if path.suffix.lower() != ".tif" else f"{path.stem}_cog.tif"
    )
    return SourceError(
        f"'{name}' is a {found.name} file{several}, not a GeoTIFF; write one: "
        f"gdal_translate -of COG {shlex.quote(source)} {shlex.quote(out)}"
    )


def _explain_kind(path: Path, name: str, start: bytes) -> SourceError:
    """What a file is that is not a raster at all."""
    kinds = (kind for head, kind in _VECTORS.items() if start.startswith(head))
    kind = next(kinds, None)
    said = f"is {kind}, not a raster" if kind else "is not a raster that can be read"
    if path.suffix.lower() in _ZONES:
        said += "; its features are zones: rasterlet.zonal_stats(zones, raster)"
    else:
        said += "; give a GeoTIFF"
    return SourceError(f"'{name}' {said}")


def _near(path: Path) -> str:
    """What a missing file may have been called instead."""
    if not path.parent.is_dir():
        return f", nor does its folder '{path.parent}'"
    names = [file.name for file in path.parent.iterdir()]
    near = difflib.get_close_matches(path.name, names, n=1)
    return f"; did you mean '{near[0]}'?" if near else "; check the path"


def _examples(folder: Path) -> str:
    """Some rasters of a folder, in brackets."""
    names = sorted(f.name for f in folder.iterdir() if f.suffix.lower() in _RASTERS)
    if not names:
        return ""
    more = ", …" if len(names) > _EXAMPLES else ""
    return f" ({', '.join(names[:_EXAMPLES])}{more})"


_RASTERS = frozenset({".tif", ".tiff"})
