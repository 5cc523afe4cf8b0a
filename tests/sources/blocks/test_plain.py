"""Windows of plain files read directly: the bits that GDAL reads."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from raster_core.grid import Window
from raster_core.native.library import library
from raster_core.sources.blocks.cache import reading_once
from raster_core.sources.file.cog import forget, open_cog

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.sources.file.cog import Cog

TYPES = (
    "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64",
    "float16", "float32", "float64",
)  # fmt: skip

# LZW is decoded by the kernels alone.
CODECS = ["DEFLATE", "ZSTD", "NONE", *(["LZW"] if library() is not None else [])]

_versions = itertools.count()


@st.composite
def profiles(draw: st.DrawFn) -> dict[str, Any]:
    """What GDAL is told to write, in all combinations that it takes."""
    dtype = draw(st.sampled_from(TYPES))
    floats = dtype in {"float16", "float32", "float64"}
    codec = draw(st.sampled_from(CODECS))
    profile: dict[str, Any] = {
        "driver": "GTiff",
        "dtype": dtype,
        "count": draw(st.integers(1, 5)),
        "width": draw(st.integers(1, 75)),
        "height": draw(st.integers(1, 75)),
        "crs": "EPSG:4326",
        "transform": Affine(0.01, 0, 10, 0, -0.01, 46.5),
        "nodata": draw(st.sampled_from([None, 0, 7])),
        "tiled": True,
        "blockxsize": draw(st.sampled_from([16, 32, 48])),
        "blockysize": draw(st.sampled_from([16, 32, 64])),
        "compress": codec,
        "interleave": draw(st.sampled_from(["pixel", "band"])),
        "bigtiff": draw(st.sampled_from(["YES", "NO"])),
        "endianness": draw(st.sampled_from(["LITTLE", "BIG"])),
        "sparse_ok": draw(st.booleans()),
        "photometric": "MINISBLACK",
        "alpha": draw(st.sampled_from(["NO", "YES"])),
    }
    if codec != "NONE":
        predictors = [1, 2, 3] if floats else [1, 2]
        if dtype == "float16":
            predictors = [1]  # GDAL has none for it
        profile["predictor"] = draw(st.sampled_from(predictors))
    return profile


def fill(profile: dict[str, Any], seed: int) -> np.ndarray:
    """(band, row, col): noise or slopes, and a corner that sparse files leave out."""
    rng = np.random.default_rng(seed)
    shape = profile["count"], profile["height"], profile["width"]
    dtype = np.dtype(profile["dtype"])
    values = np.frombuffer(rng.bytes(int(np.prod(shape)) * dtype.itemsize), dtype)
    values = values.reshape(shape).copy()
    if seed % 2:
        values = (np.indices(shape).sum(axis=0) % 101).astype(dtype)
    values[:, : shape[1] // 2, : shape[2] // 2] = profile["nodata"] or 0
    return values


def write(path: Path, profile: dict[str, Any], values: np.ndarray) -> Cog:
    forget(str(path))
    path.unlink(missing_ok=True)
    with rasterio.open(path, "w", **profile) as file:
        file.write(values)
        if min(profile["width"], profile["height"]) > 40:
            file.build_overviews([2])
    return open_cog(str(path), f"test {next(_versions)}")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plain") / "raster.tif"


@given(profile=profiles(), seed=st.integers(0, 2**32), data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_window_has_the_bits_that_gdal_reads(path, profile, seed, data):
    cog = write(path, profile, fill(profile, seed))
    for level, grid in enumerate(cog.levels):
        col, row = (
            data.draw(st.integers(0, side - 1)) for side in (grid.width, grid.height)
        )
        window = Window(
            col,
            row,
            data.draw(st.integers(1, grid.width - col)),
            data.draw(st.integers(1, grid.height - row)),
        )
        bands = data.draw(st.lists(st.integers(1, profile["count"]), min_size=1))
        expected, _ = cog.handles.read(level, window, bands, 0)

        with reading_once():
            once = cog.direct.read(level, window, bands)
        decoded = cog.direct.read(level, window, bands)
        kept = cog.direct.read(level, window, bands)

        assert cog.direct.plain_levels() == frozenset(range(len(cog.levels)))
        assert once is not None
        assert once.dtype == expected.dtype
        for found in (once, decoded, kept):
            assert found is not None
            assert found.tobytes() == expected.tobytes()


BASE: dict[str, Any] = {
    "driver": "GTiff", "dtype": "int16", "count": 1, "width": 100, "height": 90,
    "crs": "EPSG:4326", "transform": Affine(0.01, 0, 10, 0, -0.01, 46.5),
    "tiled": True, "blockxsize": 32, "blockysize": 32, "compress": "DEFLATE",
}  # fmt: skip


@pytest.mark.parametrize(
    ("other", "dtype"),
    [
        ({"tiled": False}, "int16"),
        ({"compress": "LERC"}, "int16"),
        ({"compress": "PACKBITS"}, "int16"),
        ({"compress": "LZMA"}, "int16"),
        ({"compress": "JPEG"}, "uint8"),
        ({"compress": "JPEG", "photometric": "YCBCR", "count": 3}, "uint8"),
        ({"nbits": 12}, "uint16"),
        ({"nbits": 1}, "uint8"),
        ({"photometric": "CMYK", "count": 4}, "uint8"),
    ],
)
def test_all_other_files_are_left_to_gdal(path, other, dtype):
    profile = {**BASE, **other, "dtype": dtype}
    cog = write(path, profile, np.ones((profile["count"], 90, 100), dtype))

    array = cog.read(0, cog.levels[0].window, cog.bands)

    expected, _ = cog.handles.read(0, cog.levels[0].window, [1], 0)
    assert 0 not in cog.direct.plain_levels()
    assert (array.data[0] == expected).all()


def test_a_file_with_a_mask_is_left_to_gdal(path):
    cog = write(path, BASE, np.ones((1, 90, 100), np.int16))
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as file:
        file.write_mask(np.indices((90, 100)).sum(axis=0) % 3 != 0)
    forget(str(path))
    cog = open_cog(str(path), "with a mask")

    array = cog.read(0, cog.levels[0].window, cog.bands)

    assert cog.direct.plain_levels() == frozenset()
    assert not array.mask.all()


def test_an_alpha_band_is_read_along(path):
    values = fill({**BASE, "count": 4, "dtype": "uint8", "nodata": None}, 1)
    profile = {**BASE, "count": 4, "dtype": "uint8", "photometric": "RGB"}
    cog = write(path, {**profile, "alpha": "YES"}, values)

    array = cog.read(0, cog.levels[0].window, cog.bands[:3])

    assert cog.direct.plain_levels() >= {0}
    assert (array.mask == (values[3] > 0)).all()
    assert array.alpha is not None
    assert (array.alpha == values[3]).all()


def test_damaged_blocks_are_left_to_gdal(path):
    """And with them its errors."""
    cog = write(path, BASE, fill({**BASE, "nodata": None}, 2))
    content = bytearray(path.read_bytes())
    with rasterio.open(path) as file:
        place = int(file.get_tag_item("BLOCK_OFFSET_0_0", "TIFF", bidx=1))
    content[place : place + 20] = bytes(20)
    path.write_bytes(content)

    assert cog.direct.read(0, Window(0, 0, 10, 10), [1]) is None
    assert cog.direct.read(0, Window(40, 40, 10, 10), [1]) is not None


def test_a_closed_file_is_left_to_gdal(path):
    cog = write(path, BASE, fill({**BASE, "nodata": None}, 2))
    window = Window(0, 0, 10, 10)
    before = cog.read(0, window, cog.bands)

    forget(str(path))

    assert cog.direct.read(0, window, [1]) is None
    assert (cog.read(0, window, cog.bands).data == before.data).all()
