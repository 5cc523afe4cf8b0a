"""What users of exactextract choose beside the statistics, with it as the oracle."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import exactextract
import numpy as np
import pytest
import shapely

from raster_core.errors import BudgetError
from raster_core.layers.file import describe_file
from raster_core.layers.kinds import open_layer
from raster_core.zonal.coverage.cover import Mode
from raster_core.zonal.engine import Options, distribute_statistics, zonal_statistics
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.zones.zone import Zone
from testing.geojson import feature, from_shape
from tests.cogs import Recipe, open_file, write_cog

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RECIPE = Recipe(width=300, height=200, dtype="float32", blocksize=128, nodata=None)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("options") / "raster.tif"
    rng = np.random.default_rng(3)
    values = rng.integers(-400, 4000, (1, 200, 300)) / np.float32(8)
    write_cog(path, RECIPE, values.astype("float32"))
    return path


@pytest.fixture(scope="module")
def shapes(path: Path) -> list[shapely.Polygon]:
    """Discs of a tenth of a cell to 60 cells, inside the raster."""
    grid = open_file(path).info.grid
    rng = np.random.default_rng(4)
    found = []
    for radius in (0.1, 0.6, 2.3, 7.7, 21.0, 60.0):
        col, row = rng.uniform(radius, (300 - radius, 200 - radius))
        ring = shapely.get_coordinates(shapely.Point(col, row).buffer(radius))
        x, y = grid.transform @ ring.T
        found.append(shapely.Polygon(np.stack([x, y], axis=1)))
    return found


def ask(
    path: Path, shapes: Sequence[shapely.Polygon], operations: Sequence[str]
) -> list[dict[str, float]]:
    """What exactextract computes of each shape, by the name of its column."""
    features = [feature(from_shape(shape)) for shape in shapes]
    answers = exactextract.exact_extract(str(path), features, list(operations))
    return [answer["properties"] for answer in answers]


@pytest.mark.parametrize("least", [0.0, 0.25, 0.5, 0.9, 1.0])
def test_a_minimum_coverage_leaves_out_the_cells_that_exactextract_leaves_out(
    path: Path, shapes: list[shapely.Polygon], least: float
):
    names = [f"{name}(min_coverage_frac={least})" for name in ("count", "mean", "max")]
    peers = ask(path, shapes, names)

    found = zonal_statistics(
        open_file(path), [Zone(shape) for shape in shapes], Options(min_coverage=least)
    )

    for (own,), peer in zip(found, peers, strict=True):
        assert own.count == pytest.approx(peer["count"], rel=1e-6, abs=1e-6)
        if own.count:
            assert own.mean == pytest.approx(peer["mean"], rel=1e-6)
            assert own.max == peer["max"]


def test_a_cell_of_exactly_the_minimum_counts(path: Path):
    """Corners of a quarter, sides of a half, and the middle, as in docs/statistics."""
    grid = open_file(path).info.grid
    left, top = grid.transform @ (10.5, 20.5)
    right, bottom = grid.transform @ (12.5, 22.5)
    zone = Zone(shapely.box(left, bottom, right, top))

    counts = {
        (mode, least): zonal_statistics(
            open_file(path), [zone], Options(mode, min_coverage=least)
        )[0][0].count
        for mode in (Mode.FRACTION, Mode.ALL_TOUCHED)
        for least in (0.25, 0.5, 0.51, 1.0)
    }

    assert list(counts.values()) == [4.0, 3.0, 1.0, 1.0, 9.0, 5.0, 1.0, 1.0]


@pytest.mark.parametrize("dtype", ["float32", "int16"])
def test_interpolated_quantiles_are_those_of_exactextract(
    tmp_path: Path, shapes: list[shapely.Polygon], dtype: str
):
    """exactextract gets floats: it cuts the quantiles of integers off."""
    rng = np.random.default_rng(5)
    values = rng.integers(-30, 400, (1, 200, 300))
    write_cog(tmp_path / "floats.tif", RECIPE, values.astype("float32"))
    recipe = replace(RECIPE, dtype=dtype)
    write_cog(tmp_path / "own.tif", recipe, values.astype(dtype))
    percents = (0.0, 10.0, 25.0, 90.0, 100.0)
    names = ["median", *(f"quantile(q={percent / 100})" for percent in percents)]
    peers = ask(tmp_path / "floats.tif", shapes, names)
    wanted = StatisticOptions(
        frozenset({"median"}), percentiles=percents, interpolate=True
    )

    found = zonal_statistics(
        open_file(tmp_path / "own.tif"),
        [Zone(shape) for shape in shapes],
        Options(statistics=wanted),
    )

    for (own,), peer in zip(found, peers, strict=True):
        truth = [peer["median"], *(peer[f"quantile_{p:.0f}"] for p in percents)]
        assert own.percentiles is not None
        # Coverage is a 32-bit float there.
        near = pytest.approx(truth, rel=1e-5, abs=1e-3)
        assert [own.median, *own.percentiles] == near


def test_interpolation_by_hand(tmp_path: Path):
    """0, 0, 0, 10: two values with scores 0 and 4; the median's is 2."""
    path = tmp_path / "raster.tif"
    values = np.tile(np.array([0, 0, 0, 10], np.uint8), 15_000).reshape(1, 200, 300)
    write_cog(path, replace(RECIPE, dtype="uint8"), values)
    grid = open_file(path).info.grid
    left, top = grid.transform @ (0, 0)
    right, bottom = grid.transform @ (4, 1)
    zone = Zone(shapely.box(left, bottom, right, top))

    medians = [
        zonal_statistics(
            open_file(path),
            [zone],
            Options(statistics=StatisticOptions(interpolate=interpolate)),
        )[0][0].median
        for interpolate in (False, True)
    ]

    assert medians == [0.0, 5.0]


