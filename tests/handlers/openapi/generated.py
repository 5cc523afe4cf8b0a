"""A client generated from the OpenAPI document, which asks the handlers."""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
import typing
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import httpx

from testing.client import read_answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import ModuleType

    from tests.handlers.openapi.documented import Asked

type Json = dict[str, Any]

# What the generator knows no type for is bytes or text to it.
CONFIG = """
post_hooks: []
content_type_overrides:
  image/png: application/octet-stream
  image/webp: application/octet-stream
  image/jpeg: application/octet-stream
  application/x-binary: application/octet-stream
  "image/tiff; application=geotiff": application/octet-stream
  application/xml: text/plain
"""

PACKAGE = "rasterlet_client"


def generate_client(api: Json, folder: Path) -> None:
    """Write the package; a warning of the generator fails."""
    (folder / "openapi.json").write_text(json.dumps(api))
    (folder / "config.yml").write_text(CONFIG)
    command = [
        *(sys.executable, "-m", "openapi_python_client", "generate"),
        *("--path", "openapi.json", "--output-path", PACKAGE, "--meta", "none"),
        *("--config", "config.yml", "--fail-on-warning"),
    ]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)


class Handlers(httpx.BaseTransport):
    """Answers a client as the gateway does."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        sent = self._asked.event()
        sent["rawPath"] = sent["requestContext"]["http"]["path"] = request.url.path
        pairs = [*request.url.params.multi_items(), *unknown_pairs(self._asked)]
        sent["rawQueryString"] = str(httpx.QueryParams(pairs))
        if request.content:
            sent["body"] = request.content.decode()
        answer = read_answer(self._asked.invoke(sent))
        headers = {k: v for k, v in answer.headers.items() if k != "content-encoding"}
        return httpx.Response(answer.status, headers=headers, content=answer.body)


def unknown_pairs(asked: Asked) -> list[tuple[str, str]]:
    """Parameters that no client can name."""
    known = {param.name for param in asked.route.params}
    return [pair for pair in asked.query if pair[0] not in known]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the client."""

    module: ModuleType
    client: Any
    asked: Asked

    def call(self) -> Any:
        """The response, parsed."""
        return self.module.sync_detailed(client=self.client, **self._arguments())

    def send(self) -> httpx.Response:
        """The response as it comes, to the request that the client makes."""
        made = self.module._get_kwargs(**self._arguments())
        response: httpx.Response = self.client.get_httpx_client().request(**made)
        return response

    def _arguments(self) -> Json:
        get_kwargs = self.module._get_kwargs
        hints = typing.get_type_hints(get_kwargs, vars(self.module))
        names = {name.rstrip("_").lower(): name for name in hints}
        texts: dict[str, list[str]] = {}
        braces = {param.name for param in self.asked.route.path_params}
        placed = (item for item in self.asked.path.items() if item[0] in braces)
        for name, text in (*placed, *self.asked.query):
            texts.setdefault(name.lower(), []).append(text)
        found = {
            names[name]: typed(hints[names[name]], given)
            for name, given in texts.items()
            if name in names and name != "return"
        }
        body = self._body(hints["body"]) if "body" in hints else None
        return {**found, **({"body": body} if body else {})}

    def _body(self, hint: Any) -> Any:
        """The body as one of the client's types; None for one that has none."""
        for kind in typing.get_args(hint):
            if getattr(kind, "from_dict", None):
                try:
                    return kind.from_dict(self.asked.body)
                except (KeyError, TypeError, ValueError):
                    continue
        return None


def typed(hint: Any, texts: list[str]) -> Any:
    """Texts of a query as a parameter's type."""
    is_list = typing.get_origin(hint) is list
    kinds = (hint,) if is_list else typing.get_args(hint) or (hint,)
    for kind in kinds:
        if typing.get_origin(kind) is list:
            (item,) = typing.get_args(kind)
            parts = [part for text in texts for part in text.split(",")]
            return [typed(item, [part]) for part in (texts if item is str else parts)]
    if bool in kinds:
        return texts[0] == "true"
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, (Enum, int, float, str)):
            try:
                return kind(texts[0])
            except ValueError:
                continue
    raise AssertionError(f"{hint} does not take {texts}")


def find_operation(package: str, route: Mapping[str, Any], asked: Asked) -> Operation:
    """The operation of the client for a request.

    Args:
        package: The client's package.
        route: The operation in the OpenAPI document.
        asked: The request.
    """
    tag = importlib.import_module(f"{package}.api.{route['tags'][0].lower()}")
    wanted = route["operationId"].lower()
    (name,) = (
        found.name
        for found in pkgutil.iter_modules(tag.__path__)
        if found.name.replace("_", "") == wanted
    )
    module = importlib.import_module(f"{tag.__name__}.{name}")
    made = importlib.import_module(f"{package}.client").Client(
        base_url="https://maps.example",
        headers=dict(asked.headers),
        httpx_args={"transport": Handlers(asked)},
        raise_on_unexpected_status=True,
    )
    return Operation(module, made, asked)
