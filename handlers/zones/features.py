"""Pixels of some classes inside the zone in a body, as polygons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import routes
from handlers.catalogue.store import find_dataset
from handlers.http.answers import json_answer, uncached
from handlers.http.handles import handles, make_router
from handlers.params.lists import zonal as params
from handlers.params.query import read_query
from handlers.params.requests.source import read_source
from handlers.platform.settings import current_settings
from handlers.zones.body import read_one
from handlers.zones.outcomes import describe_zone
from raster_core.drawing.sources import resolve_source
from raster_core.errors import RequestError
from raster_core.layers.kinds import open_layer
from raster_core.zonal.polygonise import polygonise
from raster_core.zonal.zones.zone import read_zone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.platform.powertools import Response
    from raster_core.zonal.polygonise import ClassArea

router = make_router()


@handles(router, routes.FEATURES)
def post_features(dataset_id: str) -> Response[str]:
    """The classes inside a Polygon, a MultiPolygon or a Feature of one."""
    event = router.current_event
    query = read_query(event, routes.FEATURES.params)
    source = read_source(query)
    if len(source.bands) > 1:
        more = f"bidx has {len(source.bands)} bands, not one"
        query.faults.append(("bidx", more))
    values = query.get(params.CLASSES)
    zone = read_one(event, query, read_zone)
    layer = open_layer(resolve_source(find_dataset(dataset_id), source))
    bands = len(layer.info.bands)
    if bands != 1:
        raise RequestError(f"The expression has {bands} bands; classes are of one")
    crossings = current_settings().max_crossings
    found = polygonise(layer, zone, set(values) or None, max_crossings=crossings)
    answer: dict[str, object] = {
        "type": "FeatureCollection",
        "features": list(map(_describe, found)),
    }
    words = describe_zone(zone)
    if words:
        answer["zone"] = words
    return uncached(json_answer(answer, media_type="application/geo+json"))


def _describe(area: ClassArea) -> Mapping[str, object]:
    polygons = [[ring.tolist() for ring in rings] for rings in area.polygons]
    geometry = {"type": "MultiPolygon", "coordinates": polygons}
    return {
        "type": "Feature",
        "geometry": geometry if polygons else None,
        "properties": {"value": area.value, "name": area.name, "count": area.count},
    }
