"""Bands that a file stores together are decoded together, and cost so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from raster_core.errors import BudgetError
from raster_core.expressions.parser import parse_expressions
from raster_core.layers.computed import compute_layer
from raster_core.layers.overlay import ScoredLayer, overlay_layers
from raster_core.layers.scores import RangeScore
from raster_core.layers.stack import stack_layers
from raster_core.zonal import profile
from raster_core.zonal.coverage.blockplan import CHUNK_PIXELS, CHUNK_VALUES
from raster_core.zonal.crosstab import cross_tabulate
from raster_core.zonal.engine import Options, plan_zones, zonal_statistics
from raster_core.zonal.profile import read_profile
from raster_core.zonal.reading.ahead import _read_ahead
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, open_file, write_cog
from tests.fake_layer import CountingLayer

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.raster import Layer

BANDS, PIXELS = 20, 512 * 512
WHOLE = Zone(shapely.box(9, 41, 16, 47))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("interleaved") / "raster.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=BANDS,
        height=512,
        width=512,
        dtype="uint8",
        crs="EPSG:4326",
        transform=Affine(0.01, 0, 10, 0, -0.01, 46.5),
        tiled=True,
        blockxsize=256,
        blockysize=256,
        interleave="pixel",
    ) as file:
        file.write(np.ones((BANDS, 512, 512), np.uint8))
    return path


def one_band(path: Path) -> Layer:
    return open_file(path, 7)


def stack(path: Path) -> Layer:
    layers = [open_file(path, 1), open_file(path, 2)]
    bands = [layer.info.bands[0] for layer in layers]
    return stack_layers(layers, [(0, 0), (1, 0)], bands=bands, finest=0)


def expression(path: Path) -> Layer:
    return compute_layer(open_file(path, 3), parse_expressions("b1*2"), {"b1": 0})


def long_expression(path: Path) -> Layer:
    text = "b1**b1 + sin(b1) + b1**2.5"
    return compute_layer(open_file(path, 3), parse_expressions(text), {"b1": 0})


def overlay(path: Path) -> Layer:
    parts = [ScoredLayer(open_file(path, n), RangeScore(0, 9), 1.0) for n in (1, 5)]
    return overlay_layers(parts, "skip")


@pytest.mark.parametrize(
    ("make", "planes"),
    [
        (one_band, BANDS),
        (stack, 2 * BANDS),
        (expression, BANDS),
        (long_expression, BANDS + 6),
        (overlay, 2 * BANDS),
    ],
)
def test_what_is_decoded_counts_whichever_bands_are_wanted(
    path: Path, make: object, planes: int
):
    assert callable(make)
    layer = CountingLayer(make(path))
    decoded = planes * PIXELS

    with pytest.raises(BudgetError, match=rf"of {planes} bands.*, {decoded} in all"):
        zonal_statistics(layer, [WHOLE], Options(max_pixels=decoded - 1))

    assert not layer.read_grids
    zonal_statistics(layer, [WHOLE], Options(max_pixels=decoded))


def test_bands_that_are_stored_apart_cost_what_is_wanted(tmp_path: Path):
    path = tmp_path / "raster.tif"
    write_cog(path, Recipe(512, 512, "uint8", nodata=0, blocksize=256))

    zonal_statistics(open_file(path), [WHOLE], Options(max_pixels=PIXELS))


def test_cross_tabulations_count_what_is_decoded(path: Path):
    layers = [open_file(path, 1), open_file(path, 2)]

    with pytest.raises(BudgetError, match=f"{BANDS * PIXELS} in all"):
        cross_tabulate(layers, [WHOLE], Options(max_pixels=BANDS * PIXELS - 1))
    cross_tabulate(layers, [WHOLE], Options(max_pixels=BANDS * PIXELS))


def test_profiles_count_what_is_decoded(path: Path, monkeypatch: pytest.MonkeyPatch):
    layer, line = one_band(path), np.array([[10.1, 46.4], [12.4, 42.0]])
    monkeypatch.setattr(profile, "MAX_TOUCHED", PIXELS * BANDS // 2)
    read_profile(layer, line)

    monkeypatch.setattr(profile, "MAX_TOUCHED", PIXELS * BANDS // 2 - 1)
    with pytest.raises(BudgetError, match=f"in {BANDS} bands"):
        read_profile(layer, line)


@given(st.integers(1, 5000))
def test_a_read_decodes_few_values_or_one_block(path: Path, planes: int):
    plan = plan_zones(one_band(path), [WHOLE])

    for chunk in plan.chunks(planes):
        assert chunk.window.pixels <= CHUNK_PIXELS
        assert len(chunk.blocks) == 1 or chunk.window.pixels * planes <= CHUNK_VALUES


def test_large_blocks_of_many_bands_do_not_wait_together(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("raster_core.zonal.reading.ahead.MAX_AHEAD", 1)
    layer = CountingLayer(open_file(path))
    plan = plan_zones(layer, [WHOLE])

    read = _read_ahead(
        plan.chunks(10**6),
        lambda chunk: layer.read(plan.grid.crop(chunk.window)),
        readers=16,
        size=3,
    )

    for number, _ in enumerate(read, start=1):
        assert len(layer.read_grids) == number
    assert number == len(plan.blocks)
