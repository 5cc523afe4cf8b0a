"""Sampling takes native pixels by the cell's centre; pyproj is the oracle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from raster_core.errors import BudgetError
from raster_core.grid import Grid, Window
from raster_core.layers import sampling
from raster_core.layers.sampling import estimate_pixels, sample_nearest
from tests.cogs import Recipe, coordinate_values, open_file, write_cog
from tests.fake_layer import CountingLayer
from tests.zonal.pairs import CLASSES, FINER, UTM, whole

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from raster_core.raster import Layer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rasters")


def layer_of(folder: Path, recipe: Recipe) -> Layer:
    path = folder / f"{hash(recipe)}.tif"
    if not path.exists():
        write_cog(path, recipe)
    return open_file(path)


def grid_of(recipe: Recipe) -> Grid:
    assert recipe.crs
    return Grid(recipe.crs, recipe.transform, recipe.width, recipe.height)


def positions(src: Grid, dst: Grid) -> tuple[NDArray[np.float64], ...]:
    """Column and row on ``src`` of every pixel centre of ``dst``, by pyproj."""
    row, col = np.mgrid[: dst.height, : dst.width] + 0.5
    x, y = dst.transform @ (col, row)
    move = Transformer.from_crs(dst.crs, src.crs, always_xy=True)
    return ~src.transform @ move.transform(x, y)


@pytest.mark.parametrize(
    ("first", "second"),
    [(CLASSES, UTM), (UTM, CLASSES), (UTM, FINER), (FINER, UTM)],
    ids=["degrees < metres", "metres < degrees", "metres < fine", "fine < metres"],
)
def test_values_are_those_of_the_pixel_that_holds_the_centre(
    folder: Path, first: Recipe, second: Recipe
):
    layer, grid = layer_of(folder, second), grid_of(first)
    found = sample_nearest(layer, grid, grid.window)

    values, valid = whole(layer)
    cols, rows = positions(layer.info.grid, grid)
    inside = (cols >= 0) & (cols < second.width) & (rows >= 0) & (rows < second.height)
    at = np.where(inside, rows, 0).astype(int), np.where(inside, cols, 0).astype(int)
    expected = inside & valid[at]
    clear = clear_of_borders(cols, rows)
    assert clear.mean() > 0.6
    assert expected.mean() > 0.4
    assert (found.mask[0] == expected)[clear].all()
    assert (found.data[0] == values[at])[clear & expected].all()


def clear_of_borders(
    cols: NDArray[np.float64], rows: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Further from the pixel's sides than a position may be off."""
    factor = np.hypot(cols[0, 1] - cols[0, 0], rows[0, 1] - rows[0, 0])
    limit = 0.02 * max(1.0, float(factor))
    distance = np.minimum(abs(cols - np.rint(cols)), abs(rows - np.rint(rows)))
    return distance > limit


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_part_of_a_grid_has_the_values_of_the_whole(
    folder: Path, data: st.DataObject
):
    recipes = st.sampled_from([CLASSES, FINER, UTM])
    layer = layer_of(folder, data.draw(recipes))
    grid = grid_of(data.draw(recipes))
    col = data.draw(st.integers(0, grid.width - 1))
    row = data.draw(st.integers(0, grid.height - 1))
    width = data.draw(st.integers(1, grid.width - col))
    height = data.draw(st.integers(1, grid.height - row))

    part = sample_nearest(layer, grid, Window(col, row, width, height))

    every = sample_nearest(layer, grid, grid.window)
    place = np.s_[:, row : row + height, col : col + width]
    assert part.data.shape == (1, height, width)
    assert (part.mask == every.mask[place]).all()
    assert (part.data == every.data[place])[part.mask].all()
    assert part.grid == grid.crop(Window(col, row, width, height))


def test_pixels_of_the_same_grid_are_pasted(folder: Path):
    layer = CountingLayer(layer_of(folder, CLASSES))
    grid = layer.info.grid.crop(Window(-5, 140, 60, 20))  # reaches beyond two sides

    found = sample_nearest(layer, grid, Window(3, 2, 50, 15))

    window = Window(-2, 142, 50, 15)
    assert layer.read_grids == [layer.info.grid.crop(window)]
    expected = coordinate_values(CLASSES)[0, 142:, :48]
    assert found.mask[0, :8, 2:].any()
    assert not found.mask[0, 8:].any()
    assert not found.mask[0, :, :2].any()
    shown = found.mask[0, :8, 2:]
    assert (found.data[0, :8, 2:] == expected)[shown].all()


