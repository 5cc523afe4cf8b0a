"""What a request draws, resolved once against the catalogue.

Pure: nothing is opened and no clock is read, so that a request can be refused, or
answered from a cache, before any raster is touched.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from raster_core.catalogue.versions import version_of
from raster_core.drawing.sources import resolve_source
from raster_core.drawing.style import choose_style
from raster_core.errors import RequestError
from raster_core.expressions.parser import parse_expressions
from raster_core.layers.computed import computed_bands
from raster_core.raster import Resampling
from raster_core.tile.colors.renderings import Composite
from raster_core.tile.images.encode import ImageFormat

if TYPE_CHECKING:
    from raster_core.bands import BandInfo
    from raster_core.catalogue.dataset import Dataset
    from raster_core.drawing.request import Drawing, Source
    from raster_core.drawing.style import Style
    from raster_core.layers.spec import LayerSpec
    from raster_core.tile.algorithms.protocol import Algorithm

_KERNELS = tuple(Resampling)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What is drawn and how: all that can be known without opening a raster."""

    dataset: Dataset
    version: str
    """``version_of`` the dataset."""
    source: Source
    """The source of pixels, with the dataset's defaults filled in."""
    spec: LayerSpec
    """The layer to open."""
    algorithm: Algorithm | None
    """What is computed from the layer; None if it is drawn as it is."""
    bands: tuple[BandInfo, ...]
    """What is drawn, as the catalogue describes it."""
    resampling: Resampling
    style: Style | None
    """None if the answer holds values, not colours."""


# Requests of which few differ in more than the tile, by the dataset's identity; each
# keeps its dataset, so that no id comes back. A colormap may take half a megabyte.
_kept: dict[tuple[int, Drawing, ImageFormat | None], Resolved] = {}
_MAX_KEPT = 64


def resolve_drawing(
    dataset: Dataset, request: Drawing, form: ImageFormat | None = ImageFormat.PNG
) -> Resolved:
    """What a request draws, with the dataset's defaults where it is silent.

    Kept for the next tile of the same map.

    Args:
        dataset: A dataset of the catalogue; it is not opened.
        request: What is said about drawing it.
        form: What is made of the pixels; None for a GeoTIFF of values.

    Raises:
        RequestError: If the dataset does not have such a band, or the parameters
            cannot be combined.
        SourceError: If the dataset's own rendering is not usable.
    """
    key = id(dataset), request, form
    found = _kept.get(key)
    if found is None:
        found = _resolve(dataset, request, form)
        if len(_kept) >= _MAX_KEPT:
            _kept.clear()
        _kept[key] = found
    return found


def forget_drawings() -> None:
    """Resolve each drawing again when it is requested next."""
    _kept.clear()


def _resolve(dataset: Dataset, request: Drawing, form: ImageFormat | None) -> Resolved:
    drawing = fill_in(request, dataset)
    spec = resolve_source(dataset, drawing.source)
    bands = _describe_bands(dataset, drawing)
    style = None
    if form not in (None, ImageFormat.NPY):
        style = choose_style(dataset, drawing, bands)
    times = len(drawing.source.bands)
    if dataset.overlay is not None and times > 1:
        raise RequestError(f"An overlay's only band, its score, is named {times} times")
    is_exact = isinstance(style, Composite) and style.exact
    if is_exact and form is ImageFormat.JPEG:
        raise RequestError("Heights as colours do not survive jpg; ask for png or webp")
    return Resolved(
        dataset=dataset,
        version=version_of(dataset),
        source=drawing.source,
        spec=spec,
        algorithm=drawing.algorithm,
        bands=bands,
        resampling=drawing.resampling or Resampling.NEAREST,
        style=style,
    )


def fill_in(drawing: Drawing, dataset: Dataset) -> Drawing:
    """The drawing with the dataset's own rendering where the request is silent.

    Heights are taken bilinearly unless the request says otherwise: where tiles are
    finer than the raster, slopes between nearest pixels are terraces. The scores of an
    overlay are not stored values, so its Item's nodata does not apply to them.
    """
    defaults = dataset.rendering
    source, drawn = drawing.source, drawing.algorithm is None
    inputs = drawing.algorithm.inputs if drawing.algorithm else None
    if not source.bands and source.expression is None:
        own = None if dataset.overlay is not None else defaults.nodata
        source = replace(
            source,
            bands=defaults.bands[:inputs],
            expression=defaults.expression if drawn else None,
            nodata=own if source.nodata is None else source.nodata,
        )
    own_kernel = defaults.resampling if defaults.resampling in _KERNELS else "nearest"
    kernel = Resampling(own_kernel) if drawn else Resampling.BILINEAR
    return replace(drawing, source=source, resampling=drawing.resampling or kernel)


def _describe_bands(dataset: Dataset, drawing: Drawing) -> tuple[BandInfo, ...]:
    """What is drawn, as the catalogue describes it."""
    source = drawing.source
    if source.expression is not None:
        # Conditions are bytes, but three of them would be drawn from 0 to 255.
        bands = computed_bands(parse_expressions(source.expression), "float32")
    else:
        bands = tuple(dataset.band(band).assumed() for band in source.bands)
    if drawing.algorithm is None:
        return bands
    # Whoever drew an algorithm has loaded it; a start for other documents goes without.
    from raster_core.tile.algorithms.layer import check_inputs  # noqa: PLC0415

    check_inputs(drawing.algorithm, bands)
    return drawing.algorithm.bands
