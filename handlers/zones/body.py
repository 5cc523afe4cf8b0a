"""The zones in a body: GeoJSON, read, checked, and in the CRS that it says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.params.json_body import read_json_body
from handlers.params.lists.zonal import CRS
from handlers.platform.settings import current_settings
from raster_core.errors import BudgetError, RequestError, ZoneError
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE
from raster_core.sources.crs.names import (
    CRS_RULE,
    crs_text,
    name_crs,
    parse_crs,
    short_name,
)
from raster_core.zonal.reading.modified import Modification
from raster_core.zonal.zones.positions import count_vertices
from raster_core.zonal.zones.reading import read_zones
from raster_core.zonal.zones.repair import Repairs
from raster_core.zonal.zones.zone import read_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from handlers.params.query import Query
    from handlers.platform.powertools import APIGatewayProxyEventV2
    from raster_core.documents import Json
    from raster_core.zonal.zones.zone import Zone

_MODIFICATIONS = "modifications"

# Number of faults of a modification that an error lists.
_MAX_SHOWN = 5


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A body with one zone or several."""

    document: Json
    features: list[Json]
    """In the order of the body; a bare Geometry becomes one Feature."""
    zones: Sequence[Zone | ZoneError]
    """For each feature its zone, or the reason why it has none."""
    crs: str
    """The CRS of all coordinates."""

    @property
    def is_collection(self) -> bool:
        """Whether the answer is a collection, whatever the number of features."""
        return self.document["type"] == "FeatureCollection"

    @property
    def members(self) -> Json:
        """The members by which an answer names the CRS of the body's geometries.

        Source: the GeoJSON format specification of 2008, 3.1; RFC 7946 knows one CRS.
        """
        if self.crs == LONGITUDE_LATITUDE:
            return {}
        return {"crs": {"type": "name", "properties": {"name": name_crs(self.crs)}}}


def read_body(
    event: APIGatewayProxyEventV2, crs: str | None, *, modifiable: bool = False
) -> Body:
    """The zones of a request.

    Args:
        event: With a body.
        crs: The CRS that the query names, if any.
        modifiable: Whether ``read_modifications`` follows.

    Raises:
        RequestError: If the body is not a GeoJSON object, contradicts the query, or
            has modifications that would have no effect.
        BudgetError: If it has too many features or vertices.
    """
    document = _object(read_json_body(event))
    features = _read_features(document)
    _check_modifications(document, features, modifiable=modifiable)
    named = _choose_crs(document, crs)
    geometries = [_find_geometry(feature, named) for feature in features]
    return Body(document, features, read_zones(geometries, named), named)


def read_one[T](
    event: APIGatewayProxyEventV2, query: Query, read: Callable[[object, str], T]
) -> T:
    """The value that ``read`` returns for the only geometry of a body and its CRS.

    Args:
        event: With a body.
        query: Its parameters, all of which but ``crs`` have been read.
        read: Takes a geometry and its CRS; may raise ``ZoneError``.

    Raises:
        InvalidError: If the query has faults.
        RequestError: If the body is not a GeoJSON object, does not have exactly one
            geometry, contradicts the query, or has modifications.
        BudgetError: If it has too many vertices.
        ZoneError: If ``read`` raises it.
    """
    crs = read_crs(query)
    query.check()
    document = _object(read_json_body(event))
    features = _read_features(document)
    _check_modifications(document, features, modifiable=False)
    if len(features) != 1:
        raise RequestError(
            f"The body has {len(features)} features; this route takes one"
        )
    named = _choose_crs(document, crs)
    _check_own_crs(features[0], named)
    return read(features[0].get("geometry"), named)


def read_crs(query: Query) -> str | None:
    """The parameter ``crs``: the CRS of the body's coordinates."""
    return query.get(CRS)


def read_modifications(body: Body) -> list[Modification]:
    """The member ``modifications`` of a body: ``[{"geometry": …, "value": …}]``.

    Raises:
        RequestError: If it is not an array of such objects and nothing else.
        ZoneError: If a geometry is not a usable zone.
        BudgetError: If they have too many vertices.
    """
    members = body.document.get(_MODIFICATIONS, [])
    if not isinstance(members, list):
        raise RequestError("modifications is not an array of {geometry, value}")
    pairs = [_read_pair(member, position) for position, member in enumerate(members)]
    vertices = sum(count_vertices(geometry) for geometry, _ in pairs)
    limit = current_settings().max_vertices
    if vertices > limit:
        raise BudgetError(f"{vertices} vertices of modifications exceed {limit:.0f}")
    repairs = Repairs()
    return [
        Modification(read_zone(geometry, body.crs, repairs), value)
        for geometry, value in pairs
    ]


