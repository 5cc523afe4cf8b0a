"""Zones that fit a raster and zones that do not: each comes back in its place."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from handlers.http.answers import problem, status_of, text_answer
from handlers.zones.formats import MEDIA_TYPES, dump_json
from raster_core.errors import ZoneError
from raster_core.zonal.faults import find_faults
from raster_core.zonal.zones.columnar import Zones
from raster_core.zonal.zones.zone import Zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from handlers.platform.powertools import Response
    from handlers.zones.body import Body
    from raster_core.documents import Json
    from raster_core.raster import Layer
    from raster_core.zonal.engine import Options
    from raster_core.zonal.steps import Piece

# What stands before the name of a property that is called like a column of ours.
_RENAMED = "properties."

type MaybeZones = Sequence[Zone | ZoneError]
"""The zones of the Features of a body, in order, or why they have none."""


def split_good[T](
    layer: Layer,
    zones: MaybeZones,
    options: Options,
    start: Callable[[Sequence[Zone]], T],
) -> tuple[T, MaybeZones]:
    """What ``start`` makes of the good zones, and which are good after all.

    Args:
        layer: The layer whose CRS must be able to hold the zones.
        zones: As read.
        options: What is counted, and what it may cost.
        start: Plans all good zones at once, and raises ``ZoneError`` if one of them
            does not fit.
    """
    good = _pick_good(zones)
    try:
        return start(good), zones
    except ZoneError:  # rare, so that only then the bad ones are looked for
        positions = [n for n, zone in enumerate(zones) if isinstance(zone, Zone)]
        faults = find_faults(layer, good, options)
        errors = {positions[position]: error for position, error in faults.items()}
    found = [errors.get(n, zone) for n, zone in enumerate(zones)]
    return start([zone for zone in found if isinstance(zone, Zone)]), found


def _pick_good(zones: MaybeZones) -> Sequence[Zone]:
    """Those that are no errors, in order."""
    if isinstance(zones, Zones):
        return zones
    return [zone for zone in zones if isinstance(zone, Zone)]


def compute_good[T](
    layer: Layer,
    zones: MaybeZones,
    options: Options,
    compute: Callable[[Sequence[Zone]], Sequence[T]],
) -> list[T | ZoneError]:
    """What ``compute`` says of the good zones, the errors of the others, in order."""
    found, zones = split_good(layer, zones, options, compute)
    results = iter(found)
    return [zone if isinstance(zone, ZoneError) else next(results) for zone in zones]


def place_pieces[T](
    pieces: Iterator[Piece[T]], zones: MaybeZones
) -> Iterator[Piece[T | ZoneError]]:
    """Pieces of the good zones, by their place among all; errors come first."""
    if isinstance(zones, Zones):
        yield from pieces
        return
    bad = {n: zone for n, zone in enumerate(zones) if isinstance(zone, ZoneError)}
    yield list(bad), list(bad.values())
    good = [position for position in range(len(zones)) if position not in bad]
    for own, found in pieces:
        yield [good[zone] for zone in own], found


@dataclass(frozen=True, slots=True)
class Naming:
    """What Features call their properties in an answer; see ``name_properties``."""

    added: str
    """The property that is added."""
    renamed: Mapping[str, str]
    """New names by old ones: of properties called like what is added."""
    names: tuple[str, ...]
    """Names of all properties that some Feature has, renamed, in the body's order."""


def name_properties(
    features: Sequence[Json], added: str, is_taken: Callable[[str], bool]
) -> Naming:
    """Names for the properties of a body, the same in all of its Features.

    Law: no two properties of the body get one name, and none gets one that is taken.

    Args:
        features: The features of the body.
        added: The property that is added to each.
        is_taken: Whether a property cannot have a name.
    """
    names = dict.fromkeys(name for part in features for name in _properties(part))
    used, renamed = set(names), {}
    for name in filter(is_taken, names):
        new = f"{_RENAMED}{name}"
        while new in used or is_taken(new):
            new = f"{_RENAMED}{new}"
        used.add(new)
        renamed[name] = new
    return Naming(added, renamed, tuple(renamed.get(name, name) for name in names))


def describe_feature(
    feature: Json,
    words: Mapping[str, str],
    *,
    naming: Naming,
    found: object,
    include_geometry: bool,
) -> dict[str, object]:
    """The Feature with what was found of it, or with its error.

    Args:
        feature: As in the body; id and properties come back.
        words: What had to be done to use its zone (``describe_zones``).
        naming: What properties are called; the answer says which were renamed.
        found: Value of the added one; for an error it is null, and the error stands
            beside.
        include_geometry: Whether the geometry comes back too.
    """
    kept, renamed = _properties(feature), naming.renamed
    answer: dict[str, object] = {"type": "Feature"}
    if "id" in feature:
        answer["id"] = feature["id"]
    answer["geometry"] = feature.get("geometry") if include_geometry else None
    value = None if isinstance(found, ZoneError) else found
    named = kept
    if renamed:
        named = {renamed.get(name, name): part for name, part in kept.items()}
    answer["properties"] = {**named, naming.added: value}
    if isinstance(found, ZoneError):
        answer["error"] = {"status": status_of(found).value, "detail": str(found)}
    elif words:
        answer["zone"] = words
    if renamed and not renamed.keys().isdisjoint(kept):
        answer["renamed"] = {name: renamed[name] for name in kept if name in renamed}
    return answer


def _properties(feature: Json) -> Json:
    properties = feature.get("properties")
    return properties if isinstance(properties, dict) else {}


def describe_zone(zone: Zone) -> dict[str, str]:
    """What had to be done to use a zone; empty for most."""
    words = {"repaired": zone.repaired, "note": zone.note}
    return {name: text for name, text in words.items() if text}


def describe_zones(zones: MaybeZones) -> list[dict[str, str]]:
    """What had to be done to use each zone; nothing for one with an error."""
    if not isinstance(zones, Zones):
        return [describe_zone(z) if isinstance(z, Zone) else {} for z in zones]
    words: list[dict[str, str]] = [{}] * len(zones)
    for position in zones.repaired.keys() | zones.notes.keys():
        words[position] = describe_zone(zones[position])
    return words


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
    """Whether there is at least one, and all are errors."""
    return bool(outcomes) and all(isinstance(part, ZoneError) for part in outcomes)


def answer_all_bad(outcomes: Sequence[object], path: str) -> Response[str]:
    """The 422 for a body without one usable zone.

    Args:
        outcomes: The errors, in the order of the features.
        path: The path of the request.
    """
    faults = [str(outcome) for outcome in outcomes]
    detail = faults[0] if len(faults) == 1 else f"None of {len(faults)} zones is usable"
    errors: list[Json] = [
        {"feature": position, "detail": fault} for position, fault in enumerate(faults)
    ]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        detail,
        path,
        errors=errors if len(errors) > 1 else None,
    )
