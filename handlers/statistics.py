"""Zonal statistics of the GeoJSON in a body."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from http import HTTPStatus
from typing import TYPE_CHECKING

from handlers.schema import (
    flag,
    integer,
    one_of,
    read_json_body,
    read_query,
    rule_of,
)
from handlers.store import load_catalogue
from handlers.web import (
    json_answer,
    logger,
    make_app,
    metrics,
    problem,
    serve,
    status_of,
    uncached,
)
from raster_core.errors import BudgetError, RequestError, ZoneError
from raster_core.layer import BandSpec, open_layer
from raster_core.zonal.engine import find_faults, zonal_statistics
from raster_core.zonal.figures import HISTOGRAM_ONLY, Category, ZoneStatistics
from raster_core.zonal.geometry import Zone, count_vertices, read_zone
from raster_core.zonal.stats import keeps_histogram

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler.api_gateway import Response
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from raster_core.grid import BandInfo, Layer

MAX_FEATURES = 10_000
MAX_VERTICES = 200_000

STATISTICS = tuple(
    field.name for field in fields(ZoneStatistics) if field.name != "reason"
)

type Json = Mapping[str, object]
type Outcome = tuple[ZoneStatistics, ...] | ZoneError

_PARAMS = ("bidx", "stats", "histogram_bins", "include_geometry")

app = make_app()


@dataclass(frozen=True, slots=True)
class _Options:
    """What the query string says."""

    bands: tuple[int, ...]
    statistics: tuple[str, ...]
    """Empty means all that the band's type yields."""
    bins: int
    include_geometry: bool


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, object], context: LambdaContext) -> dict[str, object]:
    """The Lambda entry point."""
    return serve(app, event, context)


@app.post("/datasets/<dataset_id>/statistics")
def post_statistics(dataset_id: str) -> Response[str]:
    """Statistics of a Geometry, a Feature or a FeatureCollection."""
    options = _read_options()
    dataset = load_catalogue().dataset(dataset_id)
    bands = tuple(dataset.band(index) for index in options.bands)
    document = read_json_body(app.current_event)
    features = _read_features(document)
    zones = [_read_zone(feature) for feature in features]
    if features and not any(isinstance(zone, Zone) for zone in zones):
        return _all_bad(zones)

    layer = open_layer(BandSpec(dataset.href, dataset.version, bands))
    _check_statistics(options.statistics, layer.info.bands)
    outcomes = _compute(layer, zones, options.bins)
    if features and all(isinstance(outcome, ZoneError) for outcome in outcomes):
        return _all_bad(outcomes)
    answers = [
        _answer_feature(feature, zone, outcome, (layer.info.bands, options))
        for feature, zone, outcome in zip(features, zones, outcomes, strict=True)
    ]
    return uncached(_answer(document, answers))


def _read_options() -> _Options:
    query = read_query(app.current_event, _PARAMS)
    bands = query.values("bidx", integer(1, 65535), "a band number from 1")
    options = _Options(
        bands=tuple(dict.fromkeys(bands)) or (1,),
        statistics=query.values("stats", one_of(STATISTICS), rule_of(STATISTICS)),
        bins=query.value("histogram_bins", integer(1, 256), "a number from 1 to 256")
        or 10,
        include_geometry=query.value("include_geometry", flag, "true or false")
        or False,
    )
    query.check()
    return options


def _read_features(document: object) -> list[Json]:
    """The Features of the body; a bare Geometry becomes one.

    Raises:
        RequestError: The body is no GeoJSON object.
        BudgetError: It has too many features or vertices.
    """
    kind = document.get("type") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(kind, str):
        raise RequestError("The body is not a GeoJSON object")
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list):
            raise RequestError("The FeatureCollection has no array of features")
    elif kind == "Feature":
        features = [document]
    else:
        features = [{"type": "Feature", "geometry": document, "properties": {}}]

    if len(features) > MAX_FEATURES:
        raise BudgetError(f"{len(features)} features exceed {MAX_FEATURES}")
    found: list[Json] = [
        feature if isinstance(feature, dict) else {} for feature in features
    ]
    vertices = sum(count_vertices(feature.get("geometry")) for feature in found)
    if vertices > MAX_VERTICES:
        raise BudgetError(f"{vertices} vertices exceed {MAX_VERTICES}; simplify")
    return found


