"""Profiles: the value at a point as the law, and a line checked by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st

from raster_core.bands import RasterClass
from raster_core.errors import BudgetError, ZoneError
from raster_core.layers.file import FileSpec
from raster_core.layers.kinds import open_layer
from raster_core.stated import state_band
from raster_core.zonal import profile as profile_module
from raster_core.zonal.point import read_point
from raster_core.zonal.profile import DEFAULT_SAMPLES, read_profile
from tests.cogs import Recipe, open_file, write_cog
from tests.fake_layer import CountingLayer
from tests.zonal.pairs import CLASSES, UTM, make

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.raster import Layer

ACROSS = np.array([[9.9, 46.6], [11.0, 45.1], [12.1, 45.9]])


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory) -> list[Layer]:
    folder = tmp_path_factory.mktemp("rasters")
    recipes = {
        "degrees": Recipe(bands=2, scale=0.5, offset=3.0),
        "metres": UTM,
        "floats": Recipe(dtype="float32", nodata=None),
        "west": Recipe(transform=Affine(0.01, 0, -350, 0, -0.01, 46.5)),
        "turned": Recipe(transform=Affine(0.008, 0.004, 10, 0.003, -0.008, 46)),
    }
    for name, recipe in recipes.items():
        write_cog(folder / f"{name}.tif", recipe)
    return [open_file(folder / f"{name}.tif") for name in recipes]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_sample_has_the_value_at_its_point(layers: list[Layer], data: st.DataObject):
    layer = data.draw(st.sampled_from(layers))
    point = st.tuples(st.floats(9.8, 12.2), st.floats(44.8, 46.7))
    points = data.draw(st.lists(point, min_size=2, max_size=4, unique=True))

    found = read_profile(layer, np.array(points), samples=data.draw(st.integers(2, 30)))

    for number, (longitude, latitude) in enumerate(found.positions.tolist()):
        expected = read_point(layer, longitude, latitude)
        for band, value in zip(found.bands, expected, strict=True):
            assert band.band == value.band
            assert band.values[number] == value.value
            assert band.reasons[number] == value.reason


def test_a_line_along_a_row_meets_its_pixels_one_by_one(tmp_path: Path):
    values = np.arange(30_000).reshape(1, 150, 200).astype(np.int16)
    write_cog(tmp_path / "a.tif", Recipe(nodata=None), values)
    row = np.array([[10.105, 46.395], [10.205, 46.395]])  # centres of columns 10 to 20

    found = read_profile(open_file(tmp_path / "a.tif"), row)

    (band,) = found.bands
    assert band.values == tuple(range(2010, 2021))
    assert band.reasons == (None,) * 11
    assert band.labels is None
    # 0.01 degrees of longitude at 46.395 N.
    assert np.diff(found.distance) == pytest.approx([769.1] * 10, abs=0.1)


@pytest.mark.parametrize("west", [170, -190])
@pytest.mark.parametrize(
    ("crs", "unit"), [("EPSG:3857", 20037508.342789244 / 180), ("EPSG:4326", 1.0)]
)
def test_a_line_over_the_antimeridian_meets_the_pixels_on_both_sides(
    tmp_path: Path, crs: str, unit: float, west: int
):
    values = np.tile(np.arange(360, dtype=np.int16), (1, 20, 1))
    transform = Affine(unit, 0, -180 * unit, 0, -unit, 10 * unit)
    recipe = Recipe(360, 20, crs=crs, transform=transform, nodata=None)
    write_cog(tmp_path / "a.tif", recipe, values)
    line = np.array([[west + 0.5, 0.5], [west + 19.5, 0.5]])

    found = read_profile(open_file(tmp_path / "a.tif"), line)

    (band,) = found.bands
    assert band.values == (*range(350, 360), *range(10))


def test_a_line_over_the_end_of_a_world_map_does_not_meet_all_that_lies_between(
    tmp_path: Path,
):
    grid = Affine(1e5, 0, -1.81e7, 0, -1e5, 9.1e6)
    recipe = Recipe(362, 182, crs="ESRI:54009", transform=grid, nodata=None)
    write_cog(tmp_path / "a.tif", recipe)

    found = read_profile(
        open_file(tmp_path / "a.tif"), np.array([[170, 20], [190, 25]])
    )

    # 20 degrees of longitude at 22 N are 2,050 km.
    assert len(found.distance) == pytest.approx(25, abs=3)


@pytest.mark.parametrize("layer", range(5))
def test_as_many_samples_as_the_line_meets_pixels(layers: list[Layer], layer: int):
    """A diagonal meets a pixel more wherever it crosses a side."""
    grid = layers[layer].info.grid
    found = read_profile(layers[layer], ACROSS)

    assert len(found.distance) == len(found.positions) <= DEFAULT_SAMPLES
    diagonal = np.hypot(grid.width, grid.height)
    assert diagonal / 2 < len(found.distance) < 3 * diagonal


def test_no_more_than_the_default_unless_asked_for(tmp_path: Path):
    fine = Recipe(2000, 1500, transform=Affine(0.001, 0, 10, 0, -0.001, 46.5))
    write_cog(tmp_path / "a.tif", fine)
    layer = open_file(tmp_path / "a.tif")

    assert len(read_profile(layer, ACROSS).distance) == DEFAULT_SAMPLES
    assert len(read_profile(layer, ACROSS, samples=5000).distance) == 5000


def test_a_line_within_a_pixel_has_two_samples(layers: list[Layer]):
    found = read_profile(layers[0], np.array([[10.501, 45.801], [10.502, 45.802]]))

    assert len(found.distance) == 2
    assert len(set(found.bands[0].values)) == 1


def test_classes_come_with_their_names(tmp_path: Path):
    layer = make(tmp_path / "a.tif", CLASSES, classes=2)
    named = replace(layer.info.bands[0], classes=(RasterClass(1, "Water", None),))
    layer = open_layer(FileSpec(str(tmp_path / "a.tif"), "test", (state_band(named),)))

    (band,) = read_profile(layer, ACROSS).bands

    pairs = set(zip(band.values, band.labels or (), strict=True))
    assert pairs == {(0, None), (1, "Water"), (None, None)}
    assert set(band.reasons) == {None, "outside_raster", "no_valid_pixels"}


def test_each_touched_block_is_read_once(tmp_path: Path):
    recipe = Recipe(
        2048,
        2048,
        "uint8",
        transform=Affine(0.001, 0, 10, 0, -0.001, 47),
        nodata=None,
        blocksize=256,
    )
    layer = CountingLayer(make(tmp_path / "a.tif", recipe))
    there_and_back = np.array([[10.1, 46.99], [10.9, 46.99], [10.1, 46.98]])

    read_profile(layer, there_and_back, samples=500)

    (read,) = layer.read_grids
    assert read.shape == (256, 4 * 256)


def test_a_line_off_the_raster_reads_nothing(tmp_path: Path):
    layer = CountingLayer(make(tmp_path / "a.tif", CLASSES))

    (band,) = read_profile(layer, np.array([[20.0, 10.0], [21.0, 10.0]]), 5).bands

    assert layer.read_grids == []
    assert band.values == (None,) * 5
    assert band.reasons == ("outside_raster",) * 5


def test_samples_in_too_many_blocks_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    layer = CountingLayer(make(tmp_path / "a.tif", CLASSES))
    monkeypatch.setattr(profile_module, "MAX_TOUCHED", 1000)

    with pytest.raises(BudgetError, match=r"blocks of \d+ pixels, which exceeds 1000"):
        read_profile(layer, ACROSS)

    assert layer.read_grids == []


def test_a_line_without_length_is_refused(layers: list[Layer]):
    with pytest.raises(ZoneError, match="no length"):
        read_profile(layers[0], np.array([[10.0, 45.5]] * 2))
