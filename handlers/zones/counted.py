"""The layer whose pixels a request for statistics counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import raster_core.sources.file.reading  # noqa: F401  a start is cheaper than a request
from handlers.params.errors import InvalidError
from raster_core.drawing.sources import resolve_source
from raster_core.errors import RequestError
from raster_core.layers.kinds import open_layer
from raster_core.zonal.partials.partial import keeps_histogram
from raster_core.zonal.reading.classed import class_layer
from raster_core.zonal.results.statistics import HISTOGRAM_ONLY

if TYPE_CHECKING:
    from handlers.params.requests.statistics import StatisticsRequest
    from raster_core.catalogue.dataset import Dataset
    from raster_core.layers.spec import LayerSpec
    from raster_core.raster import Layer


def resolve_counted(dataset: Dataset, request: StatisticsRequest) -> LayerSpec:
    """What a request for statistics reads.

    Raises:
        RequestError: If the dataset does not have such a band, or a parameter does not
            apply to it.
    """
    if dataset.overlay is not None and not request.options.statistics.unscale:
        why = (
            "unscale=false cannot be combined with an overlay, whose scores are not "
            "stored"
        )
        raise InvalidError([("unscale", why)])
    return resolve_source(dataset, request.source)


def open_counted(spec: LayerSpec, request: StatisticsRequest) -> Layer:
    """The layer that is counted, if it yields the statistics that are requested.

    Args:
        spec: As ``resolve_counted`` returns it.
        request: What it requests.

    Raises:
        RequestError: If it does not, since they take integers of up to 16 bits.
        SourceError: If the raster cannot be opened.
    """
    layer = open_layer(spec)
    missing = HISTOGRAM_ONLY.intersection(request.statistics)
    missing |= {*request.histogram}
    if request.categorical:
        missing |= {"categories"}
    for band in layer.info.bands:
        if missing and not keeps_histogram(band.dtype):
            names = ", ".join(sorted(missing))
            raise RequestError(
                f"Band {band.index} is {band.dtype}; {names} take integers of up to "
                "16 bits"
            )
    by_name = "categories" in request.statistics
    return class_layer(layer) if request.categorical or by_name else layer
