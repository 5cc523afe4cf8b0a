"""Ranges that neither the request nor the catalogue knows: sampled once, then kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.caching import version_of
from handlers.layers import open_source
from handlers.rendering import describe_bands, describe_drawing

if TYPE_CHECKING:
    from handlers.rendering import Drawing
    from raster_core.raster import Layer
    from raster_core.source.dataset import Dataset
    from raster_core.tile.algorithms.protocol import Algorithm
    from raster_core.tile.colors.renderings import Range, Rendering
    from raster_core.tile.survey import ValueRange

    type Key = tuple[str, str, str, Algorithm | None]
    """Id and version of a dataset, and what is drawn of it."""

# Some numbers each.
_MAX_KEPT = 1000

_kept: dict[Key, tuple[ValueRange, ...]] = {}

_SAMPLED = "The range holds 96 % of the values of a sample of the raster"
_GUESSED = "No data were met in a sample of the raster; the range is a guess"


def settle_rendering(
    dataset: Dataset, drawing: Drawing
) -> tuple[Rendering, str | None]:
    """The colours with all ranges known, and where ranges come from that nobody stated.

    The same for all tiles: percentiles of the catalogue, else of a sample.

    Args:
        dataset: Of the catalogue; opened if it must be sampled.
        drawing: As ``fill_in`` returns it.

    Raises:
        SourceError: The raster cannot be read.
    """
    bands = describe_bands(dataset, drawing)
    notes = []

    def ranges(place: int) -> Range:
        low, high = bands[place].percentile_2, bands[place].percentile_98
        # Percentiles of the catalogue know nothing of another nodata value.
        known = drawing.source.nodata is None and drawing.algorithm is None
        if low is not None and high is not None and known:
            return low, high
        found = _survey(dataset, drawing)[place]
        notes.append(_SAMPLED if found.met else _GUESSED)
        return found.low, found.high

    _, rendering = describe_drawing(dataset, drawing, ranges)
    return rendering, max(notes, key=notes.count) if notes else None


def open_drawing(dataset: Dataset, drawing: Drawing) -> Layer:
    """The layer that is drawn.

    Args:
        dataset: Of the catalogue.
        drawing: As ``fill_in`` returns it.

    Raises:
        SourceError: The raster cannot be opened.
    """
    # With GDAL, which a legend seldom needs.
    from raster_core.layers.stored import read_as_floats  # noqa: PLC0415
    from raster_core.tile.algorithms.layer import apply_algorithm  # noqa: PLC0415

    layer = open_source(dataset, drawing.source)
    if drawing.algorithm is None:
        return layer
    return apply_algorithm(read_as_floats(layer), drawing.algorithm)


def _survey(dataset: Dataset, drawing: Drawing) -> tuple[ValueRange, ...]:
    """The ranges of a sample of what is drawn."""
    from raster_core.tile.survey import survey_ranges  # noqa: PLC0415

    # As text, because a nodata of NaN is not equal to itself.
    key = dataset.id, version_of(dataset), repr(drawing.source), drawing.algorithm
    found = _kept.get(key)
    if found is None:
        found = survey_ranges(open_drawing(dataset, drawing))
        if len(_kept) >= _MAX_KEPT:
            _kept.clear()
        _kept[key] = found
    return found
