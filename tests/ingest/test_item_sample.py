"""What an Item says of a file's values: from what is stored, wherever data are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
import rasterio
from affine import Affine

from raster_core.ingest.bands import describe_bands
from raster_core.ingest.item import ItemOptions, describe_raster
from raster_core.ingest.sample import DECODED, FEWEST, PIXELS, ROUNDS, sample_pixels
from raster_core.ingest.sidecars import describe_alone
from raster_core.sources.file.cog import open_cog
from raster_core.sources.file.header import read_header
from tests.cogs import NODATA, Recipe, write_cog

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

UTM = {"crs": "EPSG:32633", "transform": Affine(10, 0, 4e5, 0, -10, 5e6)}


def write_raster(path: Path, values: NDArray[np.generic], **options: Any) -> None:
    height, width = values.shape
    profile = {"driver": "GTiff", "count": 1, "height": height, "width": width}
    profile |= {"dtype": values.dtype, "nodata": NODATA, "compress": "DEFLATE", **UTM}
    with rasterio.open(path, "w", **{**profile, **options}) as file:
        file.write(values, 1)


def describe_band(path: Path) -> dict[str, Any]:
    item = describe_raster(path, ItemOptions(id="x", href=path.name))
    item = json.loads(json.dumps(item, allow_nan=False))
    return cast("dict[str, Any]", item["assets"]["data"]["bands"][0])


def cliffs(side: int) -> NDArray[np.int16]:
    """Steps between -2340 and -19, at which a cubic kernel overshoots."""
    row, col = np.mgrid[:side, :side]
    return np.where((row // 7 + col // 5) % 2, -2340, -19).astype(np.int16)


def test_values_that_only_overviews_have_are_left_out(tmp_path: Path):
    path = tmp_path / "a.tif"
    tiled = {"tiled": True, "blockxsize": 256, "blockysize": 256}
    write_raster(path, cliffs(2000), **tiled)
    with rasterio.open(path, "r+") as file:
        file.build_overviews([4, 16], rasterio.enums.Resampling.cubic)
    with rasterio.open(path, overview_level=0) as file:
        assert file.read(1).max() > -19

    band = describe_band(path)

    assert (band["statistics"]["minimum"], band["statistics"]["maximum"]) == (
        -2340,
        -19,
    )
    assert band["statistics"]["mean"] == pytest.approx((-2340 - 19) / 2, rel=0.05)


def test_a_small_file_is_described_exactly(tmp_path: Path):
    path = tmp_path / "a.tif"
    values = write_cog(path, Recipe())
    valid = values[values != NODATA].astype(float)

    band = describe_band(path)

    share = 100 * valid.size / values.size
    assert band["statistics"] == {
        "minimum": valid.min(),
        "maximum": valid.max(),
        "mean": pytest.approx(valid.mean()),
        "stddev": pytest.approx(valid.std()),
        "count": values.size,
        "valid_percent": pytest.approx(share, abs=1e-3),
    }
    ordered = np.sort(valid)
    assert band["rasterlet:percentiles"] == {
        "2": ordered[int(np.ceil(0.02 * valid.size)) - 1],
        "98": ordered[int(np.ceil(0.98 * valid.size)) - 1],
    }


@pytest.mark.parametrize("overviews", [False, True], ids=["no overviews", "overviews"])
@pytest.mark.parametrize("layout", [{}, {"tiled": True}], ids=["strips", "tiles"])
def test_a_mean_is_that_of_the_whole_not_of_the_middle(
    tmp_path: Path, layout: dict[str, Any], *, overviews: bool
):
    """43 in the middle, 141 on average."""
    path = tmp_path / "a.tif"
    values = np.full((2400, 2000), 200, np.int16)
    values[600:1800, 400:1600] = 43
    write_raster(path, values, **layout)
    if overviews:
        with rasterio.open(path, "r+") as file:
            file.build_overviews([16], rasterio.enums.Resampling.nearest)

    statistics = describe_band(path)["statistics"]

    assert statistics["mean"] == pytest.approx(values.mean(), rel=0.05)
    assert 0.1 * PIXELS < statistics["count"] <= PIXELS
    assert statistics["valid_percent"] == 100


@pytest.mark.parametrize("overviews", [False, True], ids=["no overviews", "overviews"])
@pytest.mark.parametrize(
    ("row", "col", "side"), [(30, 2200, 700), (30, 2840, 60), (1550, 140, 60)]
)
def test_sparse_data_are_found(
    tmp_path: Path, row: int, col: int, side: int, *, overviews: bool
):
    """Data in a quarter of a side of 3000 x 3000 pixels, or in one pixel of 2,500.

    Without overviews, the last square lies where no window of the first round does.
    """
    path = tmp_path / "a.tif"
    values = np.full((3000, 3000), NODATA, np.int16)
    values[row : row + side, col : col + side] = np.arange(side) + 5
    write_raster(path, values, tiled=True, blockxsize=256, blockysize=256)
    if overviews:
        with rasterio.open(path, "r+") as file:
            file.build_overviews([8, 32], rasterio.enums.Resampling.nearest)

    item = describe_raster(path, ItemOptions(id="x", href=path.name))

    statistics = describe_band(path)["statistics"]
    assert 5 <= statistics["minimum"] < statistics["maximum"] < 5 + side
    assert 0 < statistics["valid_percent"] < 10
    if overviews:
        percent = 100 * (side / 3000) ** 2
        assert statistics["valid_percent"] == pytest.approx(percent, rel=0.4)
    render = cast("Any", item["properties"])["renders"]["default"]
    assert render["rescale"] == [[statistics["minimum"], statistics["maximum"]]]


def test_a_raster_without_data_has_no_statistics_at_a_bounded_cost(tmp_path: Path):
    path = tmp_path / "a.tif"
    write_raster(path, np.full((2000, 3000), NODATA, np.int16), sparse_ok=True)
    cog = open_cog(str(path), "test")

    sample = sample_pixels(cog, cog.bands)

    assert sample.values[0].size == 0
    assert sample.pixels <= ROUNDS * PIXELS
    assert "statistics" not in describe_band(path)


@pytest.mark.parametrize(
    ("shape", "layout"),
    [
        ((4096, 4096), {"tiled": True, "blockxsize": 2048, "blockysize": 2048}),
        ((64, 60_000), {"blockysize": 1}),
        ((3000, 900), {"blockysize": 3000}),
    ],
    ids=["large tiles", "long rows", "one strip"],
)
def test_blocks_that_are_decoded_are_bounded(
    tmp_path: Path, shape: tuple[int, int], layout: dict[str, Any]
):
    path = tmp_path / "a.tif"
    write_raster(
        path, np.arange(shape[1], dtype="f4")[None].repeat(shape[0], 0), **layout
    )
    cog = open_cog(str(path), "test")

    sample = sample_pixels(cog, cog.bands)

    rows, cols = cog.header.block_shape
    windows = sample.pixels / min(rows * cols, 128 * 128)
    assert windows * rows * cols <= max(DECODED, FEWEST * rows * cols)
    assert sample.values[0].size == sample.pixels > 1000


def test_the_sample_is_the_same_every_time(tmp_path: Path):
    path = tmp_path / "a.tif"
    write_raster(path, np.random.default_rng(3).normal(size=(1500, 1500)).astype("f4"))

    assert describe_band(path) == describe_band(path)


class Counting:
    """A dataset that counts what is asked of it."""

    def __init__(self, dataset: Any) -> None:
        self.dataset = dataset
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        self.asked += 1
        return getattr(self.dataset, name)


def questions(path: Path, bands: int) -> tuple[int, int]:
    """How often rasterio is asked to read a header, and to describe the file.

    Each answer is a list of all bands, so that a question per band takes time with
    their square.
    """
    profile = {"driver": "GTiff", "count": bands, "height": 8, "width": 8}
    with rasterio.open(path, "w", dtype="uint16", **profile, **UTM) as file:
        file.write(np.ones((bands, 8, 8), np.uint16))
    with rasterio.open(path) as dataset:
        header = Counting(dataset)
        read_header(cast("Any", [header]))
    cog = open_cog(str(path), str(bands))
    (handle,) = cog.handles.idle
    described = Counting(handle.levels[0])
    handle.levels[0] = cast("Any", described)
    assert len(describe_bands(cog, describe_alone(cog))) == bands
    handle.levels[0] = described.dataset
    return header.asked, described.asked


def test_describing_a_file_asks_no_question_per_band_but_for_its_colours(
    tmp_path: Path,
):
    few, many = questions(tmp_path / "a.tif", 8), questions(tmp_path / "b.tif", 64)

    assert few[0] == many[0]
    assert many[1] - few[1] == 64 - 8
