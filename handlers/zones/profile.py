"""Values of a dataset along the line in a body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import routes
from handlers.catalogue.store import find_dataset
from handlers.http.answers import json_answer, uncached
from handlers.http.handles import handles, make_router
from handlers.params.lists import zonal as params
from handlers.params.query import read_query
from handlers.params.requests.source import read_source
from handlers.zones.body import read_one
from raster_core.drawing.sources import resolve_source
from raster_core.layers.kinds import open_layer
from raster_core.layers.sampling import RESAMPLING
from raster_core.zonal.profile import read_profile
from raster_core.zonal.zones.line import read_line

if TYPE_CHECKING:
    from handlers.platform.powertools import Response
    from raster_core.zonal.profile import Profile

router = make_router()


@handles(router, routes.PROFILE)
def post_profile(dataset_id: str) -> Response[str]:
    """The values along a LineString or a Feature of one."""
    event = router.current_event
    query = read_query(event, routes.PROFILE.params)
    source = read_source(query)
    samples = query.get(params.SAMPLES)

    geometry, crs = read_one(event, query, lambda *found: found)
    dataset = find_dataset(dataset_id)
    line = read_line(geometry, crs, near=dataset.grid)
    layer = open_layer(resolve_source(dataset, source))
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
