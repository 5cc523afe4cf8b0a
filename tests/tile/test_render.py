from __future__ import annotations

import io

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from raster_core.errors import RequestError
from raster_core.grid import BandInfo, Grid, RasterArray, RasterClass
from raster_core.source.catalogue import RenderDefaults
from raster_core.tile.colormap import (
    COLORMAP_NAMES,
    ClassColors,
    Ramp,
    RenderParams,
    choose_rendering,
    ramp_colors,
)
from raster_core.tile.legend import describe_legend, draw_legend
from raster_core.tile.render import empty_png, encode_png, palette_indices, render_png

RAMP = Ramp(0, 100, "gray")
BAND = BandInfo(1, "b1", "int16", minimum=0.0, maximum=100.0)
CLASSES = ClassColors((1, 4, 7), ("#ff0000", "#00ff00", "#ff0000"))


def open_png(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def array_of(values: np.ndarray, mask: np.ndarray | None = None) -> RasterArray:
    shape = values.shape
    shown = np.ones(shape, bool) if mask is None else mask
    grid = Grid("EPSG:3857", Affine.identity(), shape[1], shape[0])
    return RasterArray(values[None], shown[None], grid)


@given(
    hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40)),
    st.booleans(),
)
def test_a_png_holds_the_indices_it_was_made_of(indices: np.ndarray, smooth: bool):
    colors = np.arange(765, dtype=np.int64).reshape(255, 3).astype(np.uint8)

    image = open_png(encode_png(indices, colors, smooth=smooth))

    assert image.mode == "P"
    assert (np.asarray(image) == indices).all()
    assert image.info["transparency"] in (0, b"\0")
    assert image.getpalette()[3:] == colors.ravel().tolist()


def test_pixels_without_data_are_transparent():
    values, mask = np.full((4, 5), 50, np.int16), np.ones((4, 5), bool)
    mask[1, 2] = False

    alpha = np.asarray(
        open_png(render_png(array_of(values, mask), BAND, RAMP)).convert("RGBA")
    )

    assert alpha[1, 2, 3] == 0
    assert (alpha[mask][:, 3] == 255).all()


@pytest.mark.parametrize(
    "dtype",
    ["uint8", "int8", "uint16", "int16", "int32", "uint32", "float32", "float64"],
)
def test_the_ramps_ends_are_its_first_and_last_colour(dtype: str):
    values = np.array([0, 1, 50, 99, 100, 101, 120]).astype(dtype)

    indices = palette_indices(values, BAND, RAMP)

    assert indices.tolist() == [1, 3, 128, 253, 255, 255, 255]


@given(hnp.arrays(np.int16, 50), st.sampled_from([1.0, 0.1, -2.0]), st.floats(-50, 50))
def test_the_table_for_small_integers_is_the_arithmetic(
    values: np.ndarray, scale: float, offset: float
):
    band = BandInfo(1, "b1", "int16", scale=scale, offset=offset)

    by_table = palette_indices(values, band, RAMP)

    wide = palette_indices(values.astype(np.int32), band, RAMP)
    assert (by_table == wide).all()


def test_infinite_values_get_the_end_colours():
    values = np.array([-np.inf, np.inf, 1e300])

    assert palette_indices(values, BAND, RAMP).tolist() == [1, 255, 255]


def test_classes_get_their_colours_and_unknown_values_none():
    values = np.array([[0, 1, 4, 7]], np.uint8)

    image = open_png(render_png(array_of(values), BandInfo(1, "b1", "uint8"), CLASSES))

    assert np.asarray(image.convert("RGBA"))[0].tolist() == [
        [0, 0, 0, 0],
        [255, 0, 0, 255],
        [0, 255, 0, 255],
        [255, 0, 0, 255],
    ]


def test_more_colours_than_a_palette_holds_are_refused():
    many = ClassColors(tuple(range(256)), tuple(f"#{n:06x}" for n in range(256)))

    with pytest.raises(RequestError, match="256 colours, a palette 255"):
        palette_indices(np.zeros(1, np.int32), BAND, many)


def test_the_empty_tile_is_small_and_transparent():
    content = empty_png(256)

    image = open_png(content)
    assert len(content) == 116
    assert image.size == (256, 256)
    assert np.asarray(image.convert("RGBA"))[..., 3].max() == 0


@pytest.mark.parametrize("name", COLORMAP_NAMES)
def test_a_colour_map_has_as_many_colours_as_a_palette_takes(name: str):
    colors = ramp_colors(name)

    assert colors.shape == (255, 3)
    assert len(np.unique(colors, axis=0)) > 200


def test_viridis_has_its_known_ends():
    assert ramp_colors("viridis")[[0, -1]].tolist() == [[68, 1, 84], [253, 231, 37]]


WITH_CLASSES = BandInfo(1, "b1", "uint8", classes=(RasterClass(1, "a", "#ff0000"),))


@pytest.mark.parametrize(
    ("band", "defaults", "params", "expected"),
    [
        (
            WITH_CLASSES,
            RenderDefaults(),
            RenderParams(),
            ClassColors((1,), ("#ff0000",)),
        ),
        (
            WITH_CLASSES,
            RenderDefaults(),
            RenderParams(rescale=(0, 9)),
            Ramp(0, 9, "gray"),
        ),
        (BAND, RenderDefaults(), RenderParams(), Ramp(0, 100, "gray")),
        (
            BAND,
            RenderDefaults(1, (5, 6), "viridis"),
            RenderParams(),
            Ramp(5, 6, "viridis"),
        ),
        (
            BAND,
            RenderDefaults(2, (5, 6), "viridis"),
            RenderParams(),
            Ramp(0, 100, "gray"),
        ),
        (
            BAND,
            RenderDefaults(1, (5, 6), "viridis"),
            RenderParams(colormap_name="gray"),
            Ramp(5, 6, "gray"),
        ),
        (
            BandInfo(1, "b1", "uint8"),
            RenderDefaults(),
            RenderParams(),
            Ramp(0, 255, "gray"),
        ),
    ],
    ids=["classes", "asked", "statistics", "default", "other band", "mixed", "bytes"],
)
def test_the_request_counts_first_then_the_dataset_then_the_values(
    band: BandInfo, defaults: RenderDefaults, params: RenderParams, expected: object
):
    assert choose_rendering(band, defaults, params) == expected


def test_without_any_range_the_request_must_give_one():
    with pytest.raises(RequestError, match="give rescale=min,max"):
        choose_rendering(BandInfo(1, "b1", "float32"), RenderDefaults(), RenderParams())


def test_a_legend_names_what_is_drawn():
    assert describe_legend("T", WITH_CLASSES, ClassColors((1,), ("#ff0000",))) == {
        "type": "classes",
        "title": "T",
        "entries": [{"value": 1, "label": "a", "color": "#ff0000"}],
    }
    ramp = describe_legend("T", BAND, RAMP)
    assert (ramp["type"], ramp["min"], ramp["max"]) == ("continuous", 0, 100)
    assert ramp["colors"][0] == "#000000"  # type: ignore[index]


@pytest.mark.parametrize("rendering", [RAMP, ClassColors((1,), ("#ff0000",))])
def test_a_drawn_legend_shows_its_colours(rendering: Ramp | ClassColors):
    image = open_png(draw_legend("Title", WITH_CLASSES, rendering))

    colors = {color for _, color in image.getcolors(1 << 20)}
    assert (255, 255, 255) in colors
    wanted = (255, 0, 0) if isinstance(rendering, ClassColors) else (128, 128, 128)
    assert wanted in colors
