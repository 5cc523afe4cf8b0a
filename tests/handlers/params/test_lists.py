"""Laws of all parameters, whichever route takes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import jsonschema
import pytest

from handlers.params.param import ListParam, Param, names_of
from handlers.routes import ROUTES, Route
from tests.handlers.test_parameters import PARAMS, REQUESTS, Request, same

if TYPE_CHECKING:
    from testing.client import Answer

PARAMS_OF_QUERIES = list(
    {id(param): param for route in ROUTES for param in route.params}.values()
)

WITH_DEFAULT = [param for param in PARAMS_OF_QUERIES if "default" in param.schema]

each_param = pytest.mark.parametrize("param", PARAMS_OF_QUERIES, ids=lambda p: p.name)

each_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)


def as_text(value: object) -> str:
    """A value of a schema as it stands in a query string."""
    return value if isinstance(value, str) else json.dumps(value)


@each_route
def test_no_route_has_two_parameters_of_one_name(route: Route) -> None:
    names = names_of((*route.path_params, *route.params))

    assert len(names) == len(set(names))


@each_param
def test_every_parameter_is_described(param: Param[object, object]) -> None:
    jsonschema.Draft202012Validator.check_schema(param.schema)
    assert param.text.endswith(".")
    assert param.parser.rule


@each_param
def test_an_example_is_taken(param: Param[object, object]) -> None:
    examples = param.example if isinstance(param, ListParam) else [param.example]
    assert isinstance(examples, list | None)
    faults: list[tuple[str, str]] = []

    if param.example is not None:
        param.read([as_text(example) for example in examples or ()], faults)

    assert faults == []


@pytest.mark.parametrize("param", WITH_DEFAULT, ids=lambda p: p.name)
def test_a_default_is_what_it_is_written_as(param: Param[object, object]) -> None:
    faults: list[tuple[str, str]] = []
    text = as_text(param.schema["default"])

    assert param.read([], faults) == param.read([text], faults) == param.default
    assert param.is_default([text])
    assert faults == []


@pytest.mark.parametrize("param", WITH_DEFAULT, ids=lambda p: p.name)
def test_a_choice_beside_the_default_is_not_it(param: Param[object, object]) -> None:
    for word in param.schema.get("enum", ()):
        assert param.is_default([word]) == (word == param.schema["default"])


@pytest.mark.parametrize(
    ("request_", "name", "text"),
    [
        pytest.param(request, param.name, text, id=f"{param.name} {request}")
        for request in REQUESTS
        for param in PARAMS[request.route]
        if "default" in param.schema and f"{param.name}=" not in request.query
        for text in [as_text(param.schema["default"])]
    ],
)
def test_a_default_that_is_written_out_changes_nothing(
    request_: Request, name: str, text: str, plain: dict[int, Answer]
) -> None:
    """Also where the parameter has no effect, so that a client may always send it."""
    if id(request_) not in plain:
        plain[id(request_)] = request_.send()

    answer = request_.send(urlencode({name: text}))

    assert answer.status == 200, answer.body[:300]
    # The URLs of some documents carry on what they were asked with.
    carried = request_.path.endswith(("tilejson.json", "wmts", ".xml"))
    assert carried or same(answer, plain[id(request_)])


@pytest.fixture(scope="module")
def plain() -> dict[int, Answer]:
    """Answers to requests without any further parameter, by identity."""
    return {}
