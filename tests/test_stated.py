"""What is stated of a band, and what becomes of it once its file is open."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.bands import BandInfo, RasterClass
from raster_core.catalogue.bands import read_band
from raster_core.errors import SourceError
from raster_core.stated import StatedBand, check_scaling, state_band

_SCALES = st.sampled_from([1.0, 1, -1.0, 0.5, 2, 1e-4])
_OFFSETS = st.sampled_from([0.0, 0, -0.1, 7])
_UNITS = st.sampled_from(["m", "°C"])
_NODATA = st.sampled_from([0, 0.0, -9999, 255.0, 2**63])
_PHYSICAL = st.none() | st.floats(-10, 10)

STORED = st.builds(
    BandInfo,
    st.just(3),
    st.just("stored"),
    st.sampled_from(["uint8", "int16", "float64"]),
    nodata=st.none() | _NODATA,
    unit=st.none() | _UNITS,
    scale=_SCALES.map(float),
    offset=_OFFSETS.map(float),
)

MEMBERS = st.fixed_dictionaries(
    {},
    optional={
        "data_type": st.sampled_from(["uint8", "float32", "other"]),
        "nodata": _NODATA,
        "unit": _UNITS | st.just(""),
        "raster:scale": _SCALES,
        "raster:offset": _OFFSETS,
    },
)


@given(MEMBERS, STORED)
def test_what_an_item_states_is_kept_whatever_its_value(
    members: dict[str, float | str], stored: BandInfo
):
    """A neutral value too: what nothing is said of is the file's."""
    neutral = {"raster:scale": 1.0, "raster:offset": 0.0}
    scaled = not members.keys().isdisjoint(neutral)

    band = read_band(1, members, "name").complete(stored)

    assert (band.index, band.name, band.dtype) == (1, "name", stored.dtype)
    assert band.nodata == members.get("nodata", stored.nodata)
    assert (band.unit or "") == members.get("unit", stored.unit or "")
    own = {**neutral, **members} if scaled else {}
    assert band.scale == own.get("raster:scale", stored.scale)
    assert band.offset == own.get("raster:offset", stored.offset)


@given(STORED, _PHYSICAL, _PHYSICAL)
def test_a_band_that_states_all_is_itself_over_any_file(
    stored: BandInfo, minimum: float | None, percentile: float | None
):
    classes = (RasterClass(0, "none", None),)
    band = dataclasses.replace(
        stored, minimum=minimum, percentile_98=percentile, classes=classes
    )

    assert state_band(band).complete(stored) == band
    other = BandInfo(9, "other", band.dtype, nodata=band.nodata, unit="K", scale=3.0)
    assert state_band(band).complete(other) == band


@given(MEMBERS)
def test_a_band_is_assumed_neutral_until_its_file_is_open(
    members: dict[str, float | str],
):
    band = read_band(1, members, "name").assumed()

    stated = members.get("data_type", "other")
    assert band.dtype == ("float32" if stated == "other" else stated)
    assert band.scale == members.get("raster:scale", 1.0)
    assert band.offset == members.get("raster:offset", 0.0)


def test_what_a_request_calls_nodata_is_marked():
    band = StatedBand(1, "b1", nodata=0).without_data(math.nan)

    assert math.isnan(band.nodata or 0)
    assert band.nodata_is_asked


@pytest.mark.parametrize("scale", [0.0, -0.0, 1e-101, 1e101, math.nan, math.inf])
def test_a_scale_that_leaves_no_values_is_refused(scale: float):
    with pytest.raises(SourceError, match="is not between 1e-100 and 1e"):
        check_scaling([BandInfo(1, "b1", "uint8", scale=scale)])
