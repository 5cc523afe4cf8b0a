"""WMTS 1.0.0: capabilities, and tiles by key-value pairs.

A function of its own: capabilities take no GDAL, and a tile is drawn as the tile route
draws it, which is imported with the first one.
"""

from __future__ import annotations

import base64
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from handlers import routes
from handlers.addresses import base_url
from handlers.answers import status_of, text_answer
from handlers.caching import conditional
from handlers.params.lists import wmts as params
from handlers.params.param import names_of
from handlers.params.query import Query
from handlers.powertools import Response, handles
from handlers.rendering import read_drawing
from handlers.store import load_catalogue
from handlers.versions import VERSION_PARAM, dataset_key, version_of
from handlers.web import logger, make_app, metrics, resolve_again, serve
from handlers.wmts_request import (
    STATUS,
    KeyValues,
    check_request,
    check_tile,
    check_versions,
    read_key_values,
    tile_path,
)
from raster_core.errors import RasterError, SourceError
from raster_core.tile.wmts import Fault, Service, write_capabilities, write_report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from handlers.powertools import LambdaContext

MEDIA_TYPE = "application/xml"

app = make_app()


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, object], context: LambdaContext) -> dict[str, object]:
    """The Lambda entry point."""
    return serve(app, event, context)


@handles(app, routes.WMTS)
@handles(app, routes.CAPABILITIES)
def get_wmts() -> Response[str] | Response[bytes]:
    """The capabilities, a tile, or what is wrong with the request.

    At both addresses: OWSLib adds keys to the RESTful one too.
    """
    asked = read_key_values(app.current_event.raw_query_string or "")
    try:
        faults = _find_faults(asked)
        if faults:
            return _report(faults)
        tile = asked.operation == "GetTile"
        return _draw_tile(asked) if tile else _describe(asked)
    except RasterError as error:
        return _report_error(error)


def _find_faults(asked: KeyValues) -> list[Fault]:
    faults = check_request(asked)
    if faults or asked.operation == "GetTile":
        # The tile route itself looks at the rendering parameters.
        return faults or check_tile(asked, load_catalogue().datasets)
    return check_versions(asked) + _rendering_faults(asked)


def _rendering_faults(asked: KeyValues) -> list[Fault]:
    """What is wrong with the parameters that are none of WMTS."""
    query = Query(asked.others)
    query.check_names(names_of(params.WMTS))
    query.refuse_unused(params.OF_TILES, "with GetCapabilities, only with GetTile")
    read_drawing(query)
    return [Fault("InvalidParameterValue", *fault) for fault in query.faults]


def _describe(asked: KeyValues) -> Response[str]:
    """The capabilities; rendering parameters go into every URL."""
    datasets = tuple(load_catalogue().datasets.values())
    keys = ((dataset.id, dataset_key(dataset)) for dataset in datasets)
    versions = {name: f"{VERSION_PARAM}={key}" for name, key in keys if key}
    carried = [pair for pair in asked.others if pair[0] != VERSION_PARAM]
    service = Service(base_url(app.current_event), urlencode(carried), versions)
    return conditional(
        app.current_event,
        f"{version_of(*datasets)} {service.base}",
        lambda: text_answer(write_capabilities(datasets, service), MEDIA_TYPE),
        weak=True,
    )


def _draw_tile(asked: KeyValues) -> Response[str] | Response[bytes]:
    """What the tile route answers, its errors as a report."""
    from handlers.tiles import app as tiles  # noqa: PLC0415  loads GDAL

    event, path = dict(app.current_event.raw_event), tile_path(asked)
    http = {**event["requestContext"]["http"], "path": path}
    context = {**event["requestContext"], "http": http, "stage": "$default"}
    request = {
        **event,
        "rawPath": path,
        "rawQueryString": urlencode(asked.others),
        "requestContext": context,
    }
    answer: Mapping[str, Any] = resolve_again(tiles, request, app.lambda_context)
    if answer["statusCode"] >= HTTPStatus.BAD_REQUEST:
        return _report_problem(answer)
    body = base64.b64decode(answer["body"]) if answer.get("body") else None
    return Response(answer["statusCode"], body=body, headers=answer["headers"])


def _report_problem(answer: Mapping[str, object]) -> Response[str]:
    """A problem document as an exception report, with its status and headers."""
    problem = json.loads(str(answer["body"]))
    status = HTTPStatus(problem["status"])
    faults = [
        Fault("InvalidParameterValue", entry["parameter"], entry["detail"])
        for entry in problem.get("errors", ())
    ]
    wrong = "InvalidParameterValue" if status < 500 else "NoApplicableCode"
    faults = faults or [Fault(wrong, "", problem["detail"])]
    response = _report(faults, status)
    headers = answer["headers"]
    assert isinstance(headers, dict)  # noqa: S101  as the resolver makes them
    for name in ("Cache-Control", "Retry-After"):
        if name in headers:
            response.headers[name] = headers[name]
    return response


def _report_error(error: RasterError) -> Response[str]:
    if isinstance(error, SourceError):
        # The cause names files and buckets: for the log, not for the answer.
        logger.error(str(error), exc_info=error)
    return _report([Fault("NoApplicableCode", "", str(error))], status_of(error))


def _report(faults: Sequence[Fault], status: HTTPStatus | None = None) -> Response[str]:
    """An exception report; its status is that of the first fault."""
    chosen = status or STATUS.get(faults[0].code, HTTPStatus.INTERNAL_SERVER_ERROR)
    headers: dict[str, str | list[str]] = {"Cache-Control": "no-store"}
    return Response(chosen, MEDIA_TYPE, write_report(faults), headers)