def _read_zone(feature: Json) -> Zone | ZoneError:
    try:
        return read_zone(feature.get("geometry"))
    except ZoneError as error:
        return error


def _check_statistics(wanted: Sequence[str], bands: Sequence[BandInfo]) -> None:
    """Refuse what a band's type does not yield."""
    missing = HISTOGRAM_ONLY.intersection(wanted)
    for band in bands:
        if missing and not keeps_histogram(band.dtype):
            names = ", ".join(sorted(missing))
            raise RequestError(
                f"Band {band.index} is {band.dtype}; {names} take integers of up to "
                "16 bits"
            )


def _compute(
    layer: Layer, zones: Sequence[Zone | ZoneError], bins: int
) -> list[Outcome]:
    """Figures of the good zones, the errors of the others, in order."""
    outcomes: list[Outcome] = [z if isinstance(z, ZoneError) else () for z in zones]
    places = [place for place, zone in enumerate(zones) if isinstance(zone, Zone)]
    good = [zone for zone in zones if isinstance(zone, Zone)]
    for position, error in find_faults(layer, good).items():
        outcomes[places[position]] = error
    left = [place for place in places if not isinstance(outcomes[place], ZoneError)]
    chosen = [zone for place in left if isinstance(zone := zones[place], Zone)]
    for place, figures in zip(
        left, zonal_statistics(layer, chosen, bins=bins), strict=True
    ):
        outcomes[place] = figures
    return outcomes


def _answer_feature(
    feature: Json,
    zone: Zone | ZoneError,
    outcome: Outcome,
    asked: tuple[Sequence[BandInfo], _Options],
) -> Json:
    """The Feature with its figures, or with its error."""
    bands, options = asked
    properties = feature.get("properties")
    kept = properties if isinstance(properties, dict) else {}
    answer: dict[str, object] = {"type": "Feature"}
    if "id" in feature:
        answer["id"] = feature["id"]
    answer["geometry"] = feature.get("geometry") if options.include_geometry else None
    if isinstance(outcome, ZoneError):
        answer["properties"] = {**kept, "statistics": None}
        answer["error"] = {"status": status_of(outcome).value, "detail": str(outcome)}
        return answer
    statistics = {
        f"b{band.index}": _answer_figures(figures, band, options.statistics)
        for band, figures in zip(bands, outcome, strict=True)
    }
    answer["properties"] = {**kept, "statistics": statistics}
    if isinstance(zone, Zone) and zone.repaired:
        answer["zone"] = {"repaired": zone.repaired}
    return answer


def _answer_figures(
    figures: ZoneStatistics, band: BandInfo, wanted: Sequence[str]
) -> Json:
    """The wanted figures, and the reason for missing ones."""
    hidden: set[str] = set()
    if not keeps_histogram(band.dtype):
        hidden |= HISTOGRAM_ONLY
    if not band.classes:
        hidden.add("categories")
    names = wanted or [name for name in STATISTICS if name not in hidden]
    answer = {name: _answer_value(getattr(figures, name)) for name in names}
    return {**answer, "reason": figures.reason}


def _answer_value(value: object) -> object:
    """As JSON: what is not finite is null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Category):
        return {f.name: _answer_value(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [_answer_value(item) for item in value]
    return value


def _answer(document: object, answers: list[Json]) -> Response[str]:
    if isinstance(document, dict) and document["type"] == "FeatureCollection":
        answer: Json = {"type": "FeatureCollection", "features": answers}
    else:
        answer = answers[0]
    return json_answer(answer, media_type="application/geo+json")


def _all_bad(outcomes: Sequence[object]) -> Response[str]:
    """The 422 for a body without one usable zone."""
    faults = [str(outcome) for outcome in outcomes]
    detail = faults[0] if len(faults) == 1 else f"None of {len(faults)} zones is usable"
    errors: list[Json] = [
        {"feature": place, "detail": fault} for place, fault in enumerate(faults)
    ]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        detail,
        app.current_event.path,
        errors=errors if len(errors) > 1 else None,
    )
