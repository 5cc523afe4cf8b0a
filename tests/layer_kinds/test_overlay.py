from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from raster_core.bands import BandInfo
from raster_core.grid import Grid, Window
from raster_core.layers.overlay import OverlayLayer, ScoredLayer, overlay_layers
from raster_core.layers.scores import ClassScores, RangeScore, score_values
from raster_core.raster import Resampling
from tests.cogs import Recipe, coordinate_values, open_file, write_cog
from tests.fake_layer import CountingLayer, FakeLayer

if TYPE_CHECKING:
    from pathlib import Path


GRID = Grid("EPSG:4326", Affine(0.1, 0, 10, 0, -0.1, 46), 3, 2)

HEIGHTS = RangeScore(0.0, 100.0)


def fake(values: list[list[float]], dtype: str = "float32") -> FakeLayer:
    """NaN is what has no data."""
    array = np.array(values)
    valid = np.isfinite(array)
    values = np.where(valid, array, 0).astype(dtype)
    return FakeLayer(values, GRID, mask=valid, block=(2, 2))


def overlay(
    missing: Literal["skip", "mask"], *parts: tuple[FakeLayer, RangeScore, float]
) -> OverlayLayer:
    return overlay_layers([ScoredLayer(*part) for part in parts], missing)


NAN = float("nan")
FIRST = [[0.0, 50.0, 100.0], [NAN, 20.0, 10.0]]
SECOND = [[100.0, 100.0, NAN], [40.0, 200.0, -5.0]]


def test_scores_are_weighted_and_divided_by_the_weights():
    layer = overlay("mask", (fake(FIRST), HEIGHTS, 1.0), (fake(SECOND), HEIGHTS, 3.0))

    array = layer.read(GRID)

    np.testing.assert_array_equal(
        array.mask[0], [[True, True, False], [False, True, True]]
    )
    np.testing.assert_allclose(
        array.data[0], [[0.75, 0.875, 0], [0, 0.8, 0.025]], rtol=1e-6
    )
    assert array.data.dtype == np.float32


def test_what_is_missing_may_be_gone_without():
    layer = overlay("skip", (fake(FIRST), HEIGHTS, 1.0), (fake(SECOND), HEIGHTS, 3.0))

    array = layer.read(GRID)

    assert array.mask.all()
    np.testing.assert_allclose(
        array.data[0], [[0.75, 0.875, 1.0], [0.4, 0.8, 0.025]], rtol=1e-6
    )


def test_where_no_layer_has_a_score_there_is_none():
    hollow = fake([[NAN, 1, 1], [1, 1, 1]])
    layer = overlay("skip", (hollow, HEIGHTS, 1.0), (hollow, HEIGHTS, 1.0))

    array = layer.read(GRID)

    assert np.flatnonzero(~array.mask).tolist() == [0]
    assert array.data[0, 0, 0] == 0


def test_it_looks_like_any_layer_and_lies_where_its_first_does():
    other = FakeLayer(np.zeros((5, 5)), replace(GRID, width=5, height=5))
    layer = overlay("mask", (fake(FIRST), HEIGHTS, 1.0), (other, HEIGHTS, 1.0))

    assert layer.info.grid == GRID
    assert layer.info.block_shape == (2, 2)
    (band,) = layer.info.bands
    assert (band.name, band.dtype, band.minimum, band.maximum) == (
        "score",
        "float32",
        0.0,
        1.0,
    )


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "int32", "float64"])
@pytest.mark.parametrize(
    "score",
    [
        RangeScore(10.0, 110.0),
        RangeScore(10.0, 110.0, invert=True),
        ClassScores((3.0, 100.0, -7.0), (0.25, 1.0, 0.5), None),
        ClassScores((3.0,), (0.25,), 0.75),
    ],
)
def test_scores_are_those_of_a_naive_evaluation(
    dtype: str, score: RangeScore | ClassScores
):
    values = np.array([0, 3, 10, 60, 100, 110, 120], dtype)
    if values.dtype.kind != "u":
        values = np.append(values, values.dtype.type(-7))

    found = score_values(values, BandInfo(1, "x", dtype), score)

    np.testing.assert_allclose(found, [naive_score(float(v), score) for v in values])


def naive_score(value: float, score: RangeScore | ClassScores) -> float:
    if isinstance(score, ClassScores):
        table = dict(zip(score.values, score.scores, strict=True))
        default = NAN if score.default is None else score.default
        return table.get(value, default)
    share = min(1.0, max(0.0, (value - score.low) / (score.high - score.low)))
    return 1 - share if score.invert else share


def test_a_score_is_of_physical_values():
    band = BandInfo(1, "x", "int16", scale=0.1, offset=5.0)

    found = score_values(np.array([-50, 0, 50], np.int16), band, RangeScore(0.0, 10.0))

    np.testing.assert_allclose(found, [0.0, 0.5, 1.0])


@given(
    st.lists(
        st.tuples(st.floats(1e-3, 1e6), st.floats(-10, 110)), min_size=1, max_size=8
    )
)
def test_a_score_is_from_0_to_1_and_that_of_all_layers_if_they_agree(
    parts: list[tuple[float, float]],
):
    layers = [(fake([[v, 30, 30]] * 2), HEIGHTS, w) for w, v in parts]

    array = overlay("mask", *layers).read(GRID)

    assert ((array.data >= 0) & (array.data <= 1)).all()
    np.testing.assert_allclose(array.data[0, :, 1:], 0.3, rtol=1e-5)


def test_classes_are_never_blended():
    classes = ClassScores((1.0,), (1.0,), 0.0)
    first, second = CountingLayer(fake(FIRST)), CountingLayer(fake(SECOND))
    layer = overlay_layers(
        [ScoredLayer(first, classes, 1.0), ScoredLayer(second, HEIGHTS, 1.0)], "skip"
    )

    for asked, of_classes in (
        (Resampling.BILINEAR, Resampling.NEAREST),
        (Resampling.AVERAGE, Resampling.NEAREST),
        (Resampling.MODE, Resampling.MODE),
    ):
        layer.read(GRID, asked)
        assert (first.kernels[-1], second.kernels[-1]) == (of_classes, asked)


def test_files_of_other_grids_are_sampled_at_the_firsts_pixels(tmp_path: Path):
    write_cog(tmp_path / "fine.tif", Recipe())
    coarse = Recipe(40, 30, transform=Affine(0.05, 0, 10, 0, -0.05, 46.5))
    write_cog(tmp_path / "coarse.tif", coarse)
    parts = [
        ScoredLayer(open_file(tmp_path / "fine.tif"), RangeScore(0, 20000), 1.0),
        ScoredLayer(open_file(tmp_path / "coarse.tif"), RangeScore(0, 3000), 1.0),
    ]
    layer = overlay_layers(parts, "mask")
    grid, window = layer.info.grid, Window(13, 21, 77, 55)

    whole, part = layer.read(grid), layer.read(grid.crop(window))

    (fine,), (other,) = coordinate_values(Recipe()), coordinate_values(coarse)
    other = other.repeat(5, axis=0).repeat(5, axis=1)
    valid = (fine != -9999) & (other != -9999)
    expected = (np.clip(fine / 20000, 0, 1) + np.clip(other / 3000, 0, 1)) / 2
    np.testing.assert_array_equal(whole.mask[0], valid)
    np.testing.assert_allclose(whole.data[0][valid], expected[valid], rtol=1e-6)
    np.testing.assert_array_equal(part.data, whole.data[:, 21:76, 13:90])
    np.testing.assert_array_equal(part.mask, whole.mask[:, 21:76, 13:90])
