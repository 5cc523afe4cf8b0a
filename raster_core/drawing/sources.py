"""What is read, resolved against its dataset: the spec of a layer.

Pure: nothing is opened, so a request can be refused, or answered from a cache, first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.catalogue.dataset import Dataset
    from raster_core.drawing.request import Source
    from raster_core.layers.spec import LayerSpec


def resolve_source(
    dataset: Dataset, source: Source, default: Sequence[int | str] = (1,)
) -> LayerSpec:
    """The layer that a request reads, as data that ``kinds.open_layer`` opens.

    Args:
        dataset: A dataset of the catalogue.
        source: What is said about it.
        default: The bands that are read if the request names none.

    Raises:
        RequestError: If the dataset does not have such a band, the expression is not
            valid, or a nodata value is given for an overlay.
    """
    if dataset.overlay is not None and source.nodata is not None:
        why = "nodata cannot be combined with an overlay, whose layers have their own"
        raise ParameterError("nodata", why)
    if source.expression is not None:
        return dataset.expression_spec(source.expression, source.nodata)
    bands = [dataset.band(band) for band in source.bands or default]
    if source.nodata is not None:
        bands = [band.without_data(source.nodata) for band in bands]
    return dataset.spec(bands)
