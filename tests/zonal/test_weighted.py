"""Weighted mean and sum: laws, numpy as oracle, and nine cells by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from affine import Affine

from raster_core.errors import RequestError
from raster_core.zonal.coverage.cover import Mode
from raster_core.zonal.engine import Options, zonal_statistics
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.weighted import weighted_statistics
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, open_file, write_cog
from tests.zonal.pairs import CLASSES, EVERYTHING, FINER, UTM, make, some_zones, whole

if TYPE_CHECKING:
    from pathlib import Path

FLOATS = Recipe(dtype="float32")


def test_nine_cells_under_a_square_give_the_figures_computed_by_hand(tmp_path: Path):
    recipe = Recipe(3, 3, "uint8", transform=Affine(1, 0, 10, 0, -1, 48), nodata=99)
    values = np.arange(1, 10, dtype=np.uint8).reshape(1, 3, 3)
    weights = np.array([[[0, 2, 0], [0, 3, 0], [0, 99, 8]]], np.uint8)
    write_cog(tmp_path / "values.tif", recipe, values)
    write_cog(tmp_path / "weights.tif", recipe, weights)
    layers = [open_file(tmp_path / f"{name}.tif") for name in ("values", "weights")]

    ((found,),) = weighted_statistics(
        *layers, [Zone(shapely.box(10.5, 45.5, 12.5, 47.5))]
    )

    # Shares are 1/4 1/2 1/4, 1/2 1 1/2, 1/4 1/2 1/4.
    assert (found.count, found.masked_pixels) == (3.5, 0.5)
    assert found.weight_sum == 2 / 2 + 3 + 8 / 4
    assert found.weighted_sum == 2 * 2 / 2 + 3 * 5 + 8 * 9 / 4
    assert found.weighted_mean == 35 / 6
    assert found.reason is None


@pytest.mark.parametrize(
    "second", [FLOATS, replace(FINER, dtype="float64")], ids=["same grid", "finer"]
)
def test_whole_pixels_have_the_figures_of_numpy(tmp_path: Path, second: Recipe):
    write_cog(tmp_path / "a.tif", Recipe())
    layer, other = open_file(tmp_path / "a.tif"), make(tmp_path / "b.tif", second)

    ((found,),) = weighted_statistics(layer, other, [EVERYTHING])

    values, valid = whole(layer)
    half, step = second.width // 400, second.width // 200
    weights, weighted = (plane[half::step, half::step] for plane in whole(other))
    both = valid & weighted
    assert found.count == both.sum()
    assert found.masked_pixels == (~both).sum()
    assert found.weight_sum == weights[both].sum(dtype=float)
    mean = np.average(values[both], weights=weights[both].astype(float))
    assert found.weighted_mean == pytest.approx(mean, rel=1e-12)


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("dtype", ["int16", "float32"])
def test_one_weight_everywhere_gives_the_mean_of_the_zone(
    tmp_path: Path, dtype: str, mode: Mode
):
    write_cog(tmp_path / "a.tif", Recipe(dtype=dtype, bands=2, scale=0.5, offset=-3.0))
    full = Recipe(dtype="uint8", nodata=None, width=210, height=160)
    write_cog(tmp_path / "b.tif", full, np.full((1, 160, 210), 7, np.uint8))
    layers = [open_file(tmp_path / f"{name}.tif") for name in "ab"]

    found = weighted_statistics(*layers, some_zones(), Options(mode))

    expected = zonal_statistics(layers[0], some_zones(), Options(mode))
    for zone, figures in zip(found, expected, strict=True):
        for own, other in zip(zone, figures, strict=True):
            assert (own.count, own.masked_pixels) == (other.count, other.masked_pixels)
            assert own.weighted_mean == pytest.approx(other.mean, rel=1e-12)
            assert own.weight_sum == pytest.approx(7 * other.count, rel=1e-12)
            assert own.weighted_sum == pytest.approx(7 * (other.sum or 0), rel=1e-12)


def test_scale_and_offset_of_both_rasters_are_applied_unless_unwanted(tmp_path: Path):
    write_cog(tmp_path / "a.tif", Recipe(nodata=None, scale=2.0, offset=100.0))
    write_cog(tmp_path / "b.tif", Recipe(nodata=None, scale=0.1, offset=1.0))
    layers = [open_file(tmp_path / f"{name}.tif") for name in "ab"]
    values = whole(layers[0])[0].astype(float)

    ((physical,),) = weighted_statistics(*layers, [EVERYTHING])
    stored_only = Options(statistics=StatisticOptions(unscale=False))
    ((stored,),) = weighted_statistics(*layers, [EVERYTHING], stored_only)

    expected = np.average(2 * values + 100, weights=0.1 * values + 1)
    assert physical.weighted_mean == pytest.approx(expected)
    assert stored.weighted_mean == pytest.approx(np.average(values, weights=values))


@pytest.mark.parametrize("second", [CLASSES, FINER, UTM], ids=["same", "finer", "UTM"])
def test_any_chunking_gives_identical_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, second: Recipe
):
    write_cog(tmp_path / "a.tif", FLOATS)
    layers = [open_file(tmp_path / "a.tif"), make(tmp_path / "b.tif", second)]
    expected = weighted_statistics(*layers, some_zones())

    monkeypatch.setattr("raster_core.zonal.coverage.blockplan.CHUNK_PIXELS", 1)

    assert weighted_statistics(*layers, some_zones()) == expected
    alone = [weighted_statistics(*layers, [zone])[0] for zone in some_zones()]
    assert alone == expected


def test_weights_of_nothing_have_no_mean_but_a_reason(tmp_path: Path):
    layer = make(tmp_path / "a.tif", CLASSES)
    nothing = make(tmp_path / "b.tif", CLASSES, classes=1)

    ((found,),) = weighted_statistics(layer, nothing, [EVERYTHING])

    assert found.count > 0
    assert (found.weight_sum, found.weighted_sum) == (0, 0)
    assert (found.weighted_mean, found.reason) == (None, "no_weight")


def test_zones_without_cells_say_why(tmp_path: Path):
    layer = make(tmp_path / "a.tif", CLASSES)
    west = replace(CLASSES, transform=Affine(0.01, 0, 5, 0, -0.01, 46.5))
    off, on = Zone(shapely.box(100, 10, 101, 11)), Zone(shapely.box(10, 45, 11, 46))

    (outside,), (masked,) = weighted_statistics(
        layer, make(tmp_path / "b.tif", west), [off, on]
    )

    assert (outside.count, outside.masked_pixels) == (0, 0)
    assert (outside.reason, outside.weight_sum) == ("outside_raster", None)
    assert masked.reason == "no_valid_pixels"
    assert masked.masked_pixels == pytest.approx(10_000)
    assert weighted_statistics(layer, layer, []) == []


def test_a_weight_below_zero_is_refused_where_a_zone_meets_it(tmp_path: Path):
    weights = np.full((1, 150, 200), 5, np.float32)
    weights[0, 30, 40] = -999  # at 10.40 E, 46.2 N; nodata in all but name
    write_cog(tmp_path / "b.tif", replace(FLOATS, nodata=None), weights)
    layer, other = make(tmp_path / "a.tif", CLASSES), open_file(tmp_path / "b.tif")

    weighted_statistics(layer, other, [Zone(shapely.box(10.5, 45.1, 11, 46.4))])
    with pytest.raises(RequestError, match="A weight is -999, which is below 0"):
        weighted_statistics(layer, other, [Zone(shapely.box(10, 45.1, 11, 46.4))])
