"""Zonal statistics: of the GeoJSON in a body, of a box, of a whole raster."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from handlers.crosstab import router as crosstab_router
from handlers.features import router as features_router
from handlers.formats import (
    FORMATS,
    describe_figures,
    figure_names,
    format_features,
)
from handlers.layers import open_bands
from handlers.profile import router as profile_router
from handlers.schema import (
    Query,
    flag,
    integer,
    interval,
    number,
    one_of,
    read_json_body,
    read_query,
    rule_of,
)
from handlers.second import Second, describe_second
from handlers.store import load_catalogue
from handlers.web import (
    json_answer,
    logger,
    make_app,
    metrics,
    seconds_left,
    serve,
    uncached,
)
from handlers.zones import (
    answer_all_bad,
    compute_good,
    describe_feature,
    read_features,
    read_modifications,
    read_zone_or_error,
)
from raster_core.errors import RequestError, ZoneError
from raster_core.zonal.blockplan import MAX_TOUCHED
from raster_core.zonal.coverage import Mode
from raster_core.zonal.engine import (
    Options,
    raster_statistics,
    zonal_statistics,
)
from raster_core.zonal.figures import HISTOGRAM_ONLY, FigureOptions, ZoneStatistics
from raster_core.zonal.geometry import Zone, read_zone
from raster_core.zonal.modified import modify_layer
from raster_core.zonal.stats import keeps_histogram

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_lambda_powertools.event_handler.api_gateway import Response
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from raster_core.grid import BandInfo, Layer

# Figures that need the ground measured.
_GROUND = frozenset({"area_m2", "area_weighted_mean", "categories"})

_PARAMS = (
    "approximate",
    "area_weighted",
    "bidx",
    "categorical",
    "coverage",
    "f",
    "group_by",
    "histogram_bins",
    "histogram_range",
    "include_geometry",
    "max_pixels",
    "nodata",
    "p",
    "stats",
    "unscale",
    "weights",
)

type Json = dict[str, object]

app = make_app()
for router in (crosstab_router, features_router, profile_router):
    app.include_router(router)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the query string says."""

    bands: tuple[int, ...]
    statistics: tuple[str, ...]
    """Empty means all that the band's type yields."""
    nodata: float | None
    form: str | None
    include_geometry: bool
    second: Second
    options: Options


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, object], context: LambdaContext) -> dict[str, object]:
    """The Lambda entry point."""
    return serve(app, event, context)


@app.post("/datasets/<dataset_id>/statistics")
def post_statistics(dataset_id: str) -> Response[str]:
    """Statistics of a Geometry, a Feature or a FeatureCollection."""
    query = read_query(app.current_event, _PARAMS)
    asked = _read_parameters(query)
    query.check()
    document = read_json_body(app.current_event)
    features = read_features(document)
    zones = [read_zone_or_error(feature) for feature in features]
    if features and not any(isinstance(zone, Zone) for zone in zones):
        return answer_all_bad(zones, app.current_event.path)

    layer = _open(dataset_id, asked)
    modifications = read_modifications(document)
    if modifications:
        layer = modify_layer(layer, modifications)
    outcomes = compute_good(layer, zones, lambda good: _compute(layer, good, asked))
    if features and all(isinstance(outcome, ZoneError) for outcome in outcomes):
        return answer_all_bad(outcomes, app.current_event.path)
    answers = [
        _answer_feature(feature, zone, outcome, asked)
        for feature, zone, outcome in zip(features, zones, outcomes, strict=True)
    ]
    if asked.form in {"csv", "ndjson"}:
        return uncached(format_features(answers, asked.form))
    collection = isinstance(document, dict) and document["type"] == "FeatureCollection"
    if collection:
        return uncached(format_features(answers, asked.form or "geojson"))
    return uncached(json_answer(answers[0], media_type="application/geo+json"))


@app.get("/datasets/<dataset_id>/statistics")
def get_statistics(dataset_id: str) -> Response[str]:
    """Statistics of a box in longitude and latitude, or of the whole raster."""
    query = read_query(app.current_event, (*_PARAMS, "bbox"))
    asked = _read_parameters(query)
    bbox = query.value("bbox", _box, "of the form west,south,east,north")
    query.check()
    layer = _open(dataset_id, asked)
    if bbox is None:
        found = raster_statistics(layer, asked.options)
    else:
        zone = read_zone({"type": "Polygon", "coordinates": [bbox]})
        (found,) = zonal_statistics(layer, [zone], asked.options)
    geometry = {"type": "Polygon", "coordinates": [bbox]} if bbox else None
    answer: Json = {
        "type": "Feature",
        "geometry": geometry if asked.include_geometry else None,
        "properties": {"statistics": _describe(found, layer, asked)},
    }
    if asked.form in {"csv", "ndjson"}:
        return format_features([answer], asked.form)
    return json_answer(answer, media_type="application/geo+json")


