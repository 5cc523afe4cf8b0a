"""The description says what the code does: routes, parameters, answers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from handlers.openapi.document import describe_api
from handlers.openapi.schemas import SCHEMAS
from handlers.params.lists.zonal import STATS
from handlers.platform.settings import MAX_BODY, MAX_FEATURES, MAX_VERTICES
from handlers.routes import ROUTES
from raster_core.zonal.results.statistics import NAMES
from testing.client import JSON_TYPE, Answer, event, get, invoke
from tests.handlers.openapi.described import check_answer, media_type_of

if TYPE_CHECKING:
    from handlers.contract.route import Route

BASE = "https://maps.example"

each_route = pytest.mark.parametrize(
    "route", ROUTES, ids=lambda route: f"{route.method} {route.path}"
)


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    """The document after its way through JSON."""
    document: dict[str, Any] = json.loads(json.dumps(describe_api(BASE)))
    return document


def operation_of(api: dict[str, Any], route: Route) -> dict[str, Any]:
    described: dict[str, Any] = api["paths"][route.path][route.method.lower()]
    return described


def example_of(operation: dict[str, Any], route: Route, more: str = "") -> Answer:
    """What comes for the examples of a description."""
    places = [p for p in operation["parameters"] if p["in"] == "path"]
    path = route.path.format(**{p["name"]: p["example"] for p in places})
    pairs = [
        (p["name"], value)
        for p in operation["parameters"]
        if p["in"] == "query" and "example" in p
        for value in (
            p["example"] if isinstance(p["example"], list) else [p["example"]]
        )
    ]
    body = operation.get("requestBody")
    example = (
        json.dumps(body["content"]["application/json"]["example"]) if body else None
    )
    headers = JSON_TYPE if body else {}
    return invoke(event(route.method, path, urlencode(pairs) + more, example, headers))


def accepted_names(answer: Answer) -> set[str]:
    """The names that a route knows, as it says itself of one that it does not."""
    assert answer.status == 400, answer.body
    if answer.headers["content-type"] == "application/xml":
        root = ET.fromstring(answer.body)  # noqa: S314  our own
        details = [found.text or "" for found in root.iter() if found.text]
    else:
        details = [fault["detail"] for fault in answer.json()["errors"]]
    (detail,) = (text for text in details if "'nonsense'" in text)
    if "is not supported by this route" in detail:
        return set()
    return set(re.sub(".* is not (one of )?", "", detail).split(", "))


def test_the_document_is_openapi(api: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(api).validate()


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_one(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])


def test_every_schema_is_used(api: dict[str, Any]) -> None:
    used = re.findall(r"#/components/schemas/(\w+)", json.dumps(api))

    assert set(used) == set(SCHEMAS)


def test_what_is_described_are_the_routes(api: dict[str, Any]) -> None:
    described = {(m.upper(), path) for path, ms in api["paths"].items() for m in ms}

    assert described == {(route.method, route.path) for route in ROUTES}


@each_route
def test_what_stands_in_a_path_is_declared_in_its_order(route: Route) -> None:
    assert re.findall(r"{(\w+)}", route.path) == [p.name for p in route.path_params]


@each_route
def test_what_is_described_are_the_parameters(
    api: dict[str, Any], route: Route
) -> None:
    operation = operation_of(api, route)

    names = accepted_names(example_of(operation, route, "&nonsense=1"))

    listed = [p["name"] for p in operation["parameters"] if p["in"] == "query"]
    assert len(listed) == len(set(listed))
    assert set(listed) == names


@each_route
def test_the_examples_are_answered_as_described(
    api: dict[str, Any], route: Route
) -> None:
    operation = operation_of(api, route)

    answer = example_of(operation, route)

    assert answer.status == 200, answer.body
    assert media_type_of(answer) == next(iter(operation["responses"]["200"]["content"]))
    check_answer(api, operation, answer)


@each_route
def test_examples_fit_their_schemas(api: dict[str, Any], route: Route) -> None:
    operation = operation_of(api, route)

    for parameter in operation["parameters"]:
        if "example" in parameter:
            jsonschema.validate(parameter["example"], parameter["schema"])
    for content in operation.get("requestBody", {}).get("content", {}).values():
        known = {**content["schema"], "components": api["components"]}
        jsonschema.validate(content["example"], known)


@each_route
def test_errors_are_answered_as_described(api: dict[str, Any], route: Route) -> None:
    operation = operation_of(api, route)

    answer = example_of(operation, route, "&nonsense=1")

    assert answer.status == 400
    check_answer(api, operation, answer)


@each_route
def test_every_form_of_an_answer_is_described(
    api: dict[str, Any], route: Route
) -> None:
    operation = operation_of(api, route)
    named = {p["name"]: p["schema"] for p in operation["parameters"]}

    for form in named.get("f", {}).get("enum", ()):
        answer = example_of(operation, route, f"&f={form}")
        assert answer.status == 200, answer.body
        check_answer(api, operation, answer)


def test_a_tile_without_data_is_described(api: dict[str, Any]) -> None:
    for path, methods in api["paths"].items():
        operation = methods.get("get", {"parameters": (), "responses": {}})
        statuses = [
            choice
            for parameter in operation["parameters"]
            if parameter["name"] == "empty" and "/tiles/" in path
            for choice in parameter["schema"]["enum"]
        ]

        assert {*statuses} - {"404"} <= {*operation["responses"]}, path


@each_route
def test_choices_are_the_codes_own(api: dict[str, Any], route: Route) -> None:
    """A value beside them is refused, and each of them is not."""
    operation = operation_of(api, route)
    for parameter in operation["parameters"]:
        if parameter["in"] == "path" or parameter["name"] == "colormap_name":
            continue
        schema = parameter["schema"]
        choices = schema.get("enum") or schema.get("items", {}).get("enum")
        if not choices:
            continue
        faults = [
            {fault["parameter"] for fault in answer.json().get("errors", ())}
            for answer in (
                example_of(operation, route, f"&nonsense=1&{parameter['name']}={value}")
                for value in ("beside", *choices)
            )
            if "json" in answer.headers["content-type"]
        ]
        if faults and "example" not in parameter:
            assert parameter["name"] in faults[0]
            assert not any(parameter["name"] in found for found in faults[1:])


def told_of(operation: dict[str, Any], route: Route, more: str) -> str:
    """What is said of some more parameters."""
    answer = example_of(operation, route, f"&nonsense=1&{more}")
    return "\n".join(fault["detail"] for fault in answer.json()["errors"])


@each_route
def test_limits_are_the_codes_own(api: dict[str, Any], route: Route) -> None:
    """What reaches one is not refused for it, and what is beyond is."""
    operation = operation_of(api, route)
    for parameter in operation["parameters"]:
        name, schema = parameter["name"], parameter["schema"]
        if parameter["in"] == "path" or "wmts" in route.path:
            continue
        of_one = schema.get("items", schema)
        for bound, step in (("minimum", -1), ("maximum", 1)):
            if bound in of_one:
                at, beyond = of_one[bound], of_one[bound] + step
                for value, is_refused in ((at, False), (beyond, True)):
                    told = told_of(operation, route, f"{name}={value}")
                    found = f"{name} '{value}' is not" in told
                    assert found == (is_refused and "given more than once" not in told)
        if "maxItems" in schema:
            more = "&".join([f"{name}=1"] * (schema["maxItems"] + 1))
            assert name in told_of(operation, route, more)
        if "maxLength" in schema:
            longest = "1" * schema["maxLength"]
            assert name in told_of(operation, route, f"{name}={longest}1")


def test_the_limits_of_bodies_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> set[str]:
        paths = get("/openapi.json").json()["paths"].values()
        return {
            operation["requestBody"]["description"]
            for methods in paths
            for operation in methods.values()
            if "requestBody" in operation
        }

    (usual,) = told()
    for limit in (MAX_BODY, MAX_FEATURES, MAX_VERTICES):
        assert f"{limit:,}" in usual
    monkeypatch.setenv("RASTERLET_MAX_BODY", "none")
    monkeypatch.setenv("RASTERLET_MAX_FEATURES", "7")
    (other,) = told()
    assert "any number of bytes" in other
    assert " 7 features" in other


def test_the_names_of_statistics_are_the_engines() -> None:
    assert STATS.schema["items"] == {
        "type": "string",
        "enum": list(NAMES),
    }


def test_operations_have_names_of_their_own(api: dict[str, Any]) -> None:
    names = [
        operation["operationId"]
        for methods in api["paths"].values()
        for operation in methods.values()
    ]

    assert len(names) == len(set(names)) == len(ROUTES)


def test_the_server_is_where_the_service_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RASTERLET_BASE_URL", BASE)

    answer = get("/openapi.json")

    assert answer.json()["servers"] == [{"url": BASE}]
    assert answer.json() == json.loads(json.dumps(describe_api(BASE)))
