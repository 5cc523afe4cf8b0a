"""Parts that JSON schemas are put together from.

Source: JSON Schema 2020-12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raster_core.documents import Json

TEXT: Json = {"type": "string"}
INTEGER: Json = {"type": "integer"}
NUMBER: Json = {"type": "number"}
NUMBER_OR_NULL: Json = {"type": ["number", "null"]}
TEXT_OR_NULL: Json = {"type": ["string", "null"]}


def closed(required: Json, optional: Json | None = None) -> Json:
    """An object without other members."""
    return {**open_ended(required, optional), "additionalProperties": False}


def open_ended(required: Json, optional: Json | None = None) -> Json:
    """An object that may have other members."""
    properties = {**required, **(optional or {})}
    return {"type": "object", "required": list(required), "properties": properties}


def by_name(pattern: str, value: Json) -> Json:
    """An object with a value for each of the names that match a pattern."""
    names = {"propertyNames": {"pattern": pattern}}
    return {"type": "object", **names, "additionalProperties": value}


def array(item: Json, **limits: int) -> Json:
    """An array."""
    return {"type": "array", "items": item, **limits}


def reference(name: str) -> Json:
    """A schema of the components, by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def one_of(*names: str) -> Json:
    """Just one of some schemas of the components."""
    return {"oneOf": [reference(name) for name in names]}


def or_null(schema: Json) -> Json:
    """What a schema describes, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def described(text: str, schema: Json) -> Json:
    """The schema with a description."""
    return {"description": text, **schema}


def collection(feature: Json, optional: Json | None = None) -> Json:
    """A FeatureCollection without other members."""
    kind = {"const": "FeatureCollection"}
    return closed({"type": kind, "features": array(feature)}, optional)
