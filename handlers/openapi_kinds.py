"""What a parameter is in OpenAPI, and the schemas that most have.

Source: OpenAPI Specification 3.1, "Parameter Object"; JSON Schema 2020-12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raster_core.documents import Json


from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query string or a path."""

    text: str
    schema: Json
    example: object = None
    """None for none."""
    required: bool = False


def text(example: str | None = None) -> Json:
    """Text, with an example."""
    return {"type": "string", **({"examples": [example]} if example else {})}


def choice(*choices: str, default: str | None = None) -> Json:
    """One of some words."""
    known = {"type": "string", "enum": list(choices)}
    return {**known, "default": default} if default else known


def flag(*, default: bool = False) -> Json:
    """True or false."""
    return {"type": "boolean", "default": default}


def integer(low: int, high: int, default: int | None = None) -> Json:
    """A whole number."""
    known = {"type": "integer", "minimum": low, "maximum": high}
    return {**known, "default": default} if default is not None else known


def number(low: float | None = None, high: float | None = None) -> Json:
    """A number."""
    limits = {"minimum": low, "maximum": high}
    known = {name: limit for name, limit in limits.items() if limit is not None}
    return {"type": "number", **known}


def many(item: Json, most: int | None = None) -> Json:
    """A list, of so many at most."""
    known = {"type": "array", "items": item}
    return {**known, "maxItems": most} if most is not None else known


def describe_parameter(key: str, parameter: Parameter, place: str) -> Json:
    """The Parameter Object of a parameter in ``path`` or ``query``."""
    described: dict[str, object] = {
        "name": key.partition(":")[0],
        "in": place,
        "description": parameter.text,
        "required": parameter.required or place == "path",
        "schema": parameter.schema,
    }
    if parameter.example is not None:
        described["example"] = parameter.example
    return described
