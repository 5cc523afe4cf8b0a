"""Why an overview shows values of no pixel: another kernel, or other pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from rasterio.enums import Resampling

from raster_core.errors import RequestError
from raster_core.zonal.engine import Options, zonal_statistics
from raster_core.zonal.zones.zone import Zone
from tests.cogs import open_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

SIDE = 1024
ZONE = Zone(shapely.Point(10.5, 45.5).buffer(0.45))
STALE = "; it is stale, so"
KERNEL = "; it was made with a kernel that overshoots"


def write_raster(
    path: Path, values: NDArray[np.generic], kernel: Resampling, *levels: int
) -> None:
    """A tiled file with overviews, each made from the one before."""
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=SIDE,
        height=SIDE,
        count=1,
        dtype=values.dtype,
        crs="EPSG:4326",
        transform=Affine(0.001, 0, 10, 0, -0.001, 46),
        tiled=True,
        blockxsize=256,
        blockysize=256,
    ) as file:
        file.write(values[None])
    for level in levels:  # as gdaladdo's users do it
        with rasterio.open(path, "r+") as file:
            file.build_overviews([level], kernel)


def overwrite(path: Path, values: NDArray[np.generic]) -> None:
    with rasterio.open(path, "r+") as file:
        file.write(values[None])


def refusal(path: Path, pixels: int) -> str:
    options = Options(max_pixels=pixels, approximate=True)
    with pytest.raises(RequestError, match="approximate=true is refused") as refused:
        zonal_statistics(open_file(path), [ZONE], options)
    return str(refused.value)


def noise(dtype: str) -> NDArray[np.generic]:
    """Every pixel one of two values, so that kernels overshoot as far as they can."""
    chosen = np.random.default_rng(7).random((SIDE, SIDE)) < 0.5
    return np.where(chosen, 100, 900).astype(dtype)


def squares(dtype: str) -> NDArray[np.generic]:
    """Two values in squares whose sides lie near those of blocks."""
    row, col = (np.indices((SIDE, SIDE)) + 13) // 256
    return np.where((row + col) % 2, 100, 900).astype(dtype)


@pytest.mark.parametrize(
    ("make", "pixels"), [(noise, 900_000), (squares, 900_000), (squares, 810_000)]
)
@pytest.mark.parametrize("dtype", ["int16", "float32"])
@pytest.mark.parametrize("kernel", [Resampling.cubic, Resampling.lanczos])
def test_a_kernel_that_overshoots_is_not_taken_for_a_stale_overview(
    tmp_path: Path,
    kernel: Resampling,
    dtype: str,
    make: Callable[[str], NDArray[np.generic]],
    pixels: int,
):
    write_raster(tmp_path / "a.tif", make(dtype), kernel, 2, 4, 8)

    message = refusal(tmp_path / "a.tif", pixels)

    assert KERNEL in message
    assert STALE not in message


def test_what_lies_beside_a_block_may_overshoot_into_it(tmp_path: Path):
    """The blocks' own values are all alike, and those of their neighbours too."""
    row, col = np.indices((SIDE, SIDE)) // 256
    values = ((row + col) % 2 * 1000).astype("float32")
    write_raster(tmp_path / "a.tif", values, Resampling.cubic, 2)

    assert KERNEL in refusal(tmp_path / "a.tif", 900_000)


@pytest.mark.parametrize("kernel", [Resampling.average, Resampling.cubic])
@pytest.mark.parametrize("shift", [-5000, 5000])
def test_an_overview_of_other_values_is_stale(
    tmp_path: Path, kernel: Resampling, shift: int
):
    write_raster(tmp_path / "a.tif", noise("int16"), kernel, 2)
    overwrite(tmp_path / "a.tif", noise("int16") + np.int16(shift))

    message = refusal(tmp_path / "a.tif", 900_000)

    assert STALE in message
    assert KERNEL not in message
