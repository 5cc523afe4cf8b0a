from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.errors import RequestError
from raster_core.tile.colors.colormap import parse_colormap
from raster_core.tile.colors.entries import MAX_ENTRIES
from raster_core.tile.colors.renderings import ClassColors, Intervals, Rendering

CLASSES = ClassColors((1,), ("#ff0000",))
BLUE = Intervals(((0.0, 1.0),), ("#0000ff",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"1": "#ff0000"}', CLASSES),
        (
            '{"2": [0,0,255], "1": [255,0,0,128]}',
            ClassColors((1, 2), ("#ff000080", "#0000ff")),
        ),
        ('{"0.5": "#ff0000"}', ClassColors((0.5,), ("#ff0000",))),
        ('[[[0, 1], "#0000ff"]]', BLUE),
        ("[[[0, 1], [0, 0, 255, 255]]]", BLUE),
        ('[{"value": 1, "color_hint": "ff0000"}]', CLASSES),
    ],
)
def test_a_colormap_is_read(text: str, expected: Rendering):
    assert parse_colormap(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "colormap is not JSON"),
        ("{", "colormap is not JSON"),
        ("[" * 100_000, "colormap is not JSON"),
        ("3", "not an object of colours by value or a list of intervals"),
        ('"viridis"', "not an object of colours by value or a list of intervals"),
        ("null", "not an object"),
        ("{}", "not an object"),
        ("[]", "not an object"),
        ('{"a": "#ff0000"}', "value 'a' is not a finite number"),
        ('{"1": "red"}', 'colour "red" is not #rrggbb'),
        ("[[[0, NaN], [0, 0, 0]]]", "interval"),
        ('[{"value": 1}]', "colour"),
        ('[{"value": 1, "color_hint": "ff0000"}, 3]', "interval"),
    ],
)
def test_an_invalid_colormap_is_refused_with_the_reason(text: str, said: str):
    with pytest.raises(RequestError, match=said):
        parse_colormap(text)


def test_a_colormap_has_a_limit():
    most = {str(n): "#000000" for n in range(MAX_ENTRIES)}

    assert len(parse_colormap(json.dumps(most)).colors) == MAX_ENTRIES
    with pytest.raises(RequestError, match="4097 entries, which exceeds 4096"):
        parse_colormap(json.dumps({**most, "-1": "#000000"}))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_any_json_is_a_colormap_or_a_request_error(document: object):
    try:
        parsed = parse_colormap(json.dumps(document))
    except RequestError as error:
        assert str(error)  # noqa: PT017  either outcome is right
    else:
        assert len(parsed.colors) > 0
