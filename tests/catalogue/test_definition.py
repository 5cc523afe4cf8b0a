from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.catalogue.definition import (
    MAX_LAYERS,
    DefinitionError,
    parse_definition,
)
from raster_core.layers.scores import ClassScores, RangeScore

CLASSES: dict[str, Any] = {"dataset": "cover", "scores": {"41": 1, "7.5": 0.25}}
HEIGHTS: dict[str, Any] = {"dataset": "dem", "range": [900, 3000]}


def faults_of(document: object) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        parse_definition(document)
    assert str(caught.value)
    return [f"{where} {what}" for where, what in caught.value.faults]


def layer_faults(**changes: object) -> list[str]:
    return faults_of({"layers": [CLASSES, {**HEIGHTS, **changes}]})


def test_what_is_not_said_has_a_default():
    definition = parse_definition({"layers": [CLASSES, HEIGHTS]})

    assert definition.missing == "mask"
    cover, dem = definition.layers
    assert (cover.dataset, cover.band, cover.expression) == ("cover", 1, None)
    assert cover.weight == dem.weight == 1.0
    assert cover.score == ClassScores((41.0, 7.5), (1.0, 0.25), None)
    assert dem.score == RangeScore(900.0, 3000.0, invert=False)


def test_everything_may_be_said():
    definition = parse_definition(
        {
            "layers": [
                {**CLASSES, "bidx": "B04", "weight": 0.5, "default": 0},
                {
                    "dataset": "dem",
                    "expression": "b1*2",
                    "range": [0, 1],
                    "invert": True,
                },
            ],
            "missing": "skip",
        }
    )

    assert definition.missing == "skip"
    assert (definition.layers[0].band, definition.layers[0].weight) == ("B04", 0.5)
    assert definition.layers[0].score == ClassScores((41.0, 7.5), (1.0, 0.25), 0.0)
    assert definition.layers[1].expression == "b1*2"
    assert definition.layers[1].score == RangeScore(0.0, 1.0, invert=True)


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (None, "overlay is not a JSON object"),
        ([], "overlay is not a JSON object"),
        ({}, "layers is not an array of 1 to 8 layers"),
        ({"layers": []}, "layers is not an array of 1 to 8 layers"),
        ({"layers": [CLASSES] * (MAX_LAYERS + 1)}, "layers is not an array"),
        ({"layers": {"0": CLASSES}}, "layers is not an array"),
        ({"layers": ["dem"]}, r"layers[0] is not a JSON object"),
        ({"layers": [CLASSES], "missing": "no"}, "missing is not one of mask, skip"),
        ({"layers": [CLASSES], "mising": "skip"}, "overlay has 'mising', which is not"),
    ],
)
def test_what_is_no_overlay_is_refused(document: object, fault: str):
    (found,) = faults_of(document)

    assert fault in found


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"dataset": 7}, "layers[1].dataset is not the id of a dataset"),
        ({"bidx": 0}, "layers[1].bidx is not a band number from 1"),
        ({"bidx": True}, "layers[1].bidx is not"),
        ({"bidx": 1.5}, "layers[1].bidx is not"),
        ({"weight": 0}, "layers[1].weight is not a number over 0 and up to 1e+06"),
        ({"weight": -1}, "layers[1].weight is not"),
        ({"weight": 2e6}, "layers[1].weight is not"),
        ({"weight": float("nan")}, "layers[1].weight is not"),
        ({"weight": float("inf")}, "layers[1].weight is not"),
        ({"weight": "2"}, "layers[1].weight is not"),
        ({"weight": True}, "layers[1].weight is not"),
        ({"weight": 10**400}, "layers[1].weight is not"),
        ({"range": [1]}, "layers[1].range is not [low, high] with low < high"),
        ({"range": [2, 1]}, "layers[1].range is not"),
        ({"range": [1, 1]}, "layers[1].range is not"),
        ({"range": [0, None]}, "layers[1].range is not"),
        ({"range": "0,1"}, "layers[1].range is not"),
        ({"invert": 1}, "layers[1].invert is not true or false"),
        ({"default": 0}, "layers[1].default has no effect without scores"),
        ({"scores": {"1": 1}}, "layers[1] needs either scores or range"),
        ({"expression": "b1; b2"}, "layers[1].expression is not a string with one"),
        ({"expression": 3}, "layers[1].expression is not a string with one"),
        ({"expression": "b1 +"}, "layers[1].expression is not valid: In the"),
        ({"expression": "b1", "bidx": 1}, "layers[1] has expression and bidx"),
        ({"weigth": 1}, "layers[1] has 'weigth', which is not one of dataset"),
    ],
)
def test_what_is_wrong_with_a_layer_is_named(changes: dict[str, object], fault: str):
    (found,) = layer_faults(**changes)

    assert found.startswith(fault)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"scores": {}}, "layers[0].scores is not an object of 1 to 1000 values"),
        ({"scores": [1]}, "layers[0].scores is not an object"),
        ({"scores": {"forest": 1}}, "layers[0].scores has 'forest', which is no"),
        ({"scores": {"NaN": 1}}, "layers[0].scores has 'NaN', which is not a number"),
        ({"scores": {"true": 1}}, "layers[0].scores has 'true', which is not a number"),
        ({"scores": {"1": 1.5}}, "layers[0].scores has a score for '1' that is not"),
        ({"scores": {"1": None}}, "layers[0].scores has a score for '1' that is not"),
        ({"default": 2}, "layers[0].default is not a number from 0 to 1, or null"),
        ({"invert": True}, "layers[0].invert has no effect without range"),
        (
            {"scores": {str(n): 0 for n in range(1001)}},
            "layers[0].scores is not an object of 1 to 1000",
        ),
    ],
)
def test_what_is_wrong_with_scores_is_named(changes: dict[str, object], fault: str):
    (found,) = faults_of({"layers": [{**CLASSES, **changes}]})

    assert found.startswith(fault)


def test_all_faults_are_told_at_once():
    layers = [
        {"dataset": 1, "weight": 0, "range": []},
        {},
        {**CLASSES, "scores": {"x": 2, "y": 1}},
    ]

    found = faults_of({"layers": layers, "missing": 3})

    assert [fault.split(" ")[0] for fault in found] == [
        "layers[0].dataset",
        "layers[0].weight",
        "layers[0].range",
        "layers[1].dataset",
        "layers[1]",
        "layers[2].scores",
        "layers[2].scores",
        "layers[2].scores",
        "missing",
    ]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "layers",
                    "missing",
                    "dataset",
                    "bidx",
                    "expression",
                    "weight",
                    "scores",
                    "default",
                    "range",
                    "invert",
                    "1",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@given(_JSON)
def test_any_json_is_an_overlay_or_a_definition_error(document: object):
    text = json.dumps({"layers": [document]})
    for value in (document, json.loads(text)):
        try:
            definition = parse_definition(value)
        except DefinitionError as error:
            assert str(error)  # noqa: PT017  either outcome is right
        else:
            assert definition.layers
