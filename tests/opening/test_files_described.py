"""Items made in memory hold what those of a catalogue do, but for statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from affine import Affine

from raster_core.ingest.item import ItemOptions, describe_raster
from rasterlet.opening.files import describe_places
from rasterlet.opening.places import find_place

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.grid import Window

# What a sample says of a band, and the two ways in which an Item is versioned.
SAMPLED = {"statistics", "rasterlet:percentiles"}


def described(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The Item in memory, and that of a catalogue."""
    opened: Any = describe_places({"data": find_place(path)}, "x")
    written: Any = describe_raster(path, ItemOptions("x", str(path)))
    return opened, written


def same_but_sampled(path: Path) -> bool:
    opened, written = described(path)
    (mine,), (theirs,) = opened["assets"].values(), written["assets"].values()
    bands = [
        {key: value for key, value in band.items() if key not in SAMPLED}
        for band in theirs.pop("bands")
    ]
    return bool(
        mine.pop("bands") == bands
        and mine == theirs
        and opened["bbox"] == written["bbox"]
        and opened["properties"]["datetime"] == written["properties"]["datetime"]
    )


def test_all_but_statistics_comes_along(sample: Path) -> None:
    assert same_but_sampled(sample / "elevation_yosemite.tif")
    assert same_but_sampled(sample / "landcover_global_2019.tif")


def test_it_does_so_for_awkward_files_too(test_data: Path) -> None:
    folder = test_data / "awkward" / "derived"
    names = (
        *("palette_u8", "palette_u16", "nbits4_palette", "scale_offset_units"),
        *("alpha", "gray_alpha_u16", "mask_internal", "nodata_nan", "bands64"),
    )

    assert [n for n in names if not same_but_sampled(folder / f"{n}.tif")] == []


def write_palette(path: Path) -> None:
    """Classes 1 to 3, of which 3 is black, as entries are that nobody has set."""
    transform = Affine(0.01, 0, 10, 0, -0.01, 46)
    profile = {"driver": "GTiff", "height": 900, "width": 900, "count": 1}
    profile |= {"crs": "EPSG:4326", "tiled": True, "blockxsize": 256}
    with rasterio.open(
        path, "w", dtype="uint8", transform=transform, blockysize=256, **profile
    ) as file:
        rows, cols = np.indices((900, 900)) // 300
        file.write((1 + (rows + cols) % 3).astype(np.uint8), 1)
        file.write_colormap(1, {1: (0, 99, 0), 2: (99, 0, 0), 3: (0, 0, 0)})
    with rasterio.open(path, "r+") as file:
        file.build_overviews([8], rasterio.enums.Resampling.mode)


def test_black_classes_that_occur_are_found_in_the_coarsest_overview(
    tmp_path: Path, read_windows: list[Window]
) -> None:
    write_palette(tmp_path / "a.tif")

    item: Any = describe_places({"data": find_place(tmp_path / "a.tif")}, "x")

    (band,) = item["assets"]["data"]["bands"]
    values = [entry["value"] for entry in band["classification:classes"]]
    assert values == [1, 2, 3]
    assert sum(window.pixels for window in read_windows) == 113 * 113


@pytest.mark.parametrize("dtype", ["int16", "float32"])
def test_no_pixel_of_a_quantity_is_read(
    dtype: str, tmp_path: Path, read_windows: list[Window]
) -> None:
    path = tmp_path / "a.tif"
    transform = Affine(0.01, 0, 10, 0, -0.01, 46)
    profile = {"driver": "GTiff", "height": 9, "width": 9, "count": 1}
    with rasterio.open(
        path, "w", dtype=dtype, crs="EPSG:4326", transform=transform, **profile
    ) as file:
        file.write(np.ones((1, 9, 9), dtype))

    item: Any = describe_places({"data": find_place(path)}, "x")

    assert read_windows == []
    render = item["properties"]["renders"]["default"]
    assert "rescale" not in render
    assert render["colormap_name"] == "viridis"