def _answer_feature(
    feature: Mapping[str, object],
    zone: Zone | ZoneError,
    outcome: Json | ZoneError,
    asked: _Asked,
) -> Mapping[str, object]:
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


def _compute(layer: Layer, zones: Sequence[Zone], asked: _Asked) -> list[Json]:
    """The properties that are added to each Feature."""
    found = zonal_statistics(layer, zones, asked.options)
    second = describe_second(
        layer, asked.second, zones, asked.options, asked.statistics
    )
    return [
        {"statistics": _describe(figures, layer, asked), **more}
        for figures, more in zip(found, second, strict=True)
    ]


def _read_parameters(query: Query) -> _Asked:
    names = figure_names()
    statistics = query.values("stats", one_of(names), rule_of(names))
    approximate = query.value("approximate", flag, "true or false") or False
    max_pixels = query.value(
        "max_pixels", integer(1, MAX_TOUCHED), f"a number from 1 to {MAX_TOUCHED}"
    )
    area_weighted = query.value("area_weighted", flag, "true or false") or False
    shares = query.values("p", number(0, 100), "a number from 0 to 100")
    figures = FigureOptions(
        bins=query.value("histogram_bins", integer(1, 256), "a number from 1 to 256")
        or 10,
        histogram_range=query.value(
            "histogram_range", interval, "of the form min,max with min < max"
        ),
        percentiles=shares,
        brief=bool(statistics) and not HISTOGRAM_ONLY & set(statistics) and not shares,
        median="median" in statistics,
        areas=area_weighted
        or (not statistics and not approximate)
        or bool(_GROUND & set(statistics)),
        categorical=query.value("categorical", flag, "true or false") or False,
        unscale=query.value("unscale", flag, "true or false") is not False,
    )
    if area_weighted:
        statistics = (*(statistics or ()), "area_weighted_mean")
    modes = tuple(Mode)
    mode = query.value("coverage", one_of(modes), rule_of(modes))
    return _Asked(
        bands=tuple(
            dict.fromkeys(
                query.values("bidx", integer(1, 65535), "a band number from 1")
            )
        )
        or (1,),
        statistics=statistics,
        nodata=query.value("nodata", number(-1e308, 1e308), "a finite number"),
        form=query.value("f", one_of(FORMATS), rule_of(FORMATS)),
        include_geometry=query.value("include_geometry", flag, "true or false")
        or False,
        second=Second(
            group_by=query.value("group_by", str, "a dataset"),
            weights=query.value("weights", str, "a dataset"),
        ),
        options=Options(
            Mode(mode or "fraction"),
            figures,
            max_pixels=max_pixels or MAX_TOUCHED,
            max_seconds=seconds_left(app.lambda_context),
            approximate=approximate,
        ),
    )


def _open(dataset_id: str, asked: _Asked) -> Layer:
    """The bands asked for, if they yield the figures asked for."""
    dataset = load_catalogue().dataset(dataset_id)
    bands = tuple(dataset.band(index) for index in asked.bands)
    if asked.nodata is not None:
        bands = tuple(replace(band, nodata=asked.nodata) for band in bands)
    layer = open_bands(dataset, bands)
    _check_statistics(asked, layer.info.bands)
    return layer


def _check_statistics(asked: _Asked, bands: Sequence[BandInfo]) -> None:
    """Refuse what a band's type does not yield."""
    missing = HISTOGRAM_ONLY.intersection(asked.statistics) - {"median"}
    for band in bands:
        if missing and not keeps_histogram(band.dtype):
            names = ", ".join(sorted(missing))
            raise RequestError(
                f"Band {band.index} is {band.dtype}; {names} take integers of up to "
                "16 bits"
            )


def _describe(outcome: Sequence[ZoneStatistics], layer: Layer, asked: _Asked) -> Json:
    """The figures of every band."""
    percentiles = asked.options.figures.percentiles
    return {
        f"b{band.index}": describe_figures(figures, band, asked.statistics, percentiles)
        for band, figures in zip(layer.info.bands, outcome, strict=True)
    }


def _box(text: str) -> list[list[float]]:
    """The ring of a box; west may be greater than east, over the antimeridian."""
    west, south, east, north = map(number(-540, 540), text.split(","))
    east += 360 * (east < west)
    if south >= north or west == east:
        raise ValueError(text)
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]
