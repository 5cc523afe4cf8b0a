from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import mercantile
import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from raster_core.bands import BandInfo
from raster_core.errors import RequestError
from raster_core.grid import Grid, Window
from raster_core.layers.stored import read_as_floats
from raster_core.raster import LayerInfo, RasterArray, Resampling
from raster_core.tile.algorithms.hillshade import Hillshade
from raster_core.tile.algorithms.layer import apply_algorithm, compute_gap
from raster_core.tile.algorithms.slope import Slope
from raster_core.tile.algorithms.table import ALGORITHMS
from raster_core.tile.algorithms.terrain import TERRAIN_RGB, TERRARIUM
from raster_core.tile.grids.tms import tile_grid
from tests.cogs import Recipe, open_file, write_cog

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from raster_core.raster import Layer
    from raster_core.tile.algorithms.protocol import Algorithm
    from raster_core.tile.algorithms.terrain import TerrainEncoding

METRES = Grid("EPSG:32633", Affine(30, 0, 500_000, 0, -30, 5_000_000), 20, 16)

DRAWN = (Hillshade(), Slope())

ENCODINGS = (TERRAIN_RGB, TERRARIUM)


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """Stored heights that follow from the place alone: waves of 3 km; holes at will."""

    band: BandInfo = BandInfo(1, "height", "float64")  # noqa: RUF009  immutable
    constant: float | None = None
    holes: int = 0
    """One in so many pixels has no data; 0 for none."""

    @property
    def info(self) -> LayerInfo:
        return LayerInfo(METRES, (256, 256), (self.band,), "1")

    def read(
        self, grid: Grid, resampling: Resampling = Resampling.NEAREST
    ) -> RasterArray:
        assert resampling is Resampling.BILINEAR
        cols, rows = np.meshgrid(
            np.arange(grid.width) + 0.5, np.arange(grid.height) + 0.5
        )
        x, y = grid.transform @ (cols, rows)
        heights = 400 * np.sin(x / 500) * np.cos(y / 700) + x / 50
        if self.constant is not None:
            heights = np.full(grid.shape, self.constant)
        mask = np.ones(grid.shape, bool)
        if self.holes:
            mask = np.rint(x / 30 + 7 * y / 30) % self.holes != 0
            heights[~mask] = np.nan
        return RasterArray(heights[None].astype(self.band.dtype), mask[None], grid)


def read(layer: Layer, grid: Grid, algorithm: Algorithm) -> RasterArray:
    return apply_algorithm(layer, algorithm).read(grid, Resampling.BILINEAR)


def decode(array: RasterArray, encoding: TerrainEncoding) -> np.ndarray:
    red, green, blue = array.data.astype(np.float64)
    if encoding is TERRAIN_RGB:
        return -10000 + 0.1 * (red * 65536 + green * 256 + blue)
    return red * 256 + green + blue / 256 - 32768


@pytest.mark.parametrize("algorithm", ALGORITHMS.values())
def test_the_result_is_as_its_bands_say(algorithm: Algorithm):
    layer = apply_algorithm(Waves(), algorithm)
    array = layer.read(METRES, Resampling.BILINEAR)

    assert array.data.shape == array.mask.shape == (len(layer.info.bands), 16, 20)
    assert {band.dtype for band in layer.info.bands} == {array.data.dtype.name}
    assert layer.info.grid == METRES
    for values, band in zip(array.data, layer.info.bands, strict=True):
        assert band.minimum <= values.min() <= values.max() <= band.maximum


@pytest.mark.parametrize("algorithm", DRAWN)
@pytest.mark.parametrize("holes", [0, 5])
def test_four_tiles_equal_the_tile_of_their_size(algorithm: Algorithm, holes: int):
    whole = read(Waves(holes=holes), tile_grid(12, 1100, 700, size=512), algorithm)

    for down in (0, 1):
        for right in (0, 1):
            tile = tile_grid(13, 2200 + right, 1400 + down)
            part = read(Waves(holes=holes), tile, algorithm)
            rows = slice(256 * down, 256 * down + 256)
            cols = slice(256 * right, 256 * right + 256)
            assert (part.mask[0] == whole.mask[0, rows, cols]).all()
            assert part.data[0].astype(float) == pytest.approx(
                whole.data[0, rows, cols].astype(float), abs=1.01
            )


@pytest.mark.parametrize("algorithm", DRAWN)
def test_neighbours_join_without_a_seam(algorithm: Algorithm):
    left, right = (
        read(Waves(), tile_grid(13, x, 1400), algorithm).data[0].astype(float)
        for x in (2200, 2201)
    )
    joined = np.hstack([left, right])
    steps = np.abs(np.diff(joined, axis=1)).mean(axis=0)

    assert steps[255] <= 1.05 * max(steps[245:255].max(), steps[256:266].max())


