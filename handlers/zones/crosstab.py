"""Cross-tabulation of several datasets over the GeoJSON in a body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers import routes
from handlers.catalogue.store import find_dataset
from handlers.http.answers import uncached
from handlers.http.app import seconds_left
from handlers.http.handles import handles, make_router
from handlers.params.lists import zonal as params
from handlers.params.query import Query, read_query
from handlers.params.requests.statistics import read_mode
from handlers.platform.settings import current_settings
from handlers.zones.body import read_body, read_crs
from handlers.zones.outcomes import (
    all_bad,
    answer_all_bad,
    answer_features,
    compute_good,
    describe_feature,
    describe_zones,
    name_properties,
)
from raster_core.drawing.request import Source
from raster_core.drawing.sources import resolve_source
from raster_core.errors import ZoneError
from raster_core.layers.kinds import open_layer
from raster_core.layers.sampling import RESAMPLING
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.crosstab import CrossTable, cross_tabulate
from raster_core.zonal.engine import Options
from raster_core.zonal.reading.cost import MAX_PARTIALS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.platform.powertools import Response
    from raster_core.bands import BandInfo
    from raster_core.documents import Json
    from raster_core.raster import Layer
    from raster_core.zonal.coverage.cover import Mode

router = make_router()


@dataclass(frozen=True, slots=True)
class _Request:
    """What the query string says."""

    datasets: tuple[str, ...]
    bands: tuple[int | str, ...]
    """One for each dataset."""
    mode: Mode
    include_geometry: bool


@handles(router, routes.CROSSTAB)
def post_crosstab() -> Response[str]:
    """A table for a Geometry, a Feature or each Feature of a FeatureCollection."""
    event = router.current_event
    query = read_query(event, routes.CROSSTAB.params)
    request = _read_parameters(query)
    crs = read_crs(query)
    query.check()
    body = read_body(event, crs)
    if all_bad(body.zones):
        return answer_all_bad(body.zones, event.path)

    layers = list(map(_open, request.datasets, request.bands))
    limits = current_settings()
    options = Options(
        request.mode,
        max_pixels=limits.max_pixels,
        max_seconds=seconds_left(router.lambda_context),
        max_partials=MAX_PARTIALS,
        max_crossings=limits.max_crossings,
    )
    outcomes = compute_good(
        layers[0],
        body.zones,
        options,
        lambda good: cross_tabulate(layers, good, options),
    )
    if all_bad(outcomes):
        return answer_all_bad(outcomes, event.path)
    bands = [layer.info.bands[0] for layer in layers]
    naming = name_properties(body.features, "crosstab", "crosstab".__eq__)
    answers = [
        describe_feature(
            feature,
            words,
            naming=naming,
            found=_describe(outcome, request.datasets, bands),
            include_geometry=request.include_geometry,
        )
        for feature, words, outcome in zip(
            body.features, describe_zones(body.zones), outcomes, strict=True
        )
    ]
    return uncached(
        answer_features(body, answers, include_geometry=request.include_geometry)
    )


def _read_parameters(query: Query) -> _Request:
    datasets = query.get(params.DATASETS)
    bands = query.get(params.BANDS)
    sound = not query.has_fault(params.DATASETS, params.BANDS)
    if sound and bands and len(bands) != len(datasets):
        counts = f"bidx has {len(bands)} values for {len(datasets)} datasets"
        query.faults.append(("bidx", counts))
    return _Request(
        datasets=datasets,
        bands=bands or (1,) * len(datasets),
        mode=read_mode(query),
        include_geometry=query.get(params.INCLUDE_GEOMETRY),
    )


def _open(dataset_id: str, band: int | str) -> Layer:
    return open_layer(resolve_source(find_dataset(dataset_id), Source((band,))))


def _describe(
    outcome: CrossTable | ZoneError, datasets: Sequence[str], bands: Sequence[BandInfo]
) -> Json | ZoneError:
    """A table as JSON; an error as it is."""
    if isinstance(outcome, ZoneError):
        return outcome
    names = [band.class_names for band in bands]
    columns = (
        outcome.values.tolist(),
        outcome.counts,
        outcome.fractions,
        outcome.areas_m2,
    )
    rows = [
        {
            "values": values,
            "names": [
                known.get(value, str(value))
                for known, value in zip(names, values, strict=True)
            ],
            "count": count,
            "fraction": fraction,
            "area_m2": area,
        }
        for values, count, fraction, area in zip(*columns, strict=True)
    ]
    return {
        "datasets": datasets,
        "resampling": RESAMPLING,
        "count": sum(outcome.weights) / WHOLE,
        "masked_pixels": outcome.masked / WHOLE,
        "rows": rows,
        "reason": outcome.reason,
    }
