"""What is drawn and how, decided once from the request and the catalogue."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from handlers.catalogue.store import load_catalogue
from handlers.params.lists.rendering import RENDERING
from handlers.params.query import read_query
from handlers.params.requests.drawing import read_drawing
from raster_core.catalogue.dataset import RenderDefaults
from raster_core.catalogue.versions import version_of
from raster_core.drawing.request import Drawing, Source
from raster_core.drawing.resolve import fill_in, resolve_drawing
from raster_core.drawing.style import Unranged
from raster_core.errors import ParameterError, RequestError
from raster_core.layers.file import FileSpec
from raster_core.layers.overlay import OverlayPart, OverlaySpec
from raster_core.layers.scores import RangeScore
from raster_core.raster import Resampling
from raster_core.tile.colors.choice import RenderParams
from raster_core.tile.colors.renderings import Composite, Ramp
from raster_core.tile.images.encode import ImageFormat
from testing.client import event

if TYPE_CHECKING:
    from raster_core.catalogue.dataset import Dataset

SILENT = Drawing(Source(), RenderParams())


def drawing_of(**parameters: str | list[str]) -> Drawing:
    text = urlencode(parameters, doseq=True)
    query = read_query(APIGatewayProxyEventV2(event("GET", "/", text)), RENDERING)
    drawing = read_drawing(query)
    assert query.faults == []
    return drawing


def grid() -> Dataset:
    return load_catalogue().dataset("grid")


def drawn_by(rendering: RenderDefaults) -> Dataset:
    return replace(grid(), rendering=rendering)


def test_the_datasets_rendering_counts_where_the_request_is_silent() -> None:
    own = RenderDefaults((3, 2, 1), resampling="bilinear", nodata=7.0)

    filled = fill_in(SILENT, drawn_by(own))

    assert filled.source == Source((3, 2, 1), None, 7.0)
    assert filled.resampling is Resampling.BILINEAR


def test_the_request_goes_before_the_datasets_rendering() -> None:
    own = RenderDefaults((3, 2, 1), resampling="bilinear", nodata=7.0)

    filled = fill_in(drawing_of(bidx="2", resampling="mode"), drawn_by(own))

    assert filled.source == Source((2,), None, None)
    assert filled.resampling is Resampling.MODE


def test_an_unknown_kernel_of_a_dataset_is_the_nearest() -> None:
    filled = fill_in(SILENT, drawn_by(RenderDefaults(resampling="lanczos")))

    assert filled.resampling is Resampling.NEAREST


def test_an_algorithm_takes_the_first_band_bilinearly() -> None:
    own = RenderDefaults((3, 2, 1), resampling="nearest", expression="b1/b2")

    filled = fill_in(drawing_of(algorithm="slope"), drawn_by(own))

    assert filled.source == Source((3,))
    assert filled.resampling is Resampling.BILINEAR


def test_an_algorithm_takes_the_kernel_asked_for() -> None:
    drawing = drawing_of(algorithm="slope", resampling="cubic")

    assert fill_in(drawing, drawn_by(RenderDefaults())).resampling is Resampling.CUBIC


def describe(**parameters: str | list[str]) -> tuple[list[str], object]:
    resolved = resolve_drawing(grid(), drawing_of(**parameters))
    style = resolved.style
    if isinstance(style, Unranged):
        style = style.rendering(lambda _: (0.25, 0.75))
    return [band.name for band in resolved.bands], style


def test_bands_and_colours_are_known_without_opening() -> None:
    assert describe(rescale="0,5", colormap_name="gray") == (
        ["b1"],
        Ramp(0, 5, "gray"),
    )


def test_an_expression_is_a_band_of_its_own() -> None:
    names, rendering = describe(expression="b2 - b1", rescale="0,5")

    assert names == ["b2 - b1"]
    assert isinstance(rendering, Ramp)


def test_a_condition_is_drawn_from_false_to_true() -> None:
    _, rendering = describe(expression="b1 > 5000")

    assert (rendering.minimum, rendering.maximum) == (0, 1)  # type: ignore[attr-defined]


def test_a_shade_is_drawn_as_it_is_and_not_as_the_dataset() -> None:
    assert describe(algorithm="hillshade") == (["hillshade"], Ramp(1, 255, "gray"))


def test_heights_as_colours_are_exact() -> None:
    names, rendering = describe(algorithm="terrarium")

    assert names == ["red", "green", "blue"]
    assert rendering == Composite(((0, 255),) * 3, exact=True)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"bidx": "3"}, "Band 3 is not one of 1 to 2"),
        ({"bidx": "swir"}, "Band 'swir'"),
        ({"bidx": ["1", "2"]}, "2 bands cannot be drawn"),
        ({"bidx": ["1", "2"], "algorithm": "slope"}, "one band of heights, not 2"),
        ({"expression": "b1 - b3"}, "Band 3"),
        ({"expression": "b1;b2"}, "2 bands cannot be drawn"),
        ({"color_formula": "saturation 2"}, "saturation needs three bands"),
        ({"rescale": ["0,1", "0,2"]}, "2 rescale"),
        (
            {"colormap_name": "gray", "colormap": json.dumps({"1": "#fff"})},
            "exclude each other",
        ),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_is_read(
    parameters: dict[str, str | list[str]], message: str
) -> None:
    with pytest.raises(RequestError, match=message):
        describe(**parameters)


@pytest.mark.parametrize("form", [None, ImageFormat.NPY])
def test_stored_values_need_no_colours(form: ImageFormat | None) -> None:
    resolved = resolve_drawing(grid(), drawing_of(bidx=["2", "1"]), form)

    assert [band.index for band in resolved.bands] == [2, 1]
    assert resolved.style is None


def test_heights_as_colours_do_not_survive_jpg() -> None:
    with pytest.raises(RequestError, match="jpg"):
        resolve_drawing(grid(), drawing_of(algorithm="terrarium"), ImageFormat.JPEG)


def test_what_is_opened_is_what_is_drawn() -> None:
    resolved = resolve_drawing(grid(), drawing_of(bidx="2", nodata="7"))

    assert isinstance(resolved.spec, FileSpec)
    assert [(band.index, band.nodata) for band in resolved.spec.bands] == [(2, 7.0)]
    assert resolved.version == version_of(grid())


def test_percentiles_of_the_catalogue_settle_a_range() -> None:
    band = replace(grid().bands[0], percentile_2=1.0, percentile_98=9.0)
    dataset = replace(grid(), bands=(band, *grid().bands[1:]))

    known = resolve_drawing(dataset, drawing_of(rescale="auto", colormap_name="gray"))
    unknown = resolve_drawing(dataset, drawing_of(rescale="auto", nodata="3"))

    assert known.style == Ramp(1, 9, "gray")
    assert isinstance(unknown.style, Unranged)


def test_scores_have_no_nodata_of_their_item() -> None:
    """They are computed; only the layers store values."""
    part = OverlayPart(
        FileSpec("a.tif", "1", grid().bands[:1]), RangeScore(0, 1), weight=1
    )
    overlay = replace(
        drawn_by(RenderDefaults(nodata=0.0)), overlay=OverlaySpec((part,), "mask")
    )

    resolved = resolve_drawing(overlay, SILENT)

    assert resolved.spec == overlay.overlay
    with pytest.raises(ParameterError) as caught:
        resolve_drawing(overlay, drawing_of(nodata="0"))
    assert caught.value.name == "nodata"
