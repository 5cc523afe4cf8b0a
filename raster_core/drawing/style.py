"""The colours of bands: the request's, otherwise the dataset's, otherwise a ramp."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from raster_core.catalogue.dataset import RenderDefaults
from raster_core.errors import ParameterError, RequestError
from raster_core.tile.colors.choice import choose_rendering
from raster_core.tile.colors.colormap import own_colormap
from raster_core.tile.colors.ramps import COLORMAP_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.bands import BandInfo
    from raster_core.catalogue.dataset import Dataset
    from raster_core.drawing.request import Drawing
    from raster_core.tile.colors.choice import RangeOf, RenderParams
    from raster_core.tile.colors.renderings import Range, Rendering


@dataclass(frozen=True, slots=True)
class Unranged:
    """A style whose ranges have to be sampled from the pixels."""

    bands: tuple[BandInfo, ...]
    """What is drawn."""
    defaults: RenderDefaults
    """The dataset's rendering."""
    colors: RenderParams
    """The request's."""
    known: tuple[Range | None, ...]
    """The range of each band, where the catalogue has one for ``rescale=auto``."""

    def rendering(self, sample: RangeOf) -> Rendering:
        """The rendering, with a sample's ranges where the catalogue has none."""
        return choose_rendering(
            self.bands,
            self.defaults,
            self.colors,
            lambda position: self.known[position] or sample(position),
        )


type Style = Rendering | Unranged


def choose_style(
    dataset: Dataset, drawing: Drawing, bands: Sequence[BandInfo]
) -> Style:
    """The style of bands, as the request and the catalogue have it.

    Args:
        dataset: A dataset of the catalogue; it is not opened.
        drawing: As ``fill_in`` returns it.
        bands: What is drawn.

    Raises:
        RequestError: If the parameters cannot be combined, or the bands not be drawn.
        SourceError: If the dataset's own colormap or formula is not valid.
    """
    if drawing.algorithm is not None and drawing.algorithm.colors is not None:
        return drawing.algorithm.colors
    colors = _find_colormap(dataset, drawing.colors)
    known = tuple(_percentiles(drawing, band) for band in bands)
    defaults = _own_defaults(dataset, drawing, bands)
    style = Unranged(tuple(bands), defaults, colors, known)
    sampled: list[int] = []

    def sample(position: int) -> Range:
        sampled.append(position)
        return 0.0, 1.0

    rendering = style.rendering(sample)
    return style if sampled else rendering


def _percentiles(drawing: Drawing, band: BandInfo) -> Range | None:
    """The range that the catalogue states; None if it states none."""
    low, high = band.percentile_2, band.percentile_98
    # With another nodata value, its percentiles are those of other pixels.
    if drawing.source.nodata is not None or low is None or high is None:
        return None
    return low, high


def _own_defaults(
    dataset: Dataset, drawing: Drawing, bands: Sequence[BandInfo]
) -> RenderDefaults:
    """The dataset's rendering, as far as it applies to what is drawn."""
    own, expression = dataset.rendering, drawing.source.expression
    if drawing.algorithm is not None:
        return RenderDefaults(bands=())
    if expression is None:
        return own
    indexes = tuple(band.index for band in bands)
    is_own = expression == own.expression
    return replace(own, bands=indexes) if is_own else RenderDefaults(bands=())


def _find_colormap(dataset: Dataset, colors: RenderParams) -> RenderParams:
    """The colours with a colormap of the catalogue in place of its name.

    Raises:
        ParameterError: If the name is that of another dataset's colormap.
        SourceError: If the catalogue's colormap is not valid.
    """
    name = colors.colormap_name
    if name is None or (name in COLORMAP_NAMES and name not in dataset.colormaps):
        return colors
    if name not in dataset.colormaps:
        why = (
            f"colormap_name '{name}' is not one of those that /colormaps lists for "
            "this dataset"
        )
        raise ParameterError("colormap_name", why)
    if colors.colormap is not None:
        raise RequestError("colormap and colormap_name exclude each other")
    colormap = own_colormap(dataset.colormaps[name])
    return replace(colors, colormap_name=None, colormap=colormap)
