"""Rasters that are built once, and kept in the page cache."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import rasterio
import rasterio.shutil

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Bytes of GDAL's block cache; by default it takes 5 % of the machine's memory.
_CACHE = 128 * 2**20


# Options of the driver unless a coding has others.
_USUAL = {"blocksize": "512", "overview_resampling": "NEAREST"}


@dataclass(frozen=True, slots=True)
class Coding:
    """How blocks are stored, in the COG driver's words."""

    compress: str
    predictor: str
    """``NO``, or ``STANDARD`` (2, differences), or ``FLOATING_POINT`` (3)."""
    options: tuple[tuple[str, str], ...] = ()
    """Further options of the driver."""


def warm_page_cache(path: Path) -> None:
    """Read a file once, so that no measurement waits for the disk."""
    with path.open("rb") as file:
        while file.read(2**20):
            pass


def build_cog(path: Path, write: Callable[[Path], None], coding: Coding) -> None:
    """A COG in two steps, as its driver takes a whole file and no windows.

    Args:
        path: Where it is built.
        write: Writes an uncompressed GeoTIFF to the path that it is given.
        coding: How it is stored.
    """
    # Named by process: two runs at once must not write into one file.
    flat = path.with_suffix(f".{os.getpid()}.flat.tif")
    unfinished = path.with_suffix(f".{os.getpid()}.part.tif")
    try:
        with rasterio.Env(GDAL_CACHEMAX=_CACHE):
            write(flat)
            rasterio.shutil.copy(
                flat,
                unfinished,
                driver="COG",
                compress=coding.compress,
                **({} if coding.predictor == "NO" else {"predictor": coding.predictor}),
                overviews="IGNORE_EXISTING",
                **{**_USUAL, **dict(coding.options)},
            )
        unfinished.rename(path)
    finally:
        flat.unlink(missing_ok=True)
        unfinished.unlink(missing_ok=True)
