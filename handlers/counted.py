"""The layer whose pixels a request for statistics counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.drawing.sources import resolve_source
from handlers.params.errors import InvalidError
from raster_core.errors import RequestError
from raster_core.layers.kinds import open_layer
from raster_core.zonal.classed import class_layer
from raster_core.zonal.statistics import HISTOGRAM_ONLY
from raster_core.zonal.stats import keeps_histogram

if TYPE_CHECKING:
    from handlers.params.requests.statistics import Asked
    from raster_core.layers.spec import LayerSpec
    from raster_core.raster import Layer
    from raster_core.source.dataset import Dataset


def resolve_asked(dataset: Dataset, asked: Asked) -> LayerSpec:
    """What a request for statistics reads.

    Raises:
        RequestError: If the dataset does not have such a band, or a parameter does not
            apply to it.
    """
    if dataset.overlay is not None and not asked.options.statistics.unscale:
        why = (
            "unscale=false cannot be combined with an overlay, whose scores are not "
            "stored"
        )
        raise InvalidError([("unscale", why)])
    return resolve_source(dataset, asked.source)


def open_asked(spec: LayerSpec, asked: Asked) -> Layer:
    """The layer asked for, if it yields the figures asked for.

    Args:
        spec: As ``resolve_asked`` returns it.
        asked: The request.

    Raises:
        RequestError: If it does not.
        SourceError: If the raster cannot be opened.
    """
    layer = open_layer(spec)
    missing = HISTOGRAM_ONLY.intersection(asked.statistics)
    missing |= {*asked.histogram}
    if asked.categorical:
        missing |= {"categories"}
    for band in layer.info.bands:
        if missing and not keeps_histogram(band.dtype):
            names = ", ".join(sorted(missing))
            raise RequestError(
                f"Band {band.index} is {band.dtype}; {names} take integers of up to "
                "16 bits"
            )
    by_name = "categories" in asked.statistics
    return class_layer(layer) if asked.categorical or by_name else layer