def test_zones_that_cannot_keep_their_values_have_no_interpolated_quantiles(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("raster_core.zonal.reading.quantile_plan.MAX_KEPT", 1000)
    zone = Zone(shapely.box(*open_file(path).info.grid.bounds))
    wanted = StatisticOptions(percentiles=(50.0,), interpolate=True)

    with pytest.raises(BudgetError, match="of float32 keep all values of a zone"):
        zonal_statistics(open_file(path), [zone], Options(statistics=wanted))


class InTurn:
    """An executor of one thread, this one."""

    map = staticmethod(map)


def test_workers_leave_out_the_same_cells(path: Path, shapes: list[shapely.Polygon]):
    zones, options = [Zone(shape) for shape in shapes], Options(min_coverage=0.6)
    spec = describe_file(str(path), version="test")

    split = distribute_statistics(spec, zones, InTurn(), options, pieces=4)  # type: ignore[arg-type]

    assert split == zonal_statistics(open_layer(spec), zones, options)


def test_the_coefficient_of_variation_is_that_of_exactextract(
    path: Path, shapes: list[shapely.Polygon]
):
    peers = ask(path, shapes, ["coefficient_of_variation"])
    wanted = frozenset({"coefficient_of_variation"})

    found = zonal_statistics(
        open_file(path),
        [Zone(shape) for shape in shapes],
        Options(statistics=StatisticOptions(wanted=wanted)),
    )

    for (own,), peer in zip(found, peers, strict=True):
        truth = peer["coefficient_of_variation"]
        assert own.coefficient_of_variation == pytest.approx(truth, rel=1e-5, abs=1e-6)


def test_a_mean_of_0_has_no_coefficient_of_variation(tmp_path: Path):
    path = tmp_path / "raster.tif"
    values = np.tile(np.array([-1, 1], np.float32), 30_000).reshape(1, 200, 300)
    write_cog(path, RECIPE, values)
    grid = open_file(path).info.grid

    ((own,),) = zonal_statistics(
        open_file(path), [Zone(shapely.box(*grid.bounds))], Options()
    )

    assert (own.mean, own.std) == (0.0, 1.0)
    assert own.coefficient_of_variation is None
