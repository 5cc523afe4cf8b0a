"""Columns of statistics as JSON: what the objects of zones say, one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from affine import Affine

from handlers.zones.formats import describe_batch, describe_statistics
from raster_core.grid import Grid
from raster_core.zonal.engine import Options, stream_statistics
from raster_core.zonal.reading.classed import class_layer
from raster_core.zonal.results.listing import list_zones
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.results.statistics import NAMES
from raster_core.zonal.zones.zone import Zone
from tests.fake_layer import FakeLayer

GRID = Grid("EPSG:4326", Affine(0.01, 0, 10, 0, -0.01, 46), 60, 40)
ZONES = [
    Zone(shapely.box(10.1, 45.7, 10.304, 45.9)),
    Zone(shapely.box(10.3, 45.8, 10.32, 45.85)),  # without data
    Zone(shapely.box(10.5, 45.7, 10.8, 45.9)),  # partly off
    Zone(shapely.box(20, 45, 21, 46)),  # off
    Zone(shapely.Polygon()),
]


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int64", "float32", "float64"])
@pytest.mark.parametrize("percentiles", [(), (5.0, 90.0)])
def test_columns_say_what_each_zone_does(dtype: str, percentiles: tuple[float, ...]):
    values = (np.arange(2400).reshape(40, 60) % 7).astype(dtype)
    if dtype == "float64":  # whose sums no double holds
        values[:20] *= 2e307
    mask = np.ones((40, 60), bool)
    mask[10:25, 28:34] = False
    layer = class_layer(FakeLayer(values, GRID, mask=mask, block=(16, 16)))
    statistics = StatisticOptions(percentiles=percentiles, median=True, areas=True)
    bands = (replace(layer.info.bands[0], scale=1.0),)

    for batch in stream_statistics(layer, ZONES, Options(statistics=statistics)):
        found = describe_batch(batch, bands, lambda _: NAMES, percentiles)

        zones = list_zones(batch, bands, percentiles)
        expected = [
            {"b1": describe_statistics(own, NAMES, percentiles)} for (own,) in zones
        ]
        assert found == expected
        assert list(map(list, found)) == list(map(list, expected))