@pytest.mark.parametrize("algorithm", DRAWN)
def test_what_has_no_height_is_not_drawn(algorithm: Algorithm):
    heights = Waves(holes=5).read(METRES, Resampling.BILINEAR)

    array = read(Waves(holes=5), METRES, algorithm)

    assert not heights.mask.all()
    assert (array.mask == heights.mask).all()
    assert np.isfinite(array.data).all()


@pytest.mark.parametrize("algorithm", DRAWN)
def test_holes_change_little_of_what_is_around_them(algorithm: Algorithm):
    tile = tile_grid(12, 2200, 1400)
    whole = read(Waves(), tile, algorithm).data.astype(float)
    holed = read(Waves(holes=7), tile, algorithm)

    error = np.abs(holed.data - whole)[holed.mask]

    assert np.ptp(whole) > 30
    assert error.mean() < 0.02 * np.ptp(whole)


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(height=st.floats(-9999, 32000))
def test_heights_come_back_from_their_colours(encoding: TerrainEncoding, height: float):
    step = 0.1 if encoding is TERRAIN_RGB else 1 / 256

    array = read(Waves(constant=height), METRES, encoding)

    assert decode(array, encoding) == pytest.approx(
        np.full((16, 20), height), abs=step / 2 * 1.001
    )


@pytest.mark.parametrize(
    ("encoding", "height", "color"),
    [
        (TERRAIN_RGB, 0.0, (1, 134, 160)),  # 100,000
        (TERRAIN_RGB, 8848.9, (2, 224, 73)),  # 188,489
        (TERRAIN_RGB, -20000.0, (0, 0, 0)),
        (TERRAIN_RGB, 1e9, (255, 255, 255)),
        (TERRARIUM, 0.0, (128, 0, 0)),
        (TERRARIUM, 1000.5, (131, 232, 128)),
        (TERRARIUM, -1.0, (127, 255, 0)),
        (TERRARIUM, 1e9, (255, 255, 255)),
    ],
)
def test_a_height_has_the_colour_of_its_encoding(
    encoding: TerrainEncoding, height: float, color: tuple[int, int, int]
):
    array = read(Waves(constant=height), METRES, encoding)

    assert tuple(array.data[:, 3, 4].tolist()) == color


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_no_data_is_sea_level_and_opaque(encoding: TerrainEncoding):
    array = read(Waves(holes=1), METRES, encoding)

    assert array.mask.all()
    assert (decode(array, encoding) == 0).all()


@pytest.mark.parametrize(
    ("changes", "metres"),
    [
        ({"scale": 0.1, "offset": -5.0}, 95.0),
        ({"unit": "ft"}, 304.8),
        ({"unit": "Foot", "offset": 1000.0}, 609.6),
        ({"unit": "metre"}, 1000.0),
        ({"unit": "cm"}, 10.0),
    ],
)
def test_heights_are_physical_and_in_metres(
    changes: dict[str, float | str], metres: float
):
    band = replace(BandInfo(1, "height", "int16"), **changes)  # type: ignore[arg-type]

    array = read(Waves(band, constant=1000), METRES, TERRARIUM)

    assert decode(array, TERRARIUM)[0, 0] == pytest.approx(metres, abs=1 / 512)


def test_several_bands_are_refused(tmp_path: Path):
    write_cog(tmp_path / "two.tif", Recipe(bands=2))

    with pytest.raises(RequestError, match="not 2"):
        apply_algorithm(open_file(tmp_path / "two.tif"), Slope())


def test_a_tilted_file_has_the_slope_of_its_plane(tmp_path: Path):
    recipe = Recipe(
        60, 40, crs="EPSG:32633", transform=METRES.transform, overviews=False
    )
    rows, cols = np.mgrid[:40, :60]
    heights = (9 * cols - 12 * rows)[None].astype(np.int16)  # 0.3 east, 0.4 north
    write_cog(tmp_path / "plane.tif", recipe, heights)
    layer = open_file(tmp_path / "plane.tif")

    slope = apply_algorithm(layer, Slope()).read(layer.info.grid)
    shade = apply_algorithm(layer, Hillshade(altitude=90)).read(layer.info.grid)

    assert slope.mask.all()
    assert slope.data == pytest.approx(
        np.full((1, 40, 60), np.degrees(np.arctan(0.5))), abs=1e-4
    )
    assert (shade.data == round(1 + 254 / np.sqrt(1.25))).all()


