from __future__ import annotations

import io

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from raster_core.bands import BandInfo
from raster_core.errors import RequestError
from raster_core.grid import Grid
from raster_core.raster import RasterArray
from raster_core.tile.colors.ramps import ramp_colors
from raster_core.tile.colors.renderings import ClassColors, Composite, Intervals, Ramp
from raster_core.tile.images.encode import ImageFormat
from raster_core.tile.images.render import colormap_image, empty_image, render_image

PNG, WEBP, JPEG, NPY = ImageFormat

PICTURES = (PNG, WEBP, JPEG)

RAMP = Ramp(0, 100, "viridis")
BAND = BandInfo(1, "b1", "int16")
CLASSES = ClassColors((1, 4, 7), ("#ff0000", "#00ff0080", "#0000ff"))
RGB = tuple(BandInfo(index, f"b{index}", "uint8") for index in (1, 2, 3))
AS_STORED = Composite(((0.0, 255.0),) * 3)


def open_image(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def rgba(content: bytes) -> np.ndarray:
    return np.asarray(open_image(content).convert("RGBA"))


def array_of(values: np.ndarray, mask: np.ndarray | None = None) -> RasterArray:
    """Values of one band or of several, all of them data unless masked."""
    data = values if values.ndim == 3 else values[np.newaxis]
    shown = np.ones(data.shape, bool) if mask is None else mask.reshape(data.shape)
    grid = Grid("EPSG:3857", Affine.identity(), data.shape[2], data.shape[1])
    return RasterArray(data, shown, grid)


def some_array(dtype: str = "uint8", bands: int = 3) -> RasterArray:
    """Smooth values, a corner of which is masked."""
    rows, cols = np.mgrid[:32, :48]
    data = np.stack([(rows * 3 + cols * n) % 256 for n in range(1, bands + 1)])
    mask = np.ones(data.shape, bool)
    mask[:, :9, :13] = False
    return array_of(data.astype(dtype), mask)


@given(
    hnp.arrays(np.int16, (5, 7), elements=st.integers(-50, 150)),
    hnp.arrays(bool, (5, 7)),
)
def test_a_ramp_gives_every_pixel_with_data_its_colour(
    values: np.ndarray, mask: np.ndarray
):
    drawn = rgba(render_image(array_of(values, mask), [BAND], RAMP, PNG))

    place = np.clip(values.astype(float) * 255 / 100, 0, 254).astype(int)
    assert (drawn[mask][:, :3] == ramp_colors("viridis")[place][mask]).all()
    assert (drawn[..., 3] == mask * 255).all()


@pytest.mark.parametrize("form", [PNG, WEBP])
def test_classes_get_their_colours_and_unknown_values_none(form: ImageFormat):
    values = np.array([[0, 1, 4, 7, 9, 1]], np.uint8)
    mask = np.array([[True, True, True, True, True, False]])

    drawn = rgba(render_image(array_of(values, mask), [BAND], CLASSES, form))

    assert drawn[..., 3].tolist() == [[0, 255, 128, 255, 0, 0]]
    assert drawn[0, 1:4, :3].tolist() == [[255, 0, 0], [0, 255, 0], [0, 0, 255]]


def test_what_a_jpeg_cannot_show_through_is_white():
    values = np.repeat(np.array([[0, 1, 4, 7]], np.uint8), 16, axis=0).repeat(
        16, axis=1
    )
    mask = np.ones(values.shape, bool)
    mask[:, -16:] = False

    drawn = rgba(render_image(array_of(values, mask), [BAND], CLASSES, JPEG))

    middles = drawn[8, 8::16, :3].astype(int)
    wanted = [[255, 255, 255], [255, 0, 0], [127, 255, 127], [255, 255, 255]]
    assert np.abs(middles - wanted).max() <= 4


def test_intervals_are_drawn_on_floats():
    values = np.array([[-1.0, 0.0, 0.5, 1.0, np.nan]], np.float32)
    rendering = Intervals(((0.0, 1.0), (1.0, 2.0)), ("#ff0000", "#00ff00"))
    band = BandInfo(1, "b1", "float32")

    drawn = rgba(render_image(array_of(values), [band], rendering, PNG))

    assert drawn[0, :, 3].tolist() == [0, 255, 255, 255, 0]
    assert drawn[0, 1:4, 0].tolist() == [255, 255, 0]


def test_classes_fit_a_palette_as_long_as_a_picture_has_few_of_them():
    values = np.arange(0, 4000, 16).reshape(10, 25)
    many = ClassColors(tuple(range(4000)), tuple(f"#{n * 7:06x}" for n in range(4000)))
    band = BandInfo(1, "b1", "int64")

    content = render_image(array_of(values), [band], many, PNG)

    drawn = rgba(content)
    assert open_image(content).mode == "P"
    assert (drawn[..., 0] == (values * 7) >> 16).all()
    assert (drawn[..., 1] == (values * 7) >> 8 & 255).all()
    assert (drawn[..., 2] == (values * 7) & 255).all()


@pytest.mark.parametrize("form", [PNG, WEBP])
def test_more_classes_in_a_picture_than_a_palette_holds_get_true_colours(
    form: ImageFormat,
):
    values = np.arange(400).reshape(20, 20)
    many = ClassColors(tuple(range(399)), tuple(f"#{n * 7:06x}" for n in range(399)))
    band = BandInfo(1, "b1", "int64")

    content = render_image(array_of(values), [band], many, form)

    drawn = rgba(content)
    assert open_image(content).mode == "RGBA"
    assert drawn.reshape(-1, 4)[:399, 1:3].tolist() == [
        [n * 7 >> 8, n * 7 & 255] for n in range(399)
    ]
    assert drawn[..., 3].ravel().tolist() == [255] * 399 + [0]


@given(
    hnp.arrays(np.uint8, st.tuples(st.just(3), st.integers(1, 20), st.integers(1, 20))),
    st.data(),
)
def test_a_picture_is_drawn_as_stored_and_hides_only_what_all_bands_lack(
    data: np.ndarray, more: st.DataObject
):
    mask = more.draw(hnp.arrays(bool, data.shape))

    content = render_image(array_of(data, mask), RGB, AS_STORED, PNG)

    shown, drawn = mask.any(axis=0), rgba(content)
    assert open_image(content).mode == ("RGB" if shown.all() else "RGBA")
    assert (drawn[..., 3] == shown * 255).all()
    assert (drawn[shown][:, :3] == data[:, shown].T).all()
    assert not drawn[~shown].any()  # nothing hidden leaks


def test_bands_of_two_bytes_are_stretched_each_by_its_own_range():
    data = np.array([[[0, 1000, 2000]], [[100, 200, 300]], [[5, 5, 5]]], np.uint16)
    bands = tuple(BandInfo(n, f"b{n}", "uint16") for n in (1, 2, 3))
    rendering = Composite(((0.0, 2000.0), (100.0, 300.0), (0.0, 5.0)))

    drawn = rgba(render_image(array_of(data), bands, rendering, PNG))

    assert drawn[0, :, :3].tolist() == [[0, 0, 255], [128, 128, 255], [255, 255, 255]]


def test_a_webp_of_a_picture_looks_like_it():
    array = some_array()

    drawn = rgba(render_image(array, RGB, AS_STORED, WEBP)).astype(int)

    shown = array.mask.all(axis=0)
    assert (drawn[..., 3] == shown * 255).all()
    difference = np.abs(drawn[..., :3] - np.moveaxis(array.data, 0, -1))[shown]
    assert np.median(difference) < 10


def test_exact_numbers_stay_exact_in_webp_and_are_refused_as_jpeg():
    array = array_of(some_array().data)
    exact = Composite(((0.0, 255.0),) * 3, exact=True)

    drawn = rgba(render_image(array, RGB, exact, WEBP))

    assert (drawn[..., :3] == np.moveaxis(array.data, 0, -1)).all()
    with pytest.raises(RequestError, match="changes encoded numbers"):
        render_image(array, RGB, exact, JPEG)


def test_npy_has_stored_values_whatever_the_rendering():
    array = some_array("int16")

    stack = np.load(io.BytesIO(render_image(array, [BAND], RAMP, NPY)))

    assert (stack[:-1] == array.data).all()
    assert (stack[-1] == array.mask.all(axis=0) * 255).all()


@pytest.mark.parametrize(("height", "width"), [(256, 256), (512, 512), (3, 17)])
@pytest.mark.parametrize("form", ImageFormat)
@pytest.mark.parametrize(
    ("bands", "rendering"), [((BAND,), RAMP), ((BAND,), CLASSES), (RGB, AS_STORED)]
)
def test_the_empty_image_is_what_no_data_look_like(
    form: ImageFormat, height: int, width: int, bands: tuple[BandInfo, ...], rendering
):
    nothing = np.zeros((len(bands), height, width), bands[0].dtype)
    array = array_of(nothing, np.zeros(nothing.shape, bool))

    empty = empty_image((height, width), form, bands)

    drawn = render_image(array, bands, rendering, form)
    if form is NPY:
        assert empty == drawn
    else:
        assert (rgba(empty) == rgba(drawn)).all()
        assert rgba(empty).shape == (height, width, 4)
        assert set(rgba(empty).ravel().tolist()) == {255 if form is JPEG else 0}


def test_the_empty_tile_is_small():
    assert len(empty_image((256, 256), PNG, ())) == 116
    assert len(empty_image((512, 512), PNG, ())) < 150


def test_a_colormap_is_drawn_from_its_first_to_its_last_colour():
    drawn = rgba(colormap_image("viridis_r", 300, 12))

    assert drawn.shape == (12, 300, 4)
    assert drawn[5, [0, -1], :3].tolist() == [[253, 231, 37], [68, 1, 84]]
    assert (drawn == drawn[0]).all()
    assert len(np.unique(drawn[0], axis=0)) == 255


def test_a_picture_one_pixel_wide_is_no_special_case():
    assert rgba(colormap_image("gray", 1, 1)).shape == (1, 1, 4)
    values = np.array([[7]], np.uint8)
    assert rgba(render_image(array_of(values), [BAND], CLASSES, PNG)).tolist() == [
        [[0, 0, 255, 255]]
    ]


@pytest.mark.parametrize("form", PICTURES)
def test_every_picture_has_the_size_of_its_grid(form: ImageFormat):
    for bands, rendering in (((BAND,), RAMP), ((BAND,), CLASSES), (RGB, AS_STORED)):
        array = some_array(bands[0].dtype, len(bands))

        image = open_image(render_image(array, bands, rendering, form))

        assert image.size == (48, 32)
