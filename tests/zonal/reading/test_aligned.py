"""Cells of several layers: which are read, in which order, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from affine import Affine

from raster_core.errors import BudgetError, DeadlineError, RequestError
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.engine import plan_zones
from raster_core.zonal.reading.aligned import (
    check_aligned,
    check_countable,
    read_aligned,
)
from raster_core.zonal.reading.cost import Budget
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, open_file, write_cog
from tests.fake_layer import CountingLayer
from tests.zonal.pairs import CLASSES, EVERYTHING, FINER, make, whole

if TYPE_CHECKING:
    from pathlib import Path


def test_every_covered_cell_comes_once_with_the_values_of_all_bands(tmp_path: Path):
    write_cog(tmp_path / "two.tif", Recipe(bands=2))
    first, second = open_file(tmp_path / "two.tif"), make(tmp_path / "b.tif", FINER)

    blocks = list(read_aligned([first, second], plan_zones(first, [EVERYTHING])))

    assert sum(len(block.zone) for block in blocks) == 200 * 150
    assert all((block.weight == WHOLE).all() for block in blocks)
    array = first.read(first.info.grid)
    fine, fine_valid = (plane[2::4, 2::4] for plane in whole(second))
    for number, (plane, mask) in enumerate(
        [*zip(array.data, array.mask, strict=True), (fine, fine_valid)]
    ):
        values = np.concatenate([block.bands[number] for block in blocks])
        valid = np.concatenate([block.valid[number] for block in blocks])
        assert np.sort(values[valid]).tolist() == np.sort(plane[mask]).tolist()


def test_cells_come_by_zone_and_in_the_order_of_rows(tmp_path: Path):
    first = make(tmp_path / "a.tif", CLASSES)
    zones = [
        Zone(shapely.box(10, 46, 10.5, 46.4)),
        Zone(shapely.box(10.2, 45.9, 11, 47)),
    ]

    for block in read_aligned([first], plan_zones(first, zones)):
        assert (np.diff(block.zone) >= 0).all()


def test_a_cell_has_one_value_whatever_the_zone_and_the_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Positions come from a lattice, which must not move with the zone."""
    utm = Recipe(
        dtype="int32",
        crs="EPSG:32632",
        transform=Affine(800, 0, 580_000, 0, -1100, 5_150_000),
        nodata=None,
    )
    write_cog(tmp_path / "places.tif", utm, np.arange(30_000).reshape(1, 150, 200))
    layers = [open_file(tmp_path / "places.tif"), make(tmp_path / "b.tif", FINER)]

    def value_by_place(zone: Zone) -> dict[int, int | None]:
        return {
            place: value if valid else None
            for block in read_aligned(layers, plan_zones(layers[0], [zone]))
            for place, value, valid in zip(
                block.bands[0].tolist(),
                block.bands[1].tolist(),
                block.valid[1].tolist(),
                strict=True,
            )
        }

    every = value_by_place(EVERYTHING)
    some = value_by_place(Zone(shapely.box(10.71, 45.91, 10.93, 46.07)))
    assert 0 < len(some) < len(every) / 10
    assert some.items() <= every.items()
    monkeypatch.setattr("raster_core.zonal.coverage.blockplan.CHUNK_PIXELS", 1)
    assert value_by_place(EVERYTHING) == every


def test_one_chunk_of_the_first_and_one_block_of_the_others_is_read_at_a_time(
    tmp_path: Path,
):
    first = CountingLayer(make(tmp_path / "a.tif", CLASSES))
    other = CountingLayer(make(tmp_path / "b.tif", CLASSES, seed=1))

    list(read_aligned([first, other], plan_zones(first, [EVERYTHING])))

    # Blocks of 128 columns, stacked until they are worth a partial.
    assert [grid.shape for grid in first.read_grids] == [(150, 200)]
    assert [grid.shape for grid in other.read_grids] == [(150, 128), (150, 72)]


def test_too_much_of_another_layer_is_refused_before_reading(tmp_path: Path):
    first = CountingLayer(make(tmp_path / "a.tif", CLASSES))
    finer = CountingLayer(make(tmp_path / "b.tif", FINER))
    plan = plan_zones(first, [EVERYTHING])
    layers = [first, first, finer]

    check_aligned(layers, plan, Budget(600 * 800))
    with pytest.raises(BudgetError, match=r"raster 3 .* 480000 pixels.*479999"):
        check_aligned(layers, plan, Budget(479_999))
    with pytest.raises(BudgetError, match=r"The zones touch \d+ pixels"):
        check_aligned(layers, plan, Budget(1000))

    assert first.read_grids == finer.read_grids == []


def test_the_time_of_all_layers_is_refused_before_reading(tmp_path: Path):
    layer = CountingLayer(make(tmp_path / "a.tif", CLASSES))
    plan = plan_zones(layer, [EVERYTHING])

    check_aligned([layer, layer], plan, Budget(max_seconds=1))
    with pytest.raises(DeadlineError, match=r"of 2 rasters, .* of 0.0 seconds"):
        check_aligned([layer, layer], plan, Budget(max_seconds=1e-6))

    assert layer.read_grids == []


@pytest.mark.parametrize("dtype", ["float32", "int32", "uint32", "float64"])
def test_values_that_are_too_many_are_refused_by_name(tmp_path: Path, dtype: str):
    layer = make(tmp_path / "a.tif", Recipe(dtype=dtype, bands=2, nodata=None))

    with pytest.raises(RequestError, match=f"Band 2 of raster 4 is {dtype}; a test"):
        check_countable(layer.info.bands[1], raster="raster 4", use="a test")


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16"])
def test_small_integers_are_countable(tmp_path: Path, dtype: str):
    layer = make(tmp_path / "a.tif", Recipe(dtype=dtype, nodata=None))

    check_countable(layer.info.bands[0], raster="raster 1", use="a test")