@pytest.mark.parametrize("algorithm", DRAWN)
@pytest.mark.parametrize("zoom", [9, 11, 13])
def test_four_tiles_of_a_projected_file_equal_one(
    tmp_path: Path, algorithm: Algorithm, zoom: int
):
    transform = Affine(60, 0, 480_000, 0, -60, 5_040_000)
    recipe = Recipe(700, 600, crs="EPSG:32633", transform=transform, blocksize=256)
    rows, cols = np.mgrid[:600, :700]
    heights = 900 * np.sin(cols / 9) * np.cos(rows / 13) + rows
    write_cog(tmp_path / "hills.tif", recipe, heights[None].astype(np.int16))
    file = read_as_floats(open_file(tmp_path / "hills.tif"))
    layer = apply_algorithm(file, algorithm)
    tile = mercantile.tile(15.02, 45.37, zoom)

    whole = layer.read(tile_grid(zoom, tile.x, tile.y, size=512), Resampling.BILINEAR)
    parts = [
        [
            layer.read(tile_grid(zoom + 1, x, y), Resampling.BILINEAR)
            for x in (2 * tile.x, 2 * tile.x + 1)
        ]
        for y in (2 * tile.y, 2 * tile.y + 1)
    ]

    joined = np.block([[part.data[0].astype(float) for part in row] for row in parts])
    mask = np.block([[part.mask[0] for part in row] for row in parts])
    error = np.abs(joined - whole.data[0])[mask & whole.mask[0]]
    assert (mask == whole.mask[0]).mean() > 0.999
    assert (error < 0.5).mean() > 0.995
    assert error.max() <= 2


def test_between_whole_metres_there_are_no_terraces(tmp_path: Path):
    transform = Affine(60, 0, 480_000, 0, -60, 5_040_000)
    recipe = Recipe(90, 90, crs="EPSG:32633", transform=transform, overviews=False)
    _, cols = np.mgrid[:90, :90]
    write_cog(tmp_path / "plane.tif", recipe, (3 * cols)[None].astype(np.int16))
    layer = read_as_floats(open_file(tmp_path / "plane.tif"))

    tile = mercantile.tile(14.775, 45.49, 14)
    grid = tile_grid(tile.z, tile.x, tile.y)
    slope = apply_algorithm(layer, Slope()).read(grid, Resampling.BILINEAR)

    assert slope.mask.all()
    assert slope.data == pytest.approx(
        np.full((1, 256, 256), np.degrees(np.arctan(3 / 60))), rel=0.02
    )


def test_beside_the_raster_there_is_nothing(tmp_path: Path):
    write_cog(tmp_path / "grid.tif", Recipe())
    layer = open_file(tmp_path / "grid.tif")

    for algorithm in DRAWN:
        array = apply_algorithm(layer, algorithm).read(tile_grid(10, 3, 3))
        assert not array.mask.any()
        assert array.data.shape == (1, 256, 256)


@pytest.mark.parametrize("algorithm", ALGORITHMS.values())
def test_beside_the_raster_an_algorithm_makes_what_it_makes_of_no_data(
    algorithm: Algorithm,
):
    array = compute_gap(algorithm, METRES)
    read_there = read(Waves(holes=1), METRES, algorithm)

    assert array.mask.all() == read_there.mask.all() == algorithm.fills_gaps
    assert array.mask.any() == algorithm.fills_gaps
    assert array.data.dtype == read_there.data.dtype
    assert (array.data == read_there.data).all()


@dataclass(frozen=True, slots=True)
class Difference:
    """The second band less the mean of the first's nine pixels: two bands, a halo."""

    name: ClassVar = "difference"
    inputs: ClassVar = 2
    wants: ClassVar = "two bands"
    halo: ClassVar = 1
    bands: ClassVar = (BandInfo(1, "difference", "float64"),)
    colors: ClassVar = None
    encoding: ClassVar = None
    fills_gaps: ClassVar = False

    def compute(
        self, array: RasterArray, bands: Sequence[BandInfo], grid: Grid
    ) -> RasterArray:
        first, second = (
            band.scaling.physical_values(values)
            for band, values in zip(bands, array.data, strict=True)
        )
        around = np.lib.stride_tricks.sliding_window_view(first, (3, 3))
        data = second[1:-1, 1:-1] - around.mean(axis=(2, 3))
        return RasterArray(data[None], array.mask.all(axis=0)[None, 1:-1, 1:-1], grid)


def test_an_algorithm_may_take_several_bands_and_their_neighbours(tmp_path: Path):
    transform = METRES.transform
    recipe = Recipe(
        20, 16, bands=2, crs="EPSG:32633", transform=transform, overviews=False
    )
    rows, cols = np.mgrid[:16, :20]
    planes = np.stack([rows + cols, rows + cols + 5]).astype(np.int16)
    write_cog(tmp_path / "two.tif", recipe, planes)
    layer = open_file(tmp_path / "two.tif")
    inner = layer.info.grid.crop(Window(1, 1, 18, 14))

    array = apply_algorithm(layer, Difference()).read(inner)

    assert array.mask.all()
    assert array.data == pytest.approx(np.full((1, 14, 18), 5.0))
    with pytest.raises(RequestError, match="takes two bands, not 1; give 2 bidx"):
        apply_algorithm(Waves(), Difference())
