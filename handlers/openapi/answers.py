"""The answers of a route, as Responses Objects of OpenAPI.

Source: OpenAPI Specification 3.1, "Responses Object"; JSON Schema 2020-12.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from handlers.openapi.json_schema import TEXT, reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.contract.route import Answer, Route
    from raster_core.documents import Json

PROBLEM_TYPE = "application/problem+json"

_BYTES: Json = {"schema": {"type": "string", "format": "binary"}}

_TAG: Json = {
    "ETag": {
        "description": "Names this answer, for `If-None-Match`.",
        "schema": TEXT,
    }
}

_RETRY_AFTER: Json = {
    "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}
}

_CONTENT_RANGE: Json = {
    "Content-Range": {
        "description": "Which bytes of how many.",
        "schema": TEXT,
    }
}

_MEANINGS: Mapping[int, str] = {
    400: "A parameter or the body cannot be read, or contradicts another",
    404: "A dataset, a colormap or a tile that the address names does not exist",
    413: "The request would cost too much, or its answer would be too long",
    415: "The body is not declared as JSON",
    416: "The range lies beyond the end of the image",
    422: "No zone of the request is usable",
    501: "The operation is one that WMTS knows and the service does not",
    502: "The store failed, or a file is not what the catalogue says",
    503: "The store asks for fewer requests, or a file was replaced meanwhile",
    504: "The request would take longer than it may",
}


def describe_answers(route: Route) -> Json:
    """Every answer of a route by its status; ``default`` is any other problem."""
    answers = route.answers
    good = {"content": {form.media_type: _content(form) for form in answers.forms}}
    tag = {"headers": _TAG} if route.is_tagged else {}
    ranged = any(form.media_type.startswith("image/tiff") for form in answers.forms)
    statuses = (*answers.problems, *((416,) if ranged else ()))
    return {
        "200": {"description": route.summary, **tag, **good},
        **({"204": _no_data(tag)} if answers.may_be_empty else {}),
        **({"206": _part(route)} if ranged else {}),
        **({"304": _unchanged(tag)} if tag else {}),
        **{str(status): _problem(route, status) for status in sorted(statuses)},
        "default": _problem(route, None),
    }


def _content(form: Answer) -> Json:
    """The Media Type Object of one form."""
    if form.schema is not None and form.media_type.endswith(("/json", "+json")):
        return {"schema": reference(form.schema)}
    if form.schema is not None:
        lines = {"contentMediaType": "application/json"}
        schema = {"type": "string", **lines, "contentSchema": reference(form.schema)}
        return {"schema": {**schema, "description": "One document per line."}}
    if form.media_type.startswith("text/") or form.media_type.endswith("/xml"):
        return {"schema": TEXT}
    return _BYTES


def _no_data(tag: Json) -> Json:
    return {"description": "The tile has no data, and `empty` is 204", **tag}


def _unchanged(tag: Json) -> Json:
    return {"description": "The answer that `If-None-Match` names is current", **tag}


def _part(route: Route) -> Json:
    """A part of a GeoTIFF, which is the last of the forms."""
    return {
        "description": "The part of a GeoTIFF that `Range` names",
        "headers": {**_TAG, **_CONTENT_RANGE},
        "content": {route.answers.forms[-1].media_type: _BYTES},
    }


def _problem(route: Route, status: int | None) -> Json:
    """A problem document; None for a status that is not listed."""
    content: dict[str, Json] = {PROBLEM_TYPE: {"schema": reference("Problem")}}
    reports = route.answers.reports
    if reports and status is None:
        content |= {reports: {"schema": TEXT}}
    elif reports:
        content = {reports: {"schema": TEXT}}
    described: dict[str, object] = {
        "description": "Any other problem" if status is None else _MEANINGS[status],
        "content": content,
    }
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        described["headers"] = _RETRY_AFTER
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        described["headers"] = _CONTENT_RANGE
    return described
