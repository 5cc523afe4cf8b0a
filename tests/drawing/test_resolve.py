"""What is drawn and how, decided once from what is said and the catalogue."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from raster_core.catalogue.catalogue import parse_catalogue
from raster_core.catalogue.dataset import RenderDefaults
from raster_core.catalogue.versions import version_of
from raster_core.drawing.request import Drawing, Source
from raster_core.drawing.resolve import fill_in, resolve_drawing
from raster_core.drawing.style import Unranged
from raster_core.errors import ParameterError, RequestError
from raster_core.ingest.item import ItemOptions, describe_raster
from raster_core.layers.file import FileSpec
from raster_core.layers.overlay import OverlayPart, OverlaySpec
from raster_core.layers.scores import RangeScore
from raster_core.raster import Resampling
from raster_core.tile.algorithms.table import ALGORITHMS
from raster_core.tile.colors.choice import RenderParams
from raster_core.tile.colors.colormap import parse_colormap
from raster_core.tile.colors.formula import parse_formula
from raster_core.tile.colors.renderings import Composite, Ramp
from raster_core.tile.images.encode import ImageFormat
from tests.cogs import Recipe, write_cog

if TYPE_CHECKING:
    from raster_core.catalogue.dataset import Dataset

SILENT = Drawing(Source(), RenderParams())


def drawing_of(*bands: int | str, **said: Any) -> Drawing:
    """A drawing of bands; what is said may be a member of any of its parts."""
    source = Source(bands, said.pop("expression", None), said.pop("nodata", None))
    algorithm, kernel = said.pop("algorithm", None), said.pop("resampling", None)
    return Drawing(
        source, RenderParams(**said), kernel, algorithm and ALGORITHMS[algorithm]
    )


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Two bands that have a minimum and a maximum, and no colours."""
    path = tmp_path_factory.mktemp("drawing") / "grid.tif"
    write_cog(path, Recipe(bands=2))
    item = describe_raster(path, ItemOptions("grid", str(path)))
    content = json.dumps({"features": [item]}).encode()
    return parse_catalogue(content, "/", allowed=["/"]).dataset("grid")


def drawn_by(dataset: Dataset, rendering: RenderDefaults) -> Dataset:
    return replace(dataset, rendering=rendering)


def test_the_datasets_rendering_counts_where_the_request_is_silent(
    grid: Dataset,
) -> None:
    own = RenderDefaults((3, 2, 1), resampling="bilinear", nodata=7.0)

    filled = fill_in(SILENT, drawn_by(grid, own))

    assert filled.source == Source((3, 2, 1), None, 7.0)
    assert filled.resampling is Resampling.BILINEAR


def test_the_request_goes_before_the_datasets_rendering(grid: Dataset) -> None:
    own = RenderDefaults((3, 2, 1), resampling="bilinear", nodata=7.0)

    filled = fill_in(drawing_of(2, resampling=Resampling.MODE), drawn_by(grid, own))

    assert filled.source == Source((2,), None, None)
    assert filled.resampling is Resampling.MODE


def test_an_unknown_kernel_of_a_dataset_is_the_nearest(grid: Dataset) -> None:
    filled = fill_in(SILENT, drawn_by(grid, RenderDefaults(resampling="lanczos")))

    assert filled.resampling is Resampling.NEAREST


def test_an_algorithm_takes_the_first_band_bilinearly(grid: Dataset) -> None:
    own = RenderDefaults((3, 2, 1), resampling="nearest", expression="b1/b2")

    filled = fill_in(drawing_of(algorithm="slope"), drawn_by(grid, own))

    assert filled.source == Source((3,))
    assert filled.resampling is Resampling.BILINEAR


def test_an_algorithm_takes_the_kernel_asked_for(grid: Dataset) -> None:
    drawing = drawing_of(algorithm="slope", resampling=Resampling.CUBIC)

    assert (
        fill_in(drawing, drawn_by(grid, RenderDefaults())).resampling
        is Resampling.CUBIC
    )


def describe(dataset: Dataset, drawing: Drawing) -> tuple[list[str], object]:
    resolved = resolve_drawing(dataset, drawing)
    style = resolved.style
    if isinstance(style, Unranged):
        style = style.rendering(lambda _: (0.25, 0.75))
    return [band.name for band in resolved.bands], style


def test_bands_and_colours_are_known_without_opening(grid: Dataset) -> None:
    assert describe(grid, drawing_of(rescale=((0, 5),), colormap_name="gray")) == (
        ["b1"],
        Ramp(0, 5, "gray"),
    )


