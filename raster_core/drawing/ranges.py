"""Ranges that neither the request nor the catalogue knows: sampled once, then kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.drawing.style import Unranged

if TYPE_CHECKING:
    from raster_core.drawing.resolve import Resolved
    from raster_core.drawing.style import Style
    from raster_core.tile.algorithms.protocol import Algorithm
    from raster_core.tile.colors.renderings import Range, Rendering
    from raster_core.tile.colors.survey import ValueRange

    type Key = tuple[str, str, str, Algorithm | None]
    """Id and version of a dataset, its source and the algorithm."""

# Entries, each of a few numbers.
_MAX_KEPT = 1000

_kept: dict[Key, tuple[ValueRange, ...]] = {}

_SAMPLED = "The range holds 96 % of the values of a sample of the raster"
_GUESSED = "No data were found in a sample of the raster; the range is a guess"


def settle_style(resolved: Resolved, style: Style) -> tuple[Rendering, str | None]:
    """The rendering with all ranges known, and a note if they were sampled.

    All tiles share the ranges: percentiles of the catalogue, otherwise of a sample.

    Args:
        resolved: What is drawn; opened if it has to be sampled.
        style: Its style.

    Raises:
        SourceError: If the raster cannot be read.
    """
    if not isinstance(style, Unranged):
        return style, None
    notes = []

    def sample(position: int) -> Range:
        found = _survey(resolved)[position]
        notes.append(_SAMPLED if found.met else _GUESSED)
        return found.low, found.high

    rendering = style.rendering(sample)
    return rendering, max(notes, key=notes.count)


def _survey(resolved: Resolved) -> tuple[ValueRange, ...]:
    """The ranges of a sample of what is drawn."""
    # Imports GDAL, which a legend rarely needs.
    from raster_core.drawing.opening import open_drawing  # noqa: PLC0415
    from raster_core.tile.colors.survey import survey_ranges  # noqa: PLC0415

    # As text, because a nodata of NaN is not equal to itself.
    source = repr(resolved.source)
    key = resolved.dataset.id, resolved.version, source, resolved.algorithm
    found = _kept.get(key)
    if found is None:
        found = survey_ranges(open_drawing(resolved.spec, resolved.algorithm))
        if len(_kept) >= _MAX_KEPT:
            _kept.clear()
        _kept[key] = found
    return found
