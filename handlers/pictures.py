"""From a layer to an image: what tiles, previews, cut-outs and overlays share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from handlers.answers import image_answer
from handlers.colors import COLOR_PARAMS
from handlers.ranges import open_drawing, settle_rendering
from handlers.rendering import (
    describe_bands,
    describe_drawing,
    fill_in,
)
from handlers.schema import integer, one_of, rule_of
from handlers.values import check_npy
from raster_core.errors import NotFoundError, RequestError
from raster_core.layers.stored import read_as_image
from raster_core.raster import Resampling
from raster_core.tile.algorithms.layer import compute_gap
from raster_core.tile.colors.renderings import Composite
from raster_core.tile.encode import MEDIA_TYPES, ImageFormat, encode_npy
from raster_core.tile.render import empty_image, render_image
from raster_core.tile.tms import lies_outside, tile_bounds, tile_grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.powertools import Response
    from handlers.rendering import Drawing
    from handlers.schema import Query
    from raster_core.bands import BandInfo
    from raster_core.grid import Bounds, Grid
    from raster_core.raster import Layer, RasterArray
    from raster_core.source.dataset import Dataset
    from raster_core.tile.algorithms.protocol import Algorithm
    from raster_core.tile.colors.choice import RangeOf
    from raster_core.tile.colors.renderings import Range, Rendering

TILE_PARAMS = ("tilesize", "empty")

FORMATS = {form.value: form for form in ImageFormat} | {"jpeg": ImageFormat.JPEG}
"""The endings of an image's path."""

_TILE_SIZES = ("256", "512")

_EMPTY_STATUSES = ("200", "204", "404")

_DOUBLE = "@2x"


@dataclass(frozen=True, slots=True)
class Frame:
    """What a tile's path and its parameters of size ask for."""

    grid: Grid
    bounds: Bounds
    """Longitude and latitude."""
    form: ImageFormat
    empty: HTTPStatus
    """Of a tile without data."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a layer is drawn."""

    rendering: Rendering | None
    """None where stored values are given out."""
    resampling: Resampling = Resampling.NEAREST
    settled: bool = True
    """Whether the rendering's ranges are known; else they are to be sampled."""


def read_frame(query: Query, z: str, x: str, y: str) -> Frame:
    """What ``{z}/{x}/{y}[@2x][.{format}]`` and ``TILE_PARAMS`` ask for.

    Called when all other parameters are read, because it refuses the request if that
    has any fault.

    Raises:
        InvalidError: With all faults of the query.
        NotFoundError: The matrix has no such tile.
    """
    row, dot, ending = y.partition(".")
    form = ImageFormat.PNG
    if dot:
        form = read_format(query, ending)
    whole = integer(-(2**31), 2**31)
    address = [
        query.parse(name, text, whole, "a whole number") or 0
        for name, text in (("z", z), ("x", x), ("y", row.removesuffix(_DOUBLE)))
    ]
    size = query.value("tilesize", one_of(_TILE_SIZES), rule_of(_TILE_SIZES)) or "256"
    empty = query.value("empty", one_of(_EMPTY_STATUSES), rule_of(_EMPTY_STATUSES))
    query.check()
    pixels = int(size) * (2 if row.endswith(_DOUBLE) else 1)
    column, line = address[1:]
    grid = tile_grid(address[0], column, line, size=pixels)
    bounds = tile_bounds(address[0], column, line)
    return Frame(grid, bounds, form, HTTPStatus(int(empty or HTTPStatus.OK)))


def read_format(query: Query, ending: str) -> ImageFormat:
    """The format of a path's ending; PNG if that is a fault."""
    names = tuple(FORMATS)
    found = query.parse("format", ending, one_of(names), rule_of(names))
    form = FORMATS[found or ImageFormat.PNG]
    if form is ImageFormat.NPY:
        refuse_colors(query, ending)
    return form


def refuse_colors(query: Query, ending: str) -> None:
    """Take colours for faults where pixels are not drawn."""
    query.refuse(COLOR_PARAMS, f"with {ending}, which holds values and no colours")


