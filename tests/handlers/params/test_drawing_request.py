from __future__ import annotations

from urllib.parse import urlencode

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from hypothesis import given
from hypothesis import strategies as st

from handlers.params.lists.rendering import RENDERING
from handlers.params.query import Query, read_query
from handlers.params.requests.drawing import read_drawing
from raster_core.drawing.request import Drawing, Source
from raster_core.raster import Resampling
from raster_core.tile.algorithms.hillshade import Hillshade
from raster_core.tile.algorithms.slope import Slope
from raster_core.tile.algorithms.terrain import TERRAIN_RGB, TERRARIUM
from raster_core.tile.colors.choice import RenderParams
from raster_core.tile.colors.ramps import COLORMAP_NAMES
from raster_core.tile.colors.renderings import ClassColors, Intervals
from testing.client import event

SILENT = Drawing(Source(), RenderParams())


def ask(**parameters: str | list[str]) -> tuple[Drawing, Query]:
    text = urlencode(parameters, doseq=True)
    query = read_query(APIGatewayProxyEventV2(event("GET", "/", text)), RENDERING)
    return read_drawing(query), query


def faults(**parameters: str | list[str]) -> list[str]:
    """The names of the parameters at fault, whose messages name them too."""
    _, query = ask(**parameters)
    assert all(name in message for name, message in query.faults)
    return [name for name, _ in query.faults]


def drawing_of(**parameters: str | list[str]) -> Drawing:
    drawing, query = ask(**parameters)
    assert query.faults == []
    return drawing


def test_rendering_parameters_are_read() -> None:
    drawing = drawing_of(
        bidx=["2", "red", "1"],
        rescale=["-1.5,1e3", "0,1"],
        colormap_name="viridis",
        resampling="cubic",
        nodata="-1",
    )

    assert drawing.source == Source((2, "red", 1), None, -1.0)
    assert drawing.source.bands == (2, "red", 1)
    assert drawing.colors.rescale == ((-1.5, 1000.0), (0.0, 1.0))
    assert drawing.colors.colormap_name == "viridis"
    assert drawing.resampling is Resampling.CUBIC


def test_silence_asks_for_nothing() -> None:
    assert drawing_of() == SILENT


@pytest.mark.parametrize("name", COLORMAP_NAMES)
def test_every_colormap_may_be_asked_for(name: str) -> None:
    assert drawing_of(colormap_name=name).colors.colormap_name == name


@pytest.mark.parametrize("kernel", Resampling)
def test_every_kernel_may_be_asked_for(kernel: Resampling) -> None:
    assert drawing_of(resampling=kernel).resampling is kernel


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_an_interval_ascends(low: float, high: float) -> None:
    drawing, query = ask(rescale=f"{low},{high}")

    assert (drawing.colors.rescale == ((low, high),)) == (low < high)
    assert bool(query.faults) == (low >= high)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"1": "#ff0000", "2": [0, 0, 255, 128]}', ClassColors),
        ('[[[0, 10], "#ff0000"], [[10, null], "#00f"]]', Intervals),
        ('[{"value": 1, "color_hint": "ff0000"}]', ClassColors),
    ],
)
def test_a_colormap_is_read_from_json(text: str, kind: type) -> None:
    assert isinstance(drawing_of(colormap=text).colors.colormap, kind)


@pytest.mark.parametrize("text", ["", "{", "7", "{}", '{"a": "#ff0000"}', '{"1": "x"}'])
def test_an_invalid_colormap_is_a_fault(text: str) -> None:
    assert faults(colormap=text) == ["colormap"]


@pytest.mark.parametrize(
    ("parameters", "algorithm"),
    [
        ({"algorithm": "hillshade"}, Hillshade()),
        ({"algorithm": "slope"}, Slope()),
        ({"algorithm": "slope", "algorithm_params": "{}"}, Slope()),
        ({"algorithm": "terrainrgb"}, TERRAIN_RGB),
        ({"algorithm": "terrarium"}, TERRARIUM),
        (
            {"algorithm": "hillshade", "algorithm_params": '{"azimuth": 45}'},
            Hillshade(azimuth=45),
        ),
        (
            {
                "algorithm": "hillshade",
                "algorithm_params": '{"angle_altitude": 60, "z_exaggeration": 2.5}',
            },
            Hillshade(altitude=60, exaggeration=2.5),
        ),
    ],
)
def test_an_algorithm_is_read(parameters: dict[str, str], algorithm: object) -> None:
    assert drawing_of(**parameters).algorithm == algorithm


@pytest.mark.parametrize(
    "values",
    [
        "",
        "[]",
        "7",
        "{",
        '{"azimuth": 361}',
        '{"azimuth": "north"}',
        '{"azimuth": true}',
        '{"azimuth": null}',
        '{"azimuth": NaN}',
        '{"azimuth": 1e999}',
        '{"azimuth": 1, "azimuth": 2}',
        '{"exaggeration": 1, "z_factor": 2}',
        '{"altitude": -1}',
        '{"colour": 1}',
        "[" * 100_000,
        '{"azimuth": ' + "9" * 5000 + "}",
    ],
)
def test_parameters_that_the_algorithm_does_not_take_are_a_fault(values: str) -> None:
    assert faults(algorithm="hillshade", algorithm_params=values) == [
        "algorithm_params"
    ]


def test_the_message_says_what_the_algorithm_takes() -> None:
    _, query = ask(algorithm="hillshade", algorithm_params='{"azimuth": 400}')

    assert "azimuth (0 to 360), altitude (0 to 90)" in query.faults[0][1]


@pytest.mark.parametrize(
    ("parameters", "names"),
    [
        ({"algorithm": "contours"}, ["algorithm"]),
        ({"algorithm_params": "{}"}, ["algorithm_params"]),
        ({"algorithm": "slope", "algorithm_params": '{"x": 1}'}, ["algorithm_params"]),
        ({"algorithm": "terrarium", "rescale": "0,1"}, ["rescale"]),
        (
            {"algorithm": "terrainrgb", "colormap_name": "gray", "colormap": "{"},
            ["colormap", "colormap_name", "colormap"],
        ),
        ({"resampling": "lanczos"}, ["resampling"]),
        ({"expression": "b1 +"}, ["expression"]),
        ({"expression": "b1", "bidx": "1"}, ["expression"]),
        ({"nodata": "1e400"}, ["nodata"]),
    ],
)
def test_what_contradicts_itself_is_a_fault(
    parameters: dict[str, str], names: list[str]
) -> None:
    assert faults(**parameters) == names
