"""WMTS 1.0.0: capabilities, and tiles by key-value pairs.

A Lambda function of its own: capabilities do not need GDAL, which is imported with the
first tile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from handlers import routes
from handlers.catalogue.store import load_catalogue
from handlers.http.answers import error_headers, status_of, text_answer
from handlers.http.app import make_app, serve, try_again
from handlers.http.caching import conditional
from handlers.http.handles import handles
from handlers.http.urls import base_url
from handlers.http.versions import dataset_key
from handlers.ows.key_values import (
    STATUS,
    KeyValues,
    check_capabilities,
    check_request,
    check_tile,
    read_key_values,
)
from handlers.params.errors import InvalidError, as_invalid
from handlers.params.lists.rendering import VERSION
from handlers.platform.powertools import Response, logger, metrics
from raster_core.catalogue.versions import version_of
from raster_core.errors import RasterError, RequestError, SourceError
from raster_core.tile.documents.wmts import (
    Fault,
    Service,
    write_capabilities,
    write_report,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from http import HTTPStatus

    from handlers.platform.powertools import LambdaContext

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

    Both URLs take both requests, because OWSLib adds keys to the RESTful one too.
    """
    try:
        return try_again(_answer)
    except RasterError as error:
        return _report_error(error)


def _answer() -> Response[str] | Response[bytes]:
    pairs = read_key_values(app.current_event.raw_query_string or "")
    is_tile = pairs.operation == "GetTile"
    faults = check_request(pairs)
    if not faults:
        faults = check_tile(pairs) if is_tile else check_capabilities(pairs)
    if faults:
        return _report(faults)
    if not is_tile:
        return _describe(pairs)
    # Imports GDAL, which capabilities do not need.
    from handlers.ows.get_tile import answer_get_tile  # noqa: PLC0415

    return answer_get_tile(app.current_event, pairs)


def _describe(pairs: KeyValues) -> Response[str]:
    """The capabilities; rendering parameters go into every URL."""
    datasets = tuple(load_catalogue().datasets.values())
    keys = ((dataset.id, dataset_key(dataset)) for dataset in datasets)
    versions = {name: f"{VERSION.name}={key}" for name, key in keys if key}
    carried = [pair for pair in pairs.others if pair[0] != VERSION.name]
    service = Service(base_url(app.current_event), urlencode(carried), versions)
    return conditional(
        app.current_event,
        f"{version_of(*datasets)} {service.base}",
        lambda: text_answer(write_capabilities(datasets, service), MEDIA_TYPE),
        weak=True,
    )


def _report_error(error: RasterError) -> Response[str]:
    """An error as an exception report, with the status it has on other routes."""
    if isinstance(error, SourceError):
        # The cause names files and buckets: for the log, not for the answer.
        logger.error(str(error), exc_info=error)
    is_request = isinstance(error, RequestError)
    code = "InvalidParameterValue" if is_request else "NoApplicableCode"
    error = as_invalid(error)
    faults = [Fault(code, "", str(error))]
    if isinstance(error, InvalidError):
        faults = [Fault(code, *fault) for fault in error.faults]
    return _report(faults, status_of(error))


def _report(faults: Sequence[Fault], status: HTTPStatus | None = None) -> Response[str]:
    """An exception report.

    Args:
        faults: At least one.
        status: By default that of the first fault.
    """
    chosen = status or STATUS[faults[0].code]
    return Response(chosen, MEDIA_TYPE, write_report(faults), error_headers(chosen))