def choose_look(
    dataset: Dataset, asked: Drawing, form: ImageFormat | None
) -> tuple[Drawing, Look]:
    """The drawing with the dataset's defaults, and how it looks; opens nothing.

    Args:
        dataset: Of the catalogue.
        asked: By the request.
        form: What is made of it; None for stored values.

    Raises:
        RequestError: The parameters do not go together, or not with the dataset.
    """
    drawing = fill_in(asked, dataset.rendering)
    resampling = drawing.resampling or Resampling.NEAREST
    if form is None or form is ImageFormat.NPY:
        describe_bands(dataset, drawing)
        return drawing, Look(None, resampling)
    notes: list[int] = []
    _, rendering = describe_drawing(dataset, drawing, _note_in(notes))
    if (
        form is ImageFormat.JPEG
        and isinstance(rendering, Composite)
        and rendering.exact
    ):
        raise RequestError("Heights as colours do not survive jpg; ask for png or webp")
    return drawing, Look(rendering, resampling, settled=not notes)


def _note_in(places: list[int]) -> RangeOf:
    """Ranges of any kind, that note for which bands they were asked."""

    def ranges(place: int) -> Range:
        places.append(place)
        return 0.0, 1.0

    return ranges


def open_look(dataset: Dataset, drawing: Drawing, look: Look) -> tuple[Layer, Look]:
    """The layer that is drawn, and how it looks with all ranges known.

    Args:
        dataset: Of the catalogue.
        drawing: As ``choose_look`` returns it.
        look: Likewise.

    Raises:
        SourceError: The raster cannot be opened, or not be sampled.
    """
    layer = open_drawing(dataset, drawing)
    if not look.settled:
        rendering, _ = settle_rendering(dataset, drawing)
        look = Look(rendering, look.resampling)
    if isinstance(look.rendering, Composite):
        layer = read_as_image(layer)
    return layer, look


def answer_dataset_tile(
    frame: Frame, dataset: Dataset, drawing: Drawing, look: Look
) -> Response[bytes]:
    """The tile of a dataset; one wholly beside it is answered without opening it."""
    if frame.form is not ImageFormat.NPY and lies_outside(frame.bounds, dataset.bounds):
        algorithm = drawing.algorithm
        if algorithm is None or not algorithm.fills_gaps:
            return _answer_empty(frame, ())
        if algorithm.colors is not None:
            image = _gap_image(
                frame.grid.width, algorithm, algorithm.colors, frame.form
            )
            return image_answer(image, MEDIA_TYPES[frame.form])
    return answer_tile(frame, *open_look(dataset, drawing, look))


def answer_tile(frame: Frame, layer: Layer, look: Look) -> Response[bytes]:
    """The tile of a layer.

    Raises:
        NotFoundError: It is empty, and that is what such a tile shall be.
        BudgetError: It would read too much, or be too large an answer.
        SourceError: The layer cannot be read.
    """
    if look.rendering is None:
        check_npy(layer.info.bands, frame.grid)
    array = layer.read(frame.grid, look.resampling)
    if not array.mask.any():
        return _answer_empty(frame, layer.info.bands)
    return answer_image(array, layer.info.bands, look, frame.form)


def answer_image(
    array: RasterArray, bands: Sequence[BandInfo], look: Look, form: ImageFormat
) -> Response[bytes]:
    """Pixels as an image, with or without data."""
    if look.rendering is None:
        image = encode_npy(array.data, array.mask, array.alpha)
    else:
        image = render_image(array, bands, look.rendering, form)
    return image_answer(image, MEDIA_TYPES[form])


def _answer_empty(frame: Frame, bands: Sequence[BandInfo]) -> Response[bytes]:
    """What stands for a tile without data."""
    if frame.empty is HTTPStatus.NOT_FOUND:
        raise NotFoundError("There is no data in this tile")
    image = empty_image(frame.grid.shape, frame.form, bands)
    answer = image_answer(image, MEDIA_TYPES[frame.form])
    if frame.empty is HTTPStatus.NO_CONTENT:
        answer.status_code, answer.body = HTTPStatus.NO_CONTENT, None
    return answer


@lru_cache(maxsize=8)
def _gap_image(
    size: int, algorithm: Algorithm, colors: Rendering, form: ImageFormat
) -> bytes:
    """A tile beside the raster, whichever it is."""
    array = compute_gap(algorithm, tile_grid(0, 0, 0, size=size))
    return render_image(array, algorithm.bands, colors, form)