def test_an_expression_is_a_band_of_its_own(grid: Dataset) -> None:
    names, rendering = describe(
        grid, drawing_of(expression="b2 - b1", rescale=((0, 5),))
    )

    assert names == ["b2 - b1"]
    assert isinstance(rendering, Ramp)


def test_a_condition_is_drawn_from_false_to_true(grid: Dataset) -> None:
    _, rendering = describe(grid, drawing_of(expression="b1 > 5000"))

    assert (rendering.minimum, rendering.maximum) == (0, 1)  # type: ignore[attr-defined]


def test_a_shade_is_drawn_as_it_is_and_not_as_the_dataset(grid: Dataset) -> None:
    assert describe(grid, drawing_of(algorithm="hillshade")) == (
        ["hillshade"],
        Ramp(1, 255, "gray"),
    )


def test_heights_as_colours_are_exact(grid: Dataset) -> None:
    names, rendering = describe(grid, drawing_of(algorithm="terrarium"))

    assert names == ["red", "green", "blue"]
    assert rendering == Composite(((0, 255),) * 3, exact=True)


@pytest.mark.parametrize(
    ("drawing", "message"),
    [
        (drawing_of(3), "Band 3 is not one of 1 to 2"),
        (drawing_of("swir"), "Band 'swir'"),
        (drawing_of(1, 2), "2 bands cannot be drawn"),
        (drawing_of(1, 2, algorithm="slope"), "one band of heights, not 2"),
        (drawing_of(expression="b1 - b3"), "Band 3"),
        (drawing_of(expression="b1;b2"), "2 bands cannot be drawn"),
        (
            drawing_of(formula=parse_formula("saturation 2")),
            "saturation needs three bands",
        ),
        (drawing_of(rescale=((0, 1), (0, 2))), "2 rescale"),
        (
            drawing_of(colormap_name="gray", colormap=parse_colormap('{"1": "#fff"}')),
            "exclude each other",
        ),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_is_read(
    grid: Dataset, drawing: Drawing, message: str
) -> None:
    with pytest.raises(RequestError, match=message):
        describe(grid, drawing)


@pytest.mark.parametrize("form", [None, ImageFormat.NPY])
def test_stored_values_need_no_colours(grid: Dataset, form: ImageFormat | None) -> None:
    resolved = resolve_drawing(grid, drawing_of(2, 1), form)

    assert [band.index for band in resolved.bands] == [2, 1]
    assert resolved.style is None


def test_heights_as_colours_do_not_survive_jpg(grid: Dataset) -> None:
    with pytest.raises(RequestError, match="jpg"):
        resolve_drawing(grid, drawing_of(algorithm="terrarium"), ImageFormat.JPEG)


def test_what_is_opened_is_what_is_drawn(grid: Dataset) -> None:
    resolved = resolve_drawing(grid, drawing_of(2, nodata=7))

    assert isinstance(resolved.spec, FileSpec)
    assert [(band.index, band.nodata) for band in resolved.spec.bands] == [(2, 7.0)]
    assert resolved.version == version_of(grid)


def test_percentiles_of_the_catalogue_settle_a_range(grid: Dataset) -> None:
    band = replace(grid.bands[0], percentile_2=1.0, percentile_98=9.0)
    dataset = replace(grid, bands=(band, *grid.bands[1:]))

    known = resolve_drawing(dataset, drawing_of(rescale=(None,), colormap_name="gray"))
    unknown = resolve_drawing(dataset, drawing_of(rescale=(None,), nodata=3))

    assert known.style == Ramp(1, 9, "gray")
    assert isinstance(unknown.style, Unranged)


def overlay_of(dataset: Dataset) -> Dataset:
    part = OverlayPart(
        FileSpec("a.tif", "1", dataset.bands[:1]), RangeScore(0, 1), weight=1
    )
    own = drawn_by(dataset, RenderDefaults(nodata=0.0))
    return replace(own, overlay=OverlaySpec((part,), "mask"))


def test_scores_have_no_nodata_of_their_item(grid: Dataset) -> None:
    """They are computed; only the layers store values."""
    overlay = overlay_of(grid)

    resolved = resolve_drawing(overlay, SILENT)

    assert resolved.spec == overlay.overlay
    with pytest.raises(ParameterError) as caught:
        resolve_drawing(overlay, drawing_of(nodata=0))
    assert caught.value.name == "nodata"


@pytest.mark.parametrize("form", [ImageFormat.PNG, ImageFormat.NPY])
def test_a_score_is_not_read_three_times(grid: Dataset, form: ImageFormat) -> None:
    with pytest.raises(RequestError, match="only band, its score, is named 3 times"):
        resolve_drawing(overlay_of(grid), drawing_of(1, 1, 1), form)
