"""Answers of zonal statistics, whatever the zones are counted on."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from handlers.answers import json_answer, text_answer, uncached
from handlers.asked import PARAMS, Asked, open_asked, read_asked
from handlers.body import Body, read_body, read_crs, read_modifications
from handlers.formats import (
    MEDIA_TYPES,
    describe_figures,
    figure_columns,
    list_columns,
    write_csv,
    write_geojson,
    write_ndjson,
)
from handlers.second import describe_second
from handlers.streaming import Form, answer_batches, begin, can_stream
from handlers.web import seconds_left
from handlers.zones import (
    all_bad,
    answer_all_bad,
    answer_features,
    describe_feature,
    describe_zone,
    place_steps,
    split_good,
)
from raster_core.errors import ZoneError
from raster_core.zonal.engine import step_statistics
from raster_core.zonal.geometry import Zone, read_zone
from raster_core.zonal.modified import modify_layer
from raster_core.zonal.stream import order_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from handlers.powertools import APIGatewayProxyEventV2, LambdaContext, Response
    from handlers.schema import Query
    from raster_core.grid import Layer
    from raster_core.source.dataset import Dataset
    from raster_core.zonal.figures import ZoneStatistics
    from raster_core.zonal.stream import Step

type Json = dict[str, object]

ZONE_PARAMS = (*PARAMS, "crs")
"""What ``answer_zones`` reads."""


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
        query: ``ZONE_PARAMS``; what else is in it has been read.
        find: The dataset; called when the request has no fault.
        event: The request.
        context: Of the invocation.
        grid: Dataset whose pixels are counted, if the answer has to say so.
    """
    asked = replace(read_asked(query, seconds_left(context)), grid=grid)
    crs = read_crs(query)
    query.check()
    body = read_body(event, crs, modifiable=True)
    if all_bad(body.zones):
        return answer_all_bad(body.zones, event.path)

    many = body.is_collection or asked.form in {"csv", "ndjson"}
    if many and can_stream(context):
        asked = asked.without_deadline()
    layer = open_asked(find(), asked)
    modifications = read_modifications(body)
    if modifications:
        layer = modify_layer(layer, modifications)
    steps, zones = split_good(
        layer, body.zones, asked.options.mode, lambda good: _start(layer, good, asked)
    )
    if all_bad(zones):
        return answer_all_bad(zones, event.path)
    # The first block is read before there is an answer, so its errors still are one.
    ready = order_steps(place_steps(begin(steps), zones))
    batches = _describe_batches(ready, body, zones, asked)
    if not many:
        answers = [answer for batch in batches for answer in batch]
        return uncached(
            answer_features(
                body,
                answers,
                include_geometry=asked.include_geometry,
                media_type=MEDIA_TYPES[asked.form or "geojson"],
            )
        )
    form = _choose_form(layer, body, zones, asked)
    return answer_batches(batches, len(zones), form, event=event, context=context)


def answer_figures(
    found: Sequence[ZoneStatistics],
    layer: Layer,
    asked: Asked,
    box: Mapping[str, object] | None,
) -> Response[str]:
    """The one Feature of figures that no body asks for.

    Args:
        found: One entry a band.
        layer: Of the bands.
        asked: Decides the form.
        box: The polygon that they are of; None for the whole raster, which goes
            without a second one.
    """
    zones = [] if box is None else [read_zone(box)]
    second = describe_second(layer, asked.second, zones, asked.options, asked.names)
    answer: Json = {
        "type": "Feature",
        "geometry": box if asked.include_geometry else None,
        "properties": {
            "statistics": _describe(found, layer, asked),
            **(second[0] if second else {}),
        },
    }
    if asked.form == "csv":
        members = _list_members((), asked)
        columns = list_columns([answer], _figure_columns(layer, asked), members)
        return text_answer("".join(write_csv([[answer]], columns)), MEDIA_TYPES["csv"])
    if asked.form == "ndjson":
        text = "".join(write_ndjson([[answer]], {}))
        return text_answer(text, MEDIA_TYPES["ndjson"])
    return json_answer(answer, media_type=MEDIA_TYPES[asked.form or "geojson"])


def _start(layer: Layer, zones: Sequence[Zone], asked: Asked) -> Iterator[Step[Json]]:
    """The properties that are added to each Feature, as zones finish.

    Zones are planned at once; what takes a second raster is computed at once.
    """
    steps = step_statistics(layer, zones, asked.options)
    second = describe_second(layer, asked.second, zones, asked.options, asked.names)
    return (
        step
        and (
            step[0],
            {
                "statistics": _describe(step[1], layer, asked),
                **second[step[0]],
                **({"grid": asked.grid} if asked.grid is not None else {}),
            },
        )
        for step in steps
    )


def _describe_batches(
    ready: Iterator[tuple[Json | ZoneError, ...]],
    body: Body,
    zones: Sequence[Zone | ZoneError],
    asked: Asked,
) -> Iterator[list[Json]]:
    """The Features with what was found, or with their errors."""
    pairs = zip(body.features, zones, strict=True)
    for batch in ready:
        yield [_answer_feature(*next(pairs), outcome, asked) for outcome in batch]


def _answer_feature(
    feature: Mapping[str, object],
    zone: Zone | ZoneError,
    outcome: Json | ZoneError,
    asked: Asked,
) -> Json:
    """The Feature with what was found, or with its error."""
    added = {} if isinstance(outcome, ZoneError) else outcome
    answer = describe_feature(
        feature,
        zone,
        name="statistics",
        found=added.get("statistics", outcome),
        include_geometry=asked.include_geometry,
    )
    properties = answer["properties"]
    if isinstance(properties, dict):
        answer["properties"] = {**properties, **added}
    return answer


def _choose_form(
    layer: Layer, body: Body, zones: Sequence[Zone | ZoneError], asked: Asked
) -> Form:
    """How the answer is written."""
    name = asked.form or "geojson"
    members = body.members if asked.include_geometry else {}
    if name == "csv":
        figures = _figure_columns(layer, asked)
        columns = list_columns(body.features, figures, _list_members(zones, asked))
        return Form(MEDIA_TYPES[name], partial(write_csv, columns=columns))
    if name == "ndjson":
        write = partial(write_ndjson, members=members)
        return Form(MEDIA_TYPES[name], write, by_line=True)
    return Form(MEDIA_TYPES[name], partial(write_geojson, members=members))


def _list_members(zones: Sequence[Zone | ZoneError], asked: Asked) -> list[str]:
    """What some Feature has beside figures; known before they are computed."""
    members = {
        "groups": asked.second.group_by is not None,
        "weighted": asked.second.weights is not None,
        "grid": asked.grid is not None,
        "error": any(isinstance(zone, ZoneError) for zone in zones),
        "zone": any(isinstance(zone, Zone) and describe_zone(zone) for zone in zones),
    }
    return [name for name, there in members.items() if there]


def _figure_columns(layer: Layer, asked: Asked) -> dict[str, list[str]]:
    """The figures of every band that an answer has."""
    options = asked.options
    return {
        f"b{band.index}": figure_columns(
            asked.names(band),
            options.figures.percentiles,
            approximate=options.approximate,
        )
        for band in layer.info.bands
    }


def _describe(outcome: Sequence[ZoneStatistics], layer: Layer, asked: Asked) -> Json:
    """The figures of every band."""
    percentiles = asked.options.figures.percentiles
    return {
        f"b{band.index}": describe_figures(figures, asked.names(band), percentiles)
        for band, figures in zip(layer.info.bands, outcome, strict=True)
    }
