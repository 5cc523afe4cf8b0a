"""A client generated from the description reads every documented answer, with types."""

from __future__ import annotations

import importlib
import json
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest

from handlers.openapi.document import describe_api
from tests.handlers.openapi.documented import Asked, every_documented_answer

pytest.importorskip("openapi_python_client", reason="make installs it")

from tests.handlers.openapi.generated import PACKAGE, find_operation, generate_client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

type Json = dict[str, Any]

ALL = every_documented_answer()

# What is not the service's own: members of Items, of Features, of OpenAPI.
OPEN = {
    *("AnyGeometry", "Asset", "Item", "ItemGeometryType0", "ItemProperties"),
    *("OpenApi", "OpenApiInfo", "OpenApiPaths"),
    *("StatisticsFeatureProperties", "CrosstabFeatureProperties"),
    *("StatisticsFeatures", "CrosstabFeatures"),
    *("Polygon", "MultiPolygon", "LineString", "ZoneFeature", "LineFeature", "Zones"),
    *("ZoneFeaturePropertiesType0", "LineFeaturePropertiesType0"),
}


@pytest.fixture(scope="module")
def api() -> Json:
    document: Json = json.loads(json.dumps(describe_api("https://maps.example")))
    return document


@pytest.fixture(scope="module")
def package(api: Json, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the client, which can be imported."""
    folder = tmp_path_factory.mktemp("client")
    generate_client(api, folder)
    sys.path.insert(0, str(folder))
    yield folder / PACKAGE
    sys.path.remove(str(folder))


def operation_of(api: Json, asked: Asked) -> Json:
    found: Json = api["paths"][asked.route.path][asked.route.method.lower()]
    return found


def is_first(operation: Json, status: int, media_type: str) -> bool:
    """Whether the client expects a media type: it knows one for each status."""
    content = operation["responses"][str(status)].get("content", {media_type: {}})
    first = next(iter(content))
    return media_type == first or (
        status < 300 and first.startswith("image/") and "xml" not in media_type
    )


@pytest.mark.parametrize("asked", ALL, ids=str)
@pytest.mark.usefixtures("documented_catalogue", "package")
def test_the_client_reads_an_answer(
    asked: Asked, api: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in asked.settings.items():
        monkeypatch.setenv(name, value)
    operation = operation_of(api, asked)
    client = find_operation(PACKAGE, operation, asked)

    sent = client.send()

    assert sent.status_code == asked.status, sent.text[:300]
    media_type = sent.headers.get("content-type", "").partition("; charset")[0]
    if media_type == "application/x-ndjson":
        model = importlib.import_module(f"{PACKAGE}.models").StatisticsFeature
        for line in map(json.loads, sent.text.splitlines()):
            assert model.from_dict(line).to_dict() == line
    elif is_first(operation, asked.status, media_type):
        check_parsed(client.call(), sent, media_type)


def check_parsed(response: Any, sent: Any, media_type: str) -> None:
    """A model that holds the whole document, bytes, text or nothing."""
    assert response.status_code == sent.status_code
    parsed = response.parsed
    if "json" in media_type:
        assert type(parsed).__module__.startswith(f"{PACKAGE}.models.")
        assert parsed.to_dict() == sent.json()
    elif sent.status_code in {204, 304}:
        assert parsed is None
    elif media_type.startswith("text/") or media_type.endswith("/xml"):
        assert parsed == sent.text
    else:
        assert parsed.payload.read() == sent.content


def test_only_what_others_own_has_no_type(package: Path) -> None:
    untyped = set()
    for file in (package / "models").glob("*.py"):
        source = file.read_text()
        members = re.findall(r"^    \w+: (.*)$", source, re.MULTILINE)
        if any(re.search(r"\bAny\b", member) for member in members):
            untyped |= set(re.findall(r"^class (\w+):", source, re.MULTILINE))

    assert untyped <= OPEN


def test_figures_are_attributes(package: Path) -> None:
    source = (package / "models" / "statistics.py").read_text()

    assert "    mean: float | None | Unset" in source
    assert "    unique: int | None | Unset" in source
    assert "    categories: list[Category] | None | Unset" in source
    assert "    additional_properties: dict[str, float | None]" in source
