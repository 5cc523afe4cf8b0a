from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from hypothesis import given
from hypothesis import strategies as st

from handlers.layers import Source
from handlers.rendering import (
    RENDER_PARAMS,
    Drawing,
    describe_bands,
    describe_drawing,
    fill_in,
    read_drawing,
)
from handlers.schema import Query, read_query
from handlers.store import load_catalogue
from raster_core.errors import RequestError
from raster_core.raster import Resampling
from raster_core.source.dataset import RenderDefaults
from raster_core.tile.algorithms.hillshade import Hillshade
from raster_core.tile.algorithms.slope import Slope
from raster_core.tile.algorithms.terrain import TERRAIN_RGB, TERRARIUM
from raster_core.tile.colors.choice import RenderParams
from raster_core.tile.colors.renderings import ClassColors, Composite, Intervals, Ramp
from raster_core.tile.ramps import COLORMAP_NAMES
from testing.client import event

if TYPE_CHECKING:
    from raster_core.source.dataset import Dataset

SILENT = Drawing(Source(), RenderParams())


def ask(**parameters: str | list[str]) -> tuple[Drawing, Query]:
    text = urlencode(parameters, doseq=True)
    query = read_query(APIGatewayProxyEventV2(event("GET", "/", text)), RENDER_PARAMS)
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


def grid() -> Dataset:
    return load_catalogue().dataset("grid")


def test_rendering_parameters_are_read() -> None:
    drawing = drawing_of(
        bidx=["2", "red", "1"],
        rescale=["-1.5,1e3", "0,1"],
        colormap_name="viridis",
        resampling="cubic",
        nodata="-1",
    )

    assert drawing.source == Source((2, "red", 1), None, -1.0)
    assert drawing.colors.bands == (2, "red", 1)
    assert drawing.colors.rescale == ((-1.5, 1000.0), (0.0, 1.0))
    assert drawing.colors.colormap_name == "viridis"
    assert drawing.resampling is Resampling.CUBIC


def test_silence_asks_for_nothing() -> None:
    assert drawing_of() == SILENT


@pytest.mark.parametrize("name", COLORMAP_NAMES)
def test_every_colour_map_may_be_asked_for(name: str) -> None:
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
def test_a_colour_map_is_read_from_json(text: str, kind: type) -> None:
    assert isinstance(drawing_of(colormap=text).colors.colormap, kind)


@pytest.mark.parametrize("text", ["", "{", "7", "{}", '{"a": "#ff0000"}', '{"1": "x"}'])
def test_a_colour_map_that_is_none_is_a_fault(text: str) -> None:
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


def test_the_datasets_rendering_counts_where_the_request_is_silent() -> None:
    own = RenderDefaults((3, 2, 1), resampling="bilinear", nodata=7.0)

    filled = fill_in(SILENT, own)

    assert filled.source == Source((3, 2, 1), None, 7.0)
    assert filled.resampling is Resampling.BILINEAR


def test_the_request_goes_before_the_datasets_rendering() -> None:
    own = RenderDefaults((3, 2, 1), resampling="bilinear", nodata=7.0)

    filled = fill_in(drawing_of(bidx="2", resampling="mode"), own)

    assert filled.source == Source((2,), None, None)
    assert filled.resampling is Resampling.MODE


def test_an_unknown_kernel_of_a_dataset_is_the_nearest() -> None:
    filled = fill_in(SILENT, RenderDefaults(resampling="lanczos"))

    assert filled.resampling is Resampling.NEAREST


def test_an_algorithm_takes_the_first_band_bilinearly() -> None:
    own = RenderDefaults((3, 2, 1), resampling="nearest", expression="b1/b2")

    filled = fill_in(drawing_of(algorithm="slope"), own)

    assert filled.source == Source((3,))
    assert filled.resampling is Resampling.BILINEAR


def test_an_algorithm_takes_the_kernel_asked_for() -> None:
    drawing = drawing_of(algorithm="slope", resampling="cubic")

    assert fill_in(drawing, RenderDefaults()).resampling is Resampling.CUBIC


def describe(**parameters: str | list[str]) -> tuple[list[str], object]:
    dataset = grid()
    drawing = fill_in(drawing_of(**parameters), dataset.rendering)
    bands, rendering = describe_drawing(dataset, drawing, lambda _: (0.25, 0.75))
    return [band.name for band in bands], rendering


def test_bands_and_colours_are_known_without_opening() -> None:
    assert describe(rescale="0,5", colormap_name="gray") == (
        ["b1"],
        Ramp(0, 5, "gray"),
    )


def test_an_expression_is_a_band_of_its_own() -> None:
    names, rendering = describe(expression="b2 - b1", rescale="0,5")

    assert names == ["b2 - b1"]
    assert isinstance(rendering, Ramp)


def test_a_condition_is_drawn_from_false_to_true() -> None:
    _, rendering = describe(expression="b1 > 5000")

    assert (rendering.minimum, rendering.maximum) == (0, 1)  # type: ignore[attr-defined]


def test_a_shade_is_drawn_as_it_is_and_not_as_the_dataset() -> None:
    assert describe(algorithm="hillshade") == (["hillshade"], Ramp(1, 255, "gray"))


def test_heights_as_colours_are_exact() -> None:
    names, rendering = describe(algorithm="terrarium")

    assert names == ["red", "green", "blue"]
    assert rendering == Composite(((0, 255),) * 3, exact=True)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"bidx": "3"}, "Band 3 is not one of 1 to 2"),
        ({"bidx": "swir"}, "Band 'swir'"),
        ({"bidx": ["1", "2"]}, "2 bands cannot be drawn"),
        ({"bidx": ["1", "2"], "algorithm": "slope"}, "one band of heights, not 2"),
        ({"expression": "b1 - b3"}, "Band 3"),
        ({"expression": "b1;b2"}, "2 bands cannot be drawn"),
        ({"color_formula": "saturation 2"}, "saturation needs three bands"),
        ({"rescale": ["0,1", "0,2"]}, "2 rescale"),
        (
            {"colormap_name": "gray", "colormap": json.dumps({"1": "#fff"})},
            "exclude each other",
        ),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_is_read(
    parameters: dict[str, str | list[str]], message: str
) -> None:
    with pytest.raises(RequestError, match=message):
        describe(**parameters)


def test_stored_values_need_no_colours() -> None:
    drawing = fill_in(drawing_of(bidx=["2", "1"]), RenderDefaults())

    assert [band.index for band in describe_bands(grid(), drawing)] == [2, 1]
