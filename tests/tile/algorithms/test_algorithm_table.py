from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import handlers
from raster_core.tile.algorithms.hillshade import Hillshade
from raster_core.tile.algorithms.protocol import parameters
from raster_core.tile.algorithms.slope import Slope
from raster_core.tile.algorithms.table import (
    ALGORITHMS,
    ALIASES,
    ENCODINGS,
    make_algorithm,
)
from raster_core.tile.algorithms.terrain import TERRARIUM

if TYPE_CHECKING:
    from raster_core.tile.algorithms.protocol import Algorithm


def test_an_algorithm_is_made_by_its_name():
    lamp = make_algorithm("hillshade", {"azimuth": 90, "exaggeration": 2})

    assert lamp == Hillshade(azimuth=90, altitude=45, exaggeration=2)
    assert make_algorithm("slope", {}) == Slope()
    assert make_algorithm("terrarium", {}) == TERRARIUM


@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_named_algorithm_takes_its_parameters_limits(name: str):
    known = parameters(ALGORITHMS[name])

    for limits in (
        {key: each.low for key, each in known.items()},
        {key: each.high for key, each in known.items()},
    ):
        made = make_algorithm(name, limits)
        assert made.name == name
        assert {key: getattr(made, key) for key in limits} == limits


def test_an_alias_is_no_parameters_own_name_and_of_one_parameter():
    names = [key for row in ALGORITHMS.values() for key in parameters(row)]

    assert not ALIASES.keys() & set(names)
    assert set(ALIASES.values()) <= set(names)
    assert ALIASES["z_factor"] == "exaggeration"


def test_no_handler_knows_an_algorithm_by_its_name():
    """A new one needs its module and its row, and nothing in the handlers."""
    names = "|".join((*ALGORITHMS, *ENCODINGS))
    files = list(Path(handlers.__file__).parent.rglob("*.py"))

    found = [
        f"{file}: {line}"
        for file in files
        for line in file.read_text().splitlines()
        if re.search(rf"\b({names})\b", line)
    ]

    assert len(files) > 10
    assert found == []


@pytest.mark.parametrize("algorithm", ALGORITHMS.values())
def test_equal_algorithms_are_kept_as_one(algorithm: Algorithm):
    again = make_algorithm(algorithm.name, {})

    assert again == algorithm
    assert hash(again) == hash(algorithm)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("hillshade", {"azimuth": -1}),
        ("hillshade", {"azimuth": float("nan")}),
        ("hillshade", {"altitude": 90.1}),
        ("hillshade", {"exaggeration": 1001}),
        ("hillshade", {"buffer": 3}),
        ("slope", {"azimuth": 1}),
    ],
)
def test_what_an_algorithm_does_not_take_is_refused(
    name: str, values: dict[str, float]
):
    with pytest.raises(ValueError, match=next(iter(values))):
        make_algorithm(name, values)
