"""What counts as nodata, against GDAL's own masks of files written byte by byte."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from raster_core.bands import BandInfo
from raster_core.catalogue.catalogue import parse_catalogue
from raster_core.ingest.item import ItemOptions, describe_raster
from raster_core.layers.kinds import open_layer
from raster_core.sources.file.nodata import find_valid, is_nodata, nodata_range
from tests.cogs import open_file
from tests.tiffbytes import NODATA, write_tiff

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

LOWEST = float(np.finfo("f4").min)

# Type, the value of half of the pixels, the text in the file.
TEXTS = [
    ("float32", LOWEST, "-3.4028234663852886e+38"),
    ("float32", LOWEST, "-3.402823e+38"),
    ("float32", LOWEST, "-3.4e+38"),
    ("float32", -9999.9, "-9999.9"),
    ("float32", -9999.9, "-9999.91"),
    ("float32", 1e-30, "1.0000001e-30"),
    ("float32", 9.96921e36, "9.969210e+36"),
    ("float32", 7.5, "nan"),
    ("float32", 7.5, "inf"),
    ("float32", 7.5, "1e40"),
    ("float64", float(np.float32(-9999.9)), "-9999.9"),
    ("float64", float(np.finfo("f8").min), "-1.797693e+308"),
    ("int64", 2**63 - 1, "9223372036854775807"),
    ("int64", -(2**63), "-9223372036854775808"),
    ("int64", 2**53 + 1, "9007199254740993"),
    ("int64", 2**53, "9007199254740993"),
    ("int64", -9999, "-9999"),
    ("uint64", 2**64 - 1, "18446744073709551615"),
    ("uint64", 2**64 - 2, "18446744073709551615"),
    ("uint64", 3, "3.7"),
    ("uint8", 255, "255.5"),
    ("uint8", 255, "-1"),
    ("uint16", 0, "65536"),
    ("uint8", 0, "nan"),
    ("int32", 0, "none"),
]


def write_halves(path: Path, dtype: str, value: float, text: str) -> NDArray[np.bool_]:
    """A raster of sevens, the upper half of which is ``value``; returns GDAL's mask."""
    pixels = np.full((8, 6), 7, dtype)
    pixels[:4] = value
    write_tiff(path, pixels, {NODATA: text.encode()})
    return gdal_mask(path)


def gdal_mask(path: Path) -> NDArray[np.bool_]:
    with rasterio.open(path) as file:
        return (file.read_masks() > 0) & np.isfinite(file.read())


@pytest.mark.parametrize(("dtype", "value", "text"), TEXTS)
def test_the_files_own_text_hides_what_gdal_hides(
    tmp_path: Path, dtype: str, value: float, text: str
):
    expected = write_halves(tmp_path / "a.tif", dtype, value, text)
    layer = open_file(tmp_path / "a.tif")

    assert (layer.read(layer.info.grid).mask == expected).all()


@pytest.mark.parametrize(("dtype", "value", "text"), TEXTS)
def test_an_item_through_json_hides_the_same(
    tmp_path: Path, dtype: str, value: float, text: str
):
    path = tmp_path / "a.tif"
    expected = write_halves(path, dtype, value, text)
    item = describe_raster(path, ItemOptions(id="a", href="a.tif"))
    content = json.dumps({"features": [item]}, allow_nan=False).encode()

    dataset = parse_catalogue(content, str(tmp_path / "catalog.json")).dataset("a")

    layer = open_layer(dataset.spec(dataset.bands))
    assert (layer.read(layer.info.grid).mask == expected).all()


@pytest.mark.parametrize("written", [2**64 - 1, str(2**64 - 1)], ids=type)
def test_an_items_whole_number_is_exact_also_as_text(tmp_path: Path, written: object):
    """The file itself declares none."""
    path = tmp_path / "a.tif"
    pixels = np.array([[2**64 - 1, 2**64 - 2, 0]], np.uint64)
    write_tiff(path, pixels)
    item = describe_raster(path, ItemOptions(id="a", href="a.tif"))
    item["assets"]["data"]["bands"][0]["nodata"] = written  # type: ignore[index]
    content = json.dumps({"features": [item]}).encode()

    dataset = parse_catalogue(content, str(tmp_path / "catalog.json")).dataset("a")

    layer = open_layer(dataset.spec(dataset.bands))
    assert layer.read(layer.info.grid).mask.tolist() == [[[False, True, True]]]


