"""The zones of a body: GeoJSON Features in, Features in the same order out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING

from handlers.web import json_answer, problem, status_of
from raster_core.errors import BudgetError, RequestError, ZoneError
from raster_core.zonal.engine import find_faults
from raster_core.zonal.geometry import Zone, count_vertices, read_zone
from raster_core.zonal.modified import Modification

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.event_handler.api_gateway import Response

    from raster_core.grid import Layer

MAX_FEATURES = 10_000
MAX_VERTICES = 200_000

type Json = Mapping[str, object]


def read_features(document: object) -> list[Json]:
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


def read_one_feature(document: object) -> Json:
    """The Feature of a body that may hold one only.

    Raises:
        RequestError: The body is no GeoJSON object, or holds none or several.
        BudgetError: It has too many vertices.
    """
    features = read_features(document)
    if len(features) != 1:
        raise RequestError(f"The body has {len(features)} features; it takes one")
    return features[0]


def read_zone_or_error(feature: Json) -> Zone | ZoneError:
    """The zone of a Feature, or why it has none."""
    try:
        return read_zone(feature.get("geometry"))
    except ZoneError as error:
        return error


def read_modifications(document: object) -> list[Modification]:
    """The member ``modifications`` of a body: ``[{"geometry": …, "value": …}]``.

    Raises:
        RequestError: It is no list of such objects.
        ZoneError: A geometry is no usable zone.
        BudgetError: They have too many vertices.
    """
    members = document.get("modifications", []) if isinstance(document, dict) else []
    if not isinstance(members, list) or not all(
        isinstance(member, dict) and _is_number(member.get("value"))
        for member in members
    ):
        raise RequestError("modifications is not an array of {geometry, value}")
    vertices = sum(count_vertices(member.get("geometry")) for member in members)
    if vertices > MAX_VERTICES:
        raise BudgetError(f"{vertices} vertices of modifications exceed {MAX_VERTICES}")
    return [
        Modification(read_zone(member.get("geometry")), float(member["value"]))
        for member in members
    ]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def compute_good[T](
    layer: Layer,
    zones: Sequence[Zone | ZoneError],
    compute: Callable[[Sequence[Zone]], Sequence[T]],
) -> list[T | ZoneError]:
    """What ``compute`` says of the good zones, the errors of the others, in order.

    Args:
        layer: Whose CRS the zones have to fit into.
        zones: As ``read_zone_or_error`` returns them.
        compute: One result a zone; called with all good zones at once.
    """
    good = {n: zone for n, zone in enumerate(zones) if isinstance(zone, Zone)}
    faults: dict[int, ZoneError] = {}
    try:
        results = compute(list(good.values()))
    except ZoneError:  # rare, so that only then every zone is tried by itself
        places = list(good)
        faults = {
            places[position]: error
            for position, error in find_faults(layer, list(good.values())).items()
        }
        good = {n: zone for n, zone in good.items() if n not in faults}
        results = compute(list(good.values()))
    found = dict(zip(good, results, strict=True))
    errors = {n: zone for n, zone in enumerate(zones) if isinstance(zone, ZoneError)}
    return [found[n] if n in found else (faults | errors)[n] for n in range(len(zones))]


def describe_feature(
    feature: Json,
    zone: Zone | ZoneError,
    *,
    name: str,
    found: object,
    include_geometry: bool,
) -> dict[str, object]:
    """The Feature with what was found of it, or with its error.

    Args:
        feature: As in the body; id and properties come back untouched.
        zone: Its zone; says if it was repaired.
        name: Of the property that is added.
        found: Its value; for an error it is null, and the error stands beside.
        include_geometry: Whether the geometry comes back too.
    """
    properties = feature.get("properties")
    kept = properties if isinstance(properties, dict) else {}
    answer: dict[str, object] = {"type": "Feature"}
    if "id" in feature:
        answer["id"] = feature["id"]
    answer["geometry"] = feature.get("geometry") if include_geometry else None
    if isinstance(found, ZoneError):
        answer["properties"] = {**kept, name: None}
        answer["error"] = {"status": status_of(found).value, "detail": str(found)}
        return answer
    answer["properties"] = {**kept, name: found}
    if isinstance(zone, Zone) and zone.repaired:
        answer["zone"] = {"repaired": zone.repaired}
    return answer


def answer_features(document: object, answers: Sequence[Json]) -> Response[str]:
    """A collection for a collection, else the one Feature."""
    if isinstance(document, dict) and document["type"] == "FeatureCollection":
        answer: Json = {"type": "FeatureCollection", "features": answers}
    else:
        answer = answers[0]
    return json_answer(answer, media_type="application/geo+json")


def answer_all_bad(outcomes: Sequence[object], path: str) -> Response[str]:
    """The 422 for a body without one usable zone.

    Args:
        outcomes: The errors, in the order of the features.
        path: Of the request.
    """
    faults = [str(outcome) for outcome in outcomes]
    detail = faults[0] if len(faults) == 1 else f"None of {len(faults)} zones is usable"
    errors: list[Json] = [
        {"feature": place, "detail": fault} for place, fault in enumerate(faults)
    ]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        detail,
        path,
        errors=errors if len(errors) > 1 else None,
    )
