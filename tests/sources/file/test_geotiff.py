from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.io import DatasetReader, MemoryFile

from raster_core.bands import BandInfo, RasterClass
from raster_core.grid import Grid
from raster_core.raster import RasterArray
from raster_core.sources.file.geotiff import MAX_NAMES, encode_geotiff

if TYPE_CHECKING:
    from collections.abc import Iterator

TRANSFORM = Affine(30.0, 0.0, -2_000_000.0, 0.0, -30.0, 1_900_000.0)

TYPES = (
    *("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"),
    *("float16", "float32", "float64"),
)


@contextmanager
def opened(content: bytes) -> Iterator[DatasetReader]:
    with MemoryFile(content) as memory, memory.open() as dataset:
        yield dataset


def array_of(
    data: np.ndarray, mask: np.ndarray | None = None, crs: str = "EPSG:5070"
) -> RasterArray:
    shown = np.ones(data.shape, bool) if mask is None else mask
    return RasterArray(data, shown, Grid(crs, TRANSFORM, *data.shape[:0:-1]))


def bands_of(array: RasterArray, nodata: float | None = None) -> list[BandInfo]:
    dtype = array.data.dtype.name
    count = range(1, len(array.data) + 1)
    return [BandInfo(n, f"name {n}", dtype, nodata=nodata) for n in count]


@given(
    st.sampled_from(TYPES).flatmap(
        lambda dtype: hnp.arrays(
            dtype,
            hnp.array_shapes(min_dims=3, max_dims=3, max_side=9),
            elements=(
                {"allow_nan": False, "allow_infinity": False} if "f" in dtype else None
            ),
        )
    ),
    st.sampled_from((None, 0.0, -9999.0, 1e40, float("nan"), 255.0)),
    st.data(),
)
def test_values_and_masks_come_back(
    data: np.ndarray, nodata: float | None, more: st.DataObject
):
    array = array_of(data, more.draw(hnp.arrays(bool, data.shape)))

    with opened(encode_geotiff(array, bands_of(array, nodata))) as dataset:
        read, masks = dataset.read(), dataset.read_masks() > 0
        spared = dataset.nodata is not None

    shown = array.mask if spared else array.mask & array.mask.all(axis=0)
    assert read.dtype == data.dtype
    assert (read[array.mask] == data[array.mask]).all()
    assert (masks == shown).all()


def test_the_place_is_written():
    array = array_of(np.zeros((1, 3, 5), np.int16))

    with opened(encode_geotiff(array, bands_of(array))) as dataset:
        assert dataset.crs.to_epsg() == 5070
        assert dataset.transform == TRANSFORM
        assert (dataset.height, dataset.width) == (3, 5)
        assert dataset.nodata is None
        assert dataset.profile["compress"] == "deflate"


def test_a_system_without_a_code_is_written():
    crs = rasterio.crs.CRS.from_string("+proj=laea +lat_0=47 +lon_0=11").to_wkt()
    array = array_of(np.zeros((1, 3, 5), np.int16), crs=crs)

    with opened(encode_geotiff(array, bands_of(array))) as dataset:
        assert dataset.crs == rasterio.crs.CRS.from_wkt(crs)


def test_what_is_known_of_the_bands_is_written():
    array = array_of(np.zeros((2, 3, 5), np.int16))
    bands = [
        BandInfo(3, "depth", "int16", unit="m", scale=0.1, offset=-5.0),
        BandInfo(1, "kind", "int16", classes=(RasterClass(7, "Wetland", None),)),
    ]

    with opened(encode_geotiff(array, bands)) as dataset:
        assert dataset.descriptions == ("depth", "kind")
        assert [unit or "" for unit in dataset.units] == ["m", ""]
        assert dataset.scales == (0.1, 1.0)
        assert dataset.offsets == (-5.0, 0.0)
        assert dataset.tags(2)["class_7"] == "Wetland"


def test_classes_of_bytes_keep_their_colours():
    array = array_of(np.array([[[1, 2, 1]]], np.uint8))
    classes = (RasterClass(1, "a", "#ff8000"), RasterClass(2, "b", None))
    bands = [BandInfo(1, "b1", "uint8", classes=classes)]

    with opened(encode_geotiff(array, bands)) as dataset:
        assert dataset.colormap(1)[1][:3] == (255, 128, 0)
        assert dataset.read(1).tolist() == [[1, 2, 1]]


def test_the_bands_own_nodata_value_is_kept():
    mask = np.array([[[True, False]]])
    array = array_of(np.array([[[5, 6]]], np.int16), mask)

    with opened(encode_geotiff(array, bands_of(array, -9999.0))) as dataset:
        assert dataset.nodata == -9999
        assert dataset.read(1).tolist() == [[5, -9999]]


def test_a_nodata_value_that_a_pixel_has_is_not_used():
    mask = np.array([[[True, True, False]]])
    array = array_of(np.array([[[0, 255, 7]]], np.uint8), mask)

    with opened(encode_geotiff(array, bands_of(array, 0.0))) as dataset:
        flags = dataset.mask_flag_enums[0]
        masks = dataset.read_masks(1) > 0

    assert MaskFlags.per_dataset in flags
    assert masks.tolist() == mask[0].tolist()


def test_floats_have_nan_for_no_data():
    mask = np.array([[[True, False]]])
    array = array_of(np.array([[[5, 6]]], np.float32), mask)

    with opened(encode_geotiff(array, bands_of(array))) as dataset:
        assert np.isnan(dataset.nodata)
        assert np.isnan(dataset.read(1)[0, 1])


def test_yes_and_no_are_bytes():
    array = array_of(np.array([[[True, False]]]), np.array([[[True, False]]]))

    with opened(encode_geotiff(array, bands_of(array))) as dataset:
        assert dataset.dtypes == ("uint8",)
        assert dataset.read_masks(1).tolist() == [[255, 0]]


@pytest.mark.parametrize(("side", "tiled"), [(512, False), (513, True)])
def test_a_large_file_is_tiled(side: int, tiled: bool):
    array = array_of(np.zeros((1, 4, side), np.uint8))

    with opened(encode_geotiff(array, bands_of(array))) as dataset:
        assert dataset.profile["tiled"] == tiled


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_no_band_of_values_is_taken_for_alpha(count: int):
    array = array_of(np.zeros((count, 2, 2), np.uint8))

    with opened(encode_geotiff(array, bands_of(array))) as dataset:
        assert ColorInterp.alpha not in dataset.colorinterp
        assert (dataset.read_masks() == 255).all()


def test_names_of_too_many_classes_are_left_out():
    array = array_of(np.array([[[1, 2]]], np.uint16))
    classes = tuple(RasterClass(n, f"class {n}", None) for n in range(MAX_NAMES + 1))
    few, many = (
        BandInfo(1, "b1", "uint16", classes=some) for some in (classes[:-1], classes)
    )

    with opened(encode_geotiff(array, [few])) as dataset:
        assert len([tag for tag in dataset.tags(1) if "class_" in tag]) == MAX_NAMES
    with opened(encode_geotiff(array, [many])) as dataset:
        assert dataset.tags(1) == {}
