"""Pixels of some classes inside the zone in a body, as polygons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from handlers.layers import open_bands
from handlers.schema import integer, read_json_body, read_query
from handlers.store import load_catalogue
from handlers.web import json_answer, uncached
from handlers.zones import read_one_feature
from raster_core.zonal.geometry import read_zone
from raster_core.zonal.polygonise import polygonise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.event_handler.api_gateway import Response

    from raster_core.zonal.polygonise import ClassArea

# What a band of 16 bits can hold, signed or not.
_LOWEST, _HIGHEST = -(2**15), 2**16 - 1

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call,unused-ignore]


@router.post("/datasets/<dataset_id>/features")
def post_features(dataset_id: str) -> Response[str]:
    """The classes inside a Polygon, a MultiPolygon or a Feature of one."""
    event = router.current_event
    query = read_query(event, ("bidx", "classes"))
    index = query.value("bidx", integer(1, 65535), "a band number from 1")
    values = query.values(
        "classes",
        integer(_LOWEST, _HIGHEST),
        f"a whole number from {_LOWEST} to {_HIGHEST}",
    )
    query.check()
    feature = read_one_feature(read_json_body(event))
    zone = read_zone(feature.get("geometry"))

    dataset = load_catalogue().dataset(dataset_id)
    bands = (dataset.band(index or 1),)
    layer = open_bands(dataset, bands)
    found = polygonise(layer, zone, set(values) or None)
    answer: dict[str, object] = {
        "type": "FeatureCollection",
        "features": list(map(_describe, found)),
    }
    if zone.repaired:
        answer["zone"] = {"repaired": zone.repaired}
    return uncached(json_answer(answer, media_type="application/geo+json"))


def _describe(area: ClassArea) -> Mapping[str, object]:
    polygons = [[ring.tolist() for ring in rings] for rings in area.polygons]
    geometry = {"type": "MultiPolygon", "coordinates": polygons}
    return {
        "type": "Feature",
        "geometry": geometry if polygons else None,
        "properties": {"value": area.value, "name": area.name, "count": area.count},
    }