AROUND = (0.5, 1 - 1e-6, 1 - 4.7e-7, 1 - 1e-7, 1, 1 + 1e-7, 1 + 4.7e-7, 1 + 1e-6)


@st.composite
def floats_and_texts(draw: st.DrawFn) -> tuple[np.dtype[np.floating], str]:
    """A type, and a finite number in some writer's digits."""
    dtype = np.dtype(draw(st.sampled_from(["float32", "float64"])))
    largest = float(np.finfo(dtype).max)
    special = st.sampled_from([largest, -largest, largest / 2, 0.0, 1e-44, 65504.0])
    value = draw(special | st.floats(-largest, largest, allow_nan=False))
    text = f"{value:.{draw(st.integers(4, 17))}g}"
    return dtype, text if abs(float(text)) <= largest else repr(largest)


@given(floats_and_texts())
@example((np.dtype("float32"), "-3.402823e+38"))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_floats_beside_nodata_are_hidden_as_far_as_gdal_hides_them(
    tmp_path: Path, chosen: tuple[np.dtype[np.floating], str]
):
    dtype, text = chosen
    middle = dtype.type(text)
    with np.errstate(over="ignore", invalid="ignore"):
        near = [middle * dtype.type(factor) for factor in AROUND]
        for edge in nodata_range(float(text), dtype) or ():
            near += [edge, np.nextafter(edge, -middle), np.nextafter(edge, middle)]
            near.append(np.nextafter(edge, 2 * middle))
        values = np.array([near], dtype)
    path = tmp_path / "a.tif"
    write_tiff(path, values, {NODATA: text.encode()})

    found = find_valid(values[None], [BandInfo(1, "b1", dtype.name, float(text))])

    assert (found == gdal_mask(path)).all()


@pytest.mark.parametrize(
    ("nodata", "dtype", "expected"),
    [
        (255, "uint8", (255, 255)),
        (-99, "uint8", None),
        (1.5, "uint8", None),
        (float("nan"), "uint8", None),
        (float("inf"), "int16", None),
        (float("nan"), "float32", None),
        (float("inf"), "float64", None),
        (None, "int16", None),
        (-32768, "int16", (-32768, -32768)),
        (2**64 - 1, "uint64", (2**64 - 1, 2**64 - 1)),
        (2**64, "uint64", None),
        (0.0, "float32", (0.0, 0.0)),
    ],
)
def test_a_value_stands_for_a_range_of_the_files_own_type(
    nodata: float | None, dtype: str, expected: object
):
    assert nodata_range(nodata, np.dtype(dtype)) == expected


def test_a_single_value_may_be_asked_about():
    assert is_nodata(np.float32(-9999.9), -9999.9)
    assert is_nodata(np.uint64(2**64 - 1), 2**64 - 1)
    assert not is_nodata(np.uint64(2**64 - 2), 2**64 - 1)


@pytest.mark.parametrize("nodata", [-9999.0, LOWEST, -LOWEST])
@pytest.mark.parametrize("shape", [(700, 301), (3, 70_001), (0, 5), (5, 0)])
def test_large_arrays_are_compared_to_their_last_value(
    shape: tuple[int, int], nodata: float
):
    numbers = np.arange(shape[0] * shape[1]).reshape(shape)
    values = np.where(numbers % 3 == 0, np.float32(nodata), numbers).astype("f4")
    values[numbers % 7 == 1] = np.inf

    found = find_valid(values[None], [BandInfo(1, "b1", "float32", nodata)])

    assert (found[0] == (numbers % 3 != 0) & (numbers % 7 != 1)).all()
