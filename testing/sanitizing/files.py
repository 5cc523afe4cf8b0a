"""Open and read mutated GeoTIFFs: ``python -m testing.sanitizing.files SEED SECONDS``.

The files are a window of the sample's elevations in every codec, predictor and width
that is read without GDAL, and beside them what GDAL alone reads. Each is as it was
written but for some bytes, of its directories or anywhere. It may be read, or refused
by an error of ours; the process may not end.
"""

from __future__ import annotations

import faulthandler
import itertools
import sys
import tempfile
import time
import warnings
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from affine import Affine

import rasterlet
from raster_core.native.library import implementation
from testing.sanitizing.mutations import mutate_bytes
from testing.sanitizing.sanitized import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 60

CODECS = ("NONE", "DEFLATE", "LZW", "ZSTD", "PACKBITS")
TYPES = ("uint8", "int16", "uint32", "float32", "float64", "int64")
PREDICTORS = (1, 2, 3)

# Around the directories of a small file, which come first.
HEADER = 1200


def fuzz(folder: Path, seed: int, seconds: float) -> str:
    """Read mutated files; says how many.

    Args:
        folder: Where they are written.
        seed: Of all that is random.
        seconds: For all of them.
    """
    originals = [path.read_bytes() for path in write_files(folder)]
    random, read, refused = Random(seed), 0, 0  # noqa: S311  repeatable
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        path = folder / "mutated.tif"
        path.write_bytes(_mutate(random.choice(originals), random))
        taken = _read(path)
        read, refused = read + taken, refused + (not taken)
    return f"{read + refused} files like {len(originals)}, {refused} refused"


def write_files(folder: Path) -> Iterator[Path]:
    """A window of elevations in every way that GDAL can write it."""
    with rasterio.open(REPOSITORY / "sample" / "elevation_yosemite.tif") as source:
        values = source.read(1, window=((100, 240), (200, 350)))
    kinds = itertools.product(CODECS, TYPES, PREDICTORS, (1, 3), (True, False))
    for number, (codec, dtype, predictor, bands, big) in enumerate(kinds):
        floats = np.issubdtype(np.dtype(dtype), np.floating)
        if (predictor == 3 and not floats) or (predictor > 1 and codec in CODECS[::4]):
            continue
        profile = {
            "width": 150, "height": 140, "count": bands, "dtype": dtype, "nodata": 0,
            "driver": "GTiff", "crs": "EPSG:4326", "tiled": True, "compress": codec,
            "blockxsize": 64, "blockysize": 64, "transform": Affine.scale(0.01, -0.01),
            "interleave": "pixel" if big else "band",
            "endianness": "BIG" if big else "LITTLE",
        }  # fmt: skip
        if predictor > 1:
            profile["predictor"] = predictor
        path = folder / f"{number}.tif"
        with rasterio.open(path, "w", **profile) as file:
            for band in range(bands):
                file.write((values + band).astype(dtype), band + 1)
        yield path


def _mutate(data: bytes, random: Random) -> bytes:
    if random.random() < 0.5:
        return mutate_bytes(data[:HEADER], random) + data[HEADER:]
    return mutate_bytes(data, random)


def _read(path: Path) -> bool:
    """Whether a file was read, and not refused."""
    faulthandler.dump_traceback_later(PATIENCE, exit=True)
    try:
        rasterlet.open(path).read(size=(90, 80), resampling="nearest")
        rasterlet.open(path).read(window=(20, 10, 100, 120))
    except (rasterlet.RasterError, FileNotFoundError):
        return False
    finally:
        faulthandler.cancel_dump_traceback_later()
    return True


if __name__ == "__main__":
    assert implementation() == "native", "the library of sanitizers is not loaded"
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        said = fuzz(Path(name), int(sys.argv[1]), float(sys.argv[2]))
    sys.stdout.write(f"{said}\n")
