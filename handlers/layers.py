"""The layer that a request reads from: some bands of a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.layer import BandSpec, open_layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.grid import BandInfo, Layer
    from raster_core.source.catalogue import Dataset


def open_bands(dataset: Dataset, bands: Sequence[BandInfo]) -> Layer:
    """Bands of a dataset, in the order given.

    Args:
        dataset: Of the catalogue.
        bands: Those of ``dataset``; their nodata may be the request's.

    Raises:
        SourceError: The raster cannot be opened.
    """
    return open_layer(BandSpec(dataset.href, dataset.version, tuple(bands)))