def test_a_centre_on_a_corner_of_pixels_takes_the_one_to_the_right_and_below(
    folder: Path,
):
    layer, grid = layer_of(folder, FINER), grid_of(CLASSES)
    values, valid = whole(layer)

    found = sample_nearest(layer, grid, grid.window)

    assert (found.mask[0] == valid[2::4, 2::4]).all()
    assert (found.data[0] == values[2::4, 2::4])[found.mask[0]].all()


def test_overviews_are_never_asked(folder: Path):
    layer = CountingLayer(layer_of(folder, FINER))
    grid = grid_of(Recipe(20, 15, transform=Affine(0.1, 0, 10, 0, -0.1, 46.5)))

    sample_nearest(layer, grid, grid.window)

    (read,) = layer.read_grids
    assert layer.info.grid.window_of(read) is not None


def test_only_what_is_needed_is_read(folder: Path):
    layer = CountingLayer(layer_of(folder, FINER))

    sample_nearest(layer, grid_of(CLASSES), Window(100, 50, 3, 2))

    (read,) = layer.read_grids
    assert layer.info.grid.window_of(read) == Window(402, 202, 9, 5)


def test_a_grid_off_the_layer_reads_nothing(folder: Path):
    layer = CountingLayer(layer_of(folder, UTM))
    grid = grid_of(Recipe(transform=Affine(0.01, 0, 100, 0, -0.01, 46.5)))

    found = sample_nearest(layer, grid, grid.window)

    assert layer.read_grids == []
    assert found.data.shape == (1, 150, 200)
    assert not found.mask.any()


@pytest.mark.parametrize("shift", [-360, 360])
def test_longitudes_come_round(folder: Path, shift: int):
    """A raster of longitudes 0 to 360 under one of -180 to 180."""
    layer = layer_of(folder, FINER)
    turned = Affine(0.01, 0, 10 + shift, 0, -0.01, 46.5)
    grid = grid_of(Recipe(transform=turned))

    found = sample_nearest(layer, grid, grid.window)

    straight = sample_nearest(layer, grid_of(CLASSES), grid.window)
    assert found.mask.any()
    assert (found.mask == straight.mask).all()
    assert (found.data == straight.data)[found.mask].all()


@pytest.mark.parametrize("limit", [100_000, 20_000, 3_200])
def test_large_reads_are_halved(
    folder: Path, monkeypatch: pytest.MonkeyPatch, limit: int
):
    layer, grid = CountingLayer(layer_of(folder, FINER)), grid_of(CLASSES)
    at_once = sample_nearest(layer, grid, grid.window)
    layer.read_grids.clear()

    monkeypatch.setattr(sampling, "MAX_PIXELS", limit)
    found = sample_nearest(layer, grid, grid.window)

    assert max(read.window.pixels for read in layer.read_grids) <= limit
    assert (found.mask == at_once.mask).all()
    assert (found.data == at_once.data)[found.mask].all()


def test_a_row_that_needs_too_much_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    layer, grid = CountingLayer(layer_of(folder, FINER)), grid_of(CLASSES)
    monkeypatch.setattr(sampling, "MAX_PIXELS", 100)

    with pytest.raises(BudgetError, match=r"A row of 200 cells .* 100 pixels"):
        sample_nearest(layer, grid, grid.window)

    assert layer.read_grids == []


def test_pixels_are_estimated_within_the_layer():
    native, grid = grid_of(FINER), grid_of(CLASSES)
    parts = [
        Window(0, 0, 10, 5),  # 16 pixels a cell
        Window(195, 145, 10, 10),  # a quarter of it on the layer
        Window(300, 0, 10, 10),
        Window(-10, -10, 10, 10),
    ]

    assert estimate_pixels(native, grid, parts) == (50 + 25) * 16
    assert estimate_pixels(native, grid, []) == 0


@pytest.mark.parametrize("shift", [-360, 0, 360])
def test_estimates_come_round_as_well(shift: int):
    turned = Recipe(transform=Affine(0.01, 0, 10 + shift, 0, -0.01, 46.5))

    found = estimate_pixels(grid_of(FINER), grid_of(turned), [Window(1, 1, 10, 10)])

    assert found == pytest.approx(1600, rel=0.06)  # or a column more on either side


def test_where_there_is_no_position_nothing_is_estimated():
    far = Grid("EPSG:32632", Affine(1e6, 0, 1e8, 0, -1e6, 1e9), 10, 10)

    assert estimate_pixels(grid_of(CLASSES), far, [Window(0, 0, 10, 10)]) == 0