def _read_pair(member: object, position: int) -> tuple[object, float]:
    """Geometry and value of a modification.

    Unknown names are refused: they may be misspelt.
    """
    at = f"{_MODIFICATIONS}[{position}]"
    if not isinstance(member, Mapping):
        raise RequestError(f"{at} is not an object of geometry and value")
    faults = [
        f"{at} has '{str(name)[:40]}', which is not one of geometry, value"
        for name in member
        if name not in {"geometry", "value"}
    ]
    value = _as_number(member.get("value"))
    if value is None:
        faults.append(f"{at}.value is not a number")
    if value is None or faults:
        raise RequestError("; ".join(faults[:_MAX_SHOWN]))
    return member.get("geometry"), value


def _check_modifications(
    document: Json, features: Sequence[Json], *, modifiable: bool
) -> None:
    """Refuse modifications that would be ignored."""
    if not modifiable and _MODIFICATIONS in document:
        raise RequestError(
            "modifications are supported in the body of zonal statistics only"
        )
    for position, feature in enumerate(features):
        if feature is not document and _MODIFICATIONS in feature:
            raise RequestError(
                f"modifications stand in feature {position}; they apply to all "
                "features, so they belong beside the array of features"
            )


def _object(document: object) -> Json:
    """The document, if it is an object with a type, as GeoJSON is."""
    kind = document.get("type") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(kind, str):
        raise RequestError("The body is not a GeoJSON object")
    return document


def _read_features(document: Json) -> list[Json]:
    """The Features of the body; a bare Geometry becomes one."""
    features: object = [{"type": "Feature", "geometry": document, "properties": {}}]
    if document["type"] == "FeatureCollection":
        features = document.get("features")
    elif document["type"] == "Feature":
        features = [document]
    if not isinstance(features, list):
        raise RequestError("The FeatureCollection has no array of features")
    limits = current_settings()
    if len(features) > limits.max_features:
        most = f"{limits.max_features:.0f}"
        raise BudgetError(f"{len(features)} features exceed {most}")
    found: list[Json] = [
        feature if isinstance(feature, dict) else {} for feature in features
    ]
    vertices = sum(count_vertices(feature.get("geometry")) for feature in found)
    if vertices > limits.max_vertices:
        most = f"{limits.max_vertices:.0f}"
        raise BudgetError(f"{vertices} vertices exceed {most}; simplify the geometries")
    return found


def _find_geometry(feature: Json, crs: str) -> object:
    """The geometry of a Feature, or why it is not taken."""
    geometry: object = feature.get("geometry")
    if "crs" in feature or (isinstance(geometry, dict) and "crs" in geometry):
        try:
            _check_own_crs(feature, crs)
        except ZoneError as error:
            return error
    return geometry


def _choose_crs(document: Json, requested: str | None) -> str:
    """The CRS that query and body agree on."""
    named = _crs_member(document)
    if named is None:
        return requested or LONGITUDE_LATITUDE
    if requested not in (None, named):
        raise RequestError(
            f"crs '{short_name(str(requested))}' contradicts the body, whose crs is "
            f"{short_name(named)}"
        )
    return named


def _check_own_crs(feature: Json, crs: str) -> None:
    """Refuse a Feature that names another CRS than its body."""
    geometry = feature.get("geometry")
    for part in (feature, geometry):
        try:
            own = _crs_member(part) if isinstance(part, Mapping) else None
        except RequestError as error:
            raise ZoneError(str(error)) from error
        if own not in (None, crs):
            raise ZoneError(
                f"The feature's crs is {short_name(str(own))}, that of the request is "
                f"{short_name(crs)}"
            )


def _crs_member(document: Json) -> str | None:
    """The CRS that a member ``crs`` names; None without one."""
    member = document.get("crs")
    if member is None:
        return None
    text = crs_text(member)
    if text is None:
        raise RequestError("The body's crs is not of the type 'name', nor PROJJSON")
    try:
        return parse_crs(text)
    except ValueError as error:
        raise RequestError(f"The body's crs '{text[:80]}' is not {CRS_RULE}") from error


def _as_number(value: object) -> float | None:
    """A finite number of JSON; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:  # an int that no float holds
        return None
