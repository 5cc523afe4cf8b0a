import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.bands import UNSCALED, BandInfo, RasterClass, Scaling

WHOLE = st.integers(-(2**15), 2**15 - 1)
FACTORS = st.floats(-1e6, 1e6)


@given(WHOLE, FACTORS, FACTORS)
def test_one_value_and_an_array_have_the_same_physical_values(stored, scale, offset):
    scaling = Scaling(scale, offset)

    values = scaling.physical_values(np.array([[stored]], np.int16))

    assert values.shape == (1, 1)
    assert values.dtype == np.float64
    assert values.item() == scaling.physical_value(stored)


def test_physical_values_are_scale_times_stored_plus_offset():
    band = BandInfo(1, "temperature", "uint16", scale=0.5, offset=-10.0)

    assert band.scaling.physical_value(30) == 5.0
    assert band.scaling.physical_values(np.array([0, 30], np.uint16)).tolist() == [
        -10.0,
        5.0,
    ]


def test_an_unscaled_whole_number_keeps_all_its_digits():
    assert UNSCALED.physical_value(2**63 - 1) == 2**63 - 1


def test_unscaled_values_of_the_type_are_not_copied():
    stored = np.array([0.7], np.float32)

    assert UNSCALED.physical_values(stored, stored.dtype) is stored


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_values_are_computed_in_the_type_that_is_wanted(dtype):
    kind = np.dtype(dtype)
    values = Scaling(0.1, 0.2).physical_values(np.array([3], np.uint8), kind)

    assert values.dtype == kind
    assert values.item() == kind.type(3) * kind.type(0.1) + kind.type(0.2)


def test_what_overflows_is_infinite_and_warns_of_nothing():
    values = Scaling(1e30).physical_values(
        np.array([1e30], np.float32), np.dtype(np.float32)
    )

    assert np.isinf(values).all()


def test_no_values_stay_none():
    assert Scaling(2.0).physical_values(np.empty((0, 3), np.uint8)).shape == (0, 3)


def test_classes_are_named_by_their_values():
    classes = (RasterClass(1, "water", None), RasterClass(2, "forest", "#00ff00"))

    assert BandInfo(1, "b1", "uint8", classes=classes).class_names == {
        1: "water",
        2: "forest",
    }
    assert BandInfo(1, "b1", "uint8").class_names == {}


def test_a_band_is_shown_by_what_differs_from_the_defaults():
    classes = tuple(RasterClass(value, str(value), None) for value in range(134))

    assert repr(BandInfo(1, "b1", "int16")) == (
        "BandInfo(index=1, name='b1', dtype='int16')"
    )
    assert repr(BandInfo(2, "crop", "uint8", nodata=0, classes=classes)) == (
        "BandInfo(index=2, name='crop', dtype='uint8', nodata=0, classes=<134>)"
    )
