from __future__ import annotations

from urllib.parse import urlencode

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from hypothesis import given
from hypothesis import strategies as st

from handlers.rendering import RENDER_PARAMS, read_render_params
from handlers.schema import read_query
from raster_core.tile.colormap import COLORMAP_NAMES, RenderParams
from tests.handlers.client import event


def asked(query: str) -> APIGatewayProxyEventV2:
    return APIGatewayProxyEventV2(event("GET", "/", query))


def test_rendering_parameters_are_read() -> None:
    text = "bidx=2&rescale=-1.5,1e3&colormap_name=viridis&resampling=nearest"
    query = read_query(asked(text), RENDER_PARAMS)

    params = read_render_params(query)

    assert params == RenderParams(2, (-1.5, 1000.0), "viridis")
    assert query.faults == []


def test_silence_asks_for_nothing() -> None:
    assert read_render_params(read_query(asked(""), RENDER_PARAMS)) == RenderParams()


@pytest.mark.parametrize("name", COLORMAP_NAMES)
def test_every_colour_map_may_be_asked_for(name: str) -> None:
    query = read_query(asked(f"colormap_name={name}"), RENDER_PARAMS)

    assert read_render_params(query).colormap_name == name


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_an_interval_ascends(low: float, high: float) -> None:
    query = read_query(asked(urlencode({"rescale": f"{low},{high}"})), RENDER_PARAMS)
    params = read_render_params(query)

    assert (params.rescale == (low, high)) == (low < high)
    assert bool(query.faults) == (low >= high)
