"""Zones that fit a raster and zones that do not: each comes back in its place."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from handlers.answers import problem, status_of, text_answer
from handlers.formats import MEDIA_TYPES, dump_json
from raster_core.errors import ZoneError
from raster_core.zonal.engine import find_faults
from raster_core.zonal.geometry import Zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from handlers.body import Body
    from handlers.powertools import Response
    from raster_core.grid import Layer
    from raster_core.zonal.coverage import Mode
    from raster_core.zonal.stream import Step

type Json = Mapping[str, object]

type MaybeZones = Sequence[Zone | ZoneError]
"""Of the Features of a body, in order."""


def split_good[T](
    layer: Layer,
    zones: MaybeZones,
    mode: Mode,
    start: Callable[[Sequence[Zone]], T],
) -> tuple[T, MaybeZones]:
    """What ``start`` makes of the good zones, and which are good after all.

    Args:
        layer: Whose CRS the zones have to fit into.
        zones: As read.
        mode: Of the coverage that is planned.
        start: Plans all good zones at once, and raises ``ZoneError`` if one of them
            does not fit.
    """
    good = {n: zone for n, zone in enumerate(zones) if isinstance(zone, Zone)}
    try:
        return start(list(good.values())), zones
    except ZoneError:  # rare, so that only then the bad ones are looked for
        places = list(good)
        faults = find_faults(layer, list(good.values()), mode)
        errors = {places[place]: error for place, error in faults.items()}
    found = [errors.get(n, zone) for n, zone in enumerate(zones)]
    return start([zone for zone in found if isinstance(zone, Zone)]), found


def compute_good[T](
    layer: Layer,
    zones: MaybeZones,
    mode: Mode,
    compute: Callable[[Sequence[Zone]], Sequence[T]],
) -> list[T | ZoneError]:
    """What ``compute`` says of the good zones, the errors of the others, in order."""
    found, zones = split_good(layer, zones, mode, compute)
    results = iter(found)
    return [zone if isinstance(zone, ZoneError) else next(results) for zone in zones]


def place_steps[T](
    steps: Iterator[Step[T]], zones: MaybeZones
) -> Iterator[Step[T | ZoneError]]:
    """Steps of the good zones, by their place among all; errors come first."""
    places = []
    for place, zone in enumerate(zones):
        if isinstance(zone, ZoneError):
            yield place, zone
        else:
            places.append(place)
    for step in steps:
        yield step and (places[step[0]], step[1])


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
    words = describe_zone(zone) if isinstance(zone, Zone) else {}
    return answer | ({"zone": words} if words else {})


def describe_zone(zone: Zone) -> dict[str, str]:
    """What had to be done to use a zone; empty for most."""
    words = {"repaired": zone.repaired, "note": zone.note}
    return {name: text for name, text in words.items() if text}


def answer_features(
    body: Body,
    answers: Sequence[Json],
    *,
    include_geometry: bool,
    media_type: str = MEDIA_TYPES["geojson"],
) -> Response[str]:
    """A collection for a collection, else the one Feature."""
    answer = answers[0] if not body.is_collection else {"features": answers}
    kind = "FeatureCollection" if body.is_collection else "Feature"
    members = body.members if include_geometry else {}
    text = dump_json({"type": kind, **members, **answer})
    return text_answer(text, media_type)


def all_bad(outcomes: Sequence[object]) -> bool:
    """Whether there are some, and all of them are errors."""
    return bool(outcomes) and all(isinstance(part, ZoneError) for part in outcomes)


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
