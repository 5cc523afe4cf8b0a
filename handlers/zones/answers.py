"""Answers of zonal statistics, whatever the zones are counted on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.http.answers import json_answer, text_answer, uncached
from handlers.http.app import seconds_left
from handlers.http.streaming import answer_batches, begin, can_stream
from handlers.params.requests.statistics import StatisticsRequest, read_statistics
from handlers.zones.body import Body, read_body, read_crs, read_modifications
from handlers.zones.counted import open_counted, resolve_counted
from handlers.zones.formats import MEDIA_TYPES, describe_batch
from handlers.zones.forms import choose_form
from handlers.zones.outcomes import (
    Naming,
    all_bad,
    answer_all_bad,
    answer_features,
    describe_feature,
    describe_zones,
    place_pieces,
    split_good,
)
from handlers.zones.second import describe_second
from raster_core.errors import ZoneError
from raster_core.zonal.engine import (
    stream_raster,
    stream_statistics,
)
from raster_core.zonal.reading.modified import modify_layer
from raster_core.zonal.steps import order_pieces
from raster_core.zonal.zones.zone import Zone, read_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from handlers.params.query import Query
    from handlers.platform.powertools import (
        APIGatewayProxyEventV2,
        LambdaContext,
        Response,
    )
    from raster_core.catalogue.dataset import Dataset
    from raster_core.documents import Json
    from raster_core.grid import Bounds
    from raster_core.layers.spec import LayerSpec
    from raster_core.raster import Layer
    from raster_core.zonal.results.columns import ZoneBatch
    from raster_core.zonal.steps import Piece


def answer_zones(
    query: Query,
    find: Callable[[], Dataset],
    *,
    event: APIGatewayProxyEventV2,
    context: LambdaContext,
    grid: str | None = None,
) -> Response[str]:
    """Statistics of the zones in a body.

    Args:
        query: ``lists.zonal.ZONE_STATISTICS``; what else is in it has been read.
        find: The dataset; called when the request has no fault.
        event: The request.
        context: The context of the invocation.
        grid: Dataset whose pixels are counted, if the answer has to say so.
    """
    request = replace(read_statistics(query, seconds_left(context)), grid=grid)
    crs = read_crs(query)
    query.check()
    body = read_body(event, crs, modifiable=True)
    if all_bad(body.zones):
        return answer_all_bad(body.zones, event.path)

    many = body.is_collection or request.form in {"csv", "ndjson"}
    if many and can_stream(context):
        request = request.without_deadline()
    layer = open_counted(resolve_counted(find(), request), request)
    request.check_figures(len(body.zones), layer.info.bands)
    modifications = read_modifications(body)
    if modifications:
        layer = modify_layer(
            layer, modifications, max_crossings=request.options.max_crossings
        )
    pieces, zones = split_good(
        layer, body.zones, request.options, lambda good: _start(layer, good, request)
    )
    if all_bad(zones):
        return answer_all_bad(zones, event.path)
    # The first block is read before there is an answer, so its errors still are one.
    ready = order_pieces(place_pieces(begin(pieces), zones))
    members = body.members if request.include_geometry else {}
    form, naming = choose_form(
        body.features, zones, layer=layer, request=request, members=members
    )
    batches = _describe_batches(ready, body, zones, naming, request)
    if not many:
        answers = [answer for batch in batches for answer in batch]
        return uncached(
            answer_features(
                body,
                answers,
                include_geometry=request.include_geometry,
                media_type=MEDIA_TYPES[request.form],
            )
        )
    return answer_batches(batches, len(zones), form, event=event, context=context)


def answer_box(
    spec: LayerSpec, request: StatisticsRequest, box: Bounds | None
) -> Response[str]:
    """Statistics of a box, as one Feature.

    Args:
        spec: As ``resolve_counted`` returns it.
        request: What it requests.
        box: Degrees, right beyond 180 over the antimeridian; None for the whole raster.
    """
    layer = open_counted(spec, request)
    polygon: Json | None = None
    zones: list[Zone] = []
    if box is None:
        batches = stream_raster(layer, request.options)
    else:
        polygon = {"type": "Polygon", "coordinates": [_ring(box)]}
        zones = [read_zone(polygon)]
        batches = stream_statistics(layer, zones, request.options)
    (found,) = (zone for batch in batches for zone in _describe(batch, layer, request))
    second = describe_second(
        layer, request.second, zones, request.options, request.names
    )
    answer: Json = {
        "type": "Feature",
        "geometry": polygon if request.include_geometry else None,
        "properties": {
            "statistics": found,
            **(second[0] if second else {}),
        },
    }
    if request.form in {"csv", "ndjson"}:
        form, _ = choose_form((), (), layer=layer, request=request, members={})
        return text_answer("".join(form.write([[answer]])), form.media_type)
    return json_answer(answer, media_type=MEDIA_TYPES[request.form])


def _ring(box: Bounds) -> list[list[float]]:
    """The outline of a box, counterclockwise."""
    west, south, east, north = box
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _start(
    layer: Layer, zones: Sequence[Zone], request: StatisticsRequest
) -> Iterator[Piece[Json]]:
    """The properties that are added to each Feature, as zones finish.

    Zones are planned at once; what takes a second raster is computed at once.
    """
    batches = stream_statistics(layer, zones, request.options)
    second = describe_second(
        layer, request.second, zones, request.options, request.names
    )
    return _describe_pieces(batches, second, layer, request)


def _describe_pieces(
    batches: Iterator[ZoneBatch],
    second: Sequence[dict[str, object]],
    layer: Layer,
    request: StatisticsRequest,
) -> Iterator[Piece[Json]]:
    """The positions of each batch, and what is added to its Features."""
    grid = {} if request.grid is None else {"grid": request.grid}
    for batch in batches:
        zones = batch.zones.tolist()
        pairs = zip(zones, _describe(batch, layer, request), strict=True)
        yield (
            zones,
            [{"statistics": found, **second[zone], **grid} for zone, found in pairs],
        )


def _describe_batches(
    ready: Iterator[Sequence[Json | ZoneError]],
    body: Body,
    zones: Sequence[Zone | ZoneError],
    naming: Naming,
    request: StatisticsRequest,
) -> Iterator[list[Json]]:
    """The Features with what was found, or with their errors."""
    pairs = zip(body.features, describe_zones(zones), strict=True)
    for batch in ready:
        answers: list[Json] = []
        for outcome in batch:
            feature, words = next(pairs)
            added = {} if isinstance(outcome, ZoneError) else outcome
            answer = describe_feature(
                feature,
                words,
                naming=naming,
                found=added.get("statistics", outcome),
                include_geometry=request.include_geometry,
            )
            properties = answer["properties"]
            assert isinstance(properties, dict)  # noqa: S101  as it is made
            properties.update(added)
            answers.append(answer)
        yield answers


def _describe(batch: ZoneBatch, layer: Layer, request: StatisticsRequest) -> list[Json]:
    """The statistics of every band of each zone."""
    percentiles = request.options.statistics.percentiles
    return describe_batch(batch, layer.info.bands, request.names, percentiles)
