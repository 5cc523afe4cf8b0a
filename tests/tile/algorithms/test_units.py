"""Names of units of height against the registry of PROJ, and as files have them."""

from __future__ import annotations

import pytest
from pyproj.database import get_units_map

from raster_core.tile.algorithms.units import metres_in

SURVEY = 1200 / 3937

# Nobody measures heights in these.
FLAT = ("chain", "link", "bin width", "yard")

UNITS = {
    name: unit.conv_factor
    for unit in get_units_map(auth_name="EPSG", category="linear").values()
    if not any(word in unit.name.lower() for word in FLAT)
    for name in (unit.name, unit.proj_short_name)
    if name
}


@pytest.mark.parametrize("name", UNITS)
def test_units_of_the_registry_have_its_lengths(name: str):
    assert metres_in(name) == pytest.approx(UNITS[name], rel=1e-12)


@pytest.mark.parametrize(
    ("names", "metres"),
    [
        ("m M metre Metre meter meters METERS metres", 1.0),
        ("ft foot feet Foot international_foot international_feet Foot_Intl", 0.3048),
        ("ftUS us-ft usft US_survey_foot US_survey_feet foot_survey_us", SURVEY),
        ("Foot_US foot_us survey_foot foot_survey US-ft", SURVEY),
        ("mm millimeters", 0.001),
        ("cm centimeter centimeters centimetre", 0.01),
        ("dm decimeter", 0.1),
        ("km Kilometre kilometers", 1000.0),
        ("in inches", 0.0254),
        ("yd yards", 0.9144),
        ("fathom fathoms", 1.8288),
        ("mi miles", 1609.344),
    ],
)
def test_units_have_the_names_that_files_and_items_give_them(names: str, metres: float):
    for name in names.split():
        assert metres_in(name) == pytest.approx(metres, rel=1e-12)


def test_two_words_are_one_unit():
    assert metres_in("US survey foot") == metres_in("us survey feet") == SURVEY


@pytest.mark.parametrize("name", [None, "", "1", "kelvin", "meters per second", "degC"])
def test_any_other_name_counts_as_metres(name: str | None):
    assert metres_in(name) == 1.0
