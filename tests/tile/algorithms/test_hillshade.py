from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.tile.algorithms.hillshade import Hillshade, shade

slopes = st.floats(-3, 3, allow_subnormal=False)


def lit(east: float, north: float, azimuth: float, altitude: float) -> int:
    rises = np.float32([[east]]), np.float32([[north]])
    return int(shade(*rises, Hillshade(azimuth, altitude)).item())


@pytest.mark.parametrize(
    ("east", "north", "azimuth", "altitude", "expected"),
    [
        # A hillside that rises to the east at 45 degrees faces west.
        (1, 0, 270, 45, 255),
        (1, 0, 90, 45, 1),
        (1, 0, 0, 45, 1 + 254 * 0.5),
        (0, 1, 180, 45, 255),
        (0, -1, 0, 45, 255),
        # Level ground: the sine of the light's altitude.
        (0, 0, 123, 30, 1 + 254 * 0.5),
        (0, 0, 315, 90, 255),
        (0, 0, 315, 0, 1),
        # The light overhead: the cosine of the slope, 3-4-5.
        (0.75, 0, 0, 90, 1 + 254 * 0.8),
    ],
)
def test_light_falls_as_the_cosine_says(
    east: float, north: float, azimuth: float, altitude: float, expected: float
):
    assert lit(east, north, azimuth, altitude) == round(expected)


@given(slopes, slopes, st.floats(0, 360), st.floats(0, 90))
def test_a_shade_follows_gdaldems_formula(
    east: float, north: float, azimuth: float, altitude: float
):
    steepness = math.hypot(east, north)
    aspect = math.atan2(north, east)
    above, around = math.radians(altitude), math.radians(azimuth)
    # aspect here is where the ground rises to, counterclockwise from east.
    towards = math.sin(math.pi / 2 - around) * math.sin(aspect)
    towards += math.cos(math.pi / 2 - around) * math.cos(aspect)
    cosine = math.sin(above) - math.cos(above) * steepness * towards
    cosine /= math.sqrt(1 + steepness**2)

    expected = 1 + 254 * max(cosine, 0)

    assert abs(lit(east, north, azimuth, altitude) - expected) < 0.51


@given(slopes, slopes, st.floats(0.1, 9))
def test_exaggeration_is_the_same_as_higher_heights(
    east: float, north: float, height: float
):
    rises = np.float32([[east]]), np.float32([[north]])
    scaled = tuple(rise * np.float32(height) for rise in rises)

    exaggerated = shade(*rises, Hillshade(exaggeration=height))
    higher = shade(*scaled, Hillshade())

    assert abs(int(exaggerated.item()) - int(higher.item())) <= 1
