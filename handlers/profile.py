"""Values of a dataset along the line in a body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from handlers.layers import open_bands
from handlers.schema import integer, read_json_body, read_query
from handlers.store import load_catalogue
from handlers.web import json_answer, uncached
from handlers.zones import read_one_feature
from raster_core.zonal.line import read_line
from raster_core.zonal.profile import MAX_SAMPLES, read_profile
from raster_core.zonal.sampling import RESAMPLING

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler.api_gateway import Response

    from raster_core.zonal.profile import Profile

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call,unused-ignore]


@router.post("/datasets/<dataset_id>/profile")
def post_profile(dataset_id: str) -> Response[str]:
    """The values along a LineString or a Feature of one."""
    event = router.current_event
    query = read_query(event, ("bidx", "samples"))
    indexes = query.values("bidx", integer(1, 65535), "a band number from 1")
    samples = query.value(
        "samples", integer(2, MAX_SAMPLES), f"a number from 2 to {MAX_SAMPLES}"
    )
    query.check()
    feature = read_one_feature(read_json_body(event))
    line = read_line(feature.get("geometry"))

    dataset = load_catalogue().dataset(dataset_id)
    bands = tuple(dataset.band(index) for index in dict.fromkeys(indexes or (1,)))
    layer = open_bands(dataset, bands)
    return uncached(json_answer(_describe(read_profile(layer, line, samples))))


def _describe(profile: Profile) -> dict[str, object]:
    return {
        "length_m": float(profile.distance[-1]),
        "resampling": RESAMPLING,
        "distance_m": profile.distance.tolist(),
        "coordinates": profile.positions.tolist(),
        "bands": [
            {
                "band": f"b{found.band.index}",
                "name": found.band.name,
                "unit": found.band.unit,
                "values": found.values,
                "labels": found.labels,
                "reasons": found.reasons,
            }
            for found in profile.bands
        ],
    }
