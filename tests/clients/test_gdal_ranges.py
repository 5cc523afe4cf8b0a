"""rasterio and GDAL open a part by its URL, like any GeoTIFF."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
from rasterio.io import MemoryFile
from rasterio.windows import Window

from tests.server.gateway import Gateway, run_gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGES = [
    "/datasets/elevation/part.tif?bbox=-119.6,37.6,-119.3,37.9",
    "/datasets/elevation/preview.tif?max_size=900",
    "/datasets/landcover/part.tif?bbox=-60,-10,-50,0&crs=EPSG:6933",
]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with run_gateway(tmp_path_factory.mktemp("gateway")) as running:
        yield running


@pytest.mark.parametrize("path", IMAGES)
def test_an_image_opens_at_its_address(gateway: Gateway, path: str) -> None:
    whole = gateway.get(path)
    address = f"http://127.0.0.1:{gateway.port}{path}"

    with (
        rasterio.open(address) as opened,
        MemoryFile(whole.body) as memory,
        memory.open() as read,
    ):
        assert opened.profile == read.profile
        window = Window(10, 20, 30, 40)
        assert np.array_equal(opened.read(window=window), read.read(window=window))
        assert np.array_equal(opened.read(), read.read())
        assert opened.descriptions == read.descriptions
