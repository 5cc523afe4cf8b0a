from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from raster_core.tile.images.encode import (
    MEDIA_TYPES,
    ImageFormat,
    encode_jpeg,
    encode_npy,
    encode_palette_png,
    encode_rgb_png,
    encode_webp,
)

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, max_side=40)


def open_image(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def some_colors(count: int) -> np.ndarray:
    return np.random.default_rng(count).integers(0, 256, (count, 4)).astype(np.uint8)


@given(
    st.integers(1, 255).flatmap(
        lambda count: st.tuples(
            st.just(count),
            hnp.arrays(np.uint8, SHAPES, elements=st.integers(0, count)),
        )
    ),
    st.booleans(),
)
def test_a_palette_png_shows_the_colours_of_its_indices(
    made: tuple[int, np.ndarray], smooth: bool
):
    count, indices = made
    colors = some_colors(count)

    image = open_image(encode_palette_png(indices, colors, smooth=smooth))

    table = np.concatenate((np.zeros((1, 4), np.uint8), colors))
    assert image.mode == "P"
    assert (np.asarray(image.convert("RGBA")) == table[indices]).all()


@pytest.mark.parametrize(
    ("count", "bits"),
    [(0, 1), (1, 1), (2, 2), (3, 2), (4, 4), (15, 4), (16, 8), (255, 8)],
)
def test_a_palette_takes_as_few_bits_as_its_colours_need(count: int, bits: int):
    indices = np.full((3, 5), count, np.uint8)

    content = encode_palette_png(indices, some_colors(count), smooth=False)

    assert content[24] == bits  # of the header: the byte after width and height


def test_few_bits_make_fewer_bytes():
    random = np.random.default_rng(0)
    indices = random.integers(0, 4, (64, 64)).astype(np.uint8).repeat(4, 0).repeat(4, 1)

    few = encode_palette_png(indices, some_colors(3), smooth=False)
    many = encode_palette_png(indices, some_colors(16), smooth=False)

    assert len(few) < 0.8 * len(many)


def test_alpha_is_written_up_to_the_last_colour_that_is_not_opaque():
    colors = np.array([[1, 2, 3, 255], [4, 5, 6, 9], [7, 8, 9, 255]], np.uint8)

    content = encode_palette_png(np.zeros((1, 1), np.uint8), colors, smooth=True)

    start = content.index(b"tRNS")
    assert content[start - 4 : start + 7] == b"\0\0\0\x03tRNS\0\xff\x09"


@given(
    hnp.arrays(
        np.uint8,
        st.tuples(st.integers(1, 30), st.integers(1, 30), st.sampled_from((3, 4))),
    )
)
def test_a_true_colour_png_holds_the_pixels_it_was_made_of(pixels: np.ndarray):
    image = open_image(encode_rgb_png(pixels))

    assert image.mode == ("RGB", "RGBA")[pixels.shape[2] - 3]
    assert (np.asarray(image) == pixels).all()


@given(
    hnp.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(4)))
)
def test_a_lossless_webp_holds_the_pixels_it_was_made_of(pixels: np.ndarray):
    image = open_image(encode_webp(pixels, lossless=True)).convert("RGBA")

    # What nobody sees may have another colour.
    visible = np.where(pixels[..., 3:] > 0, pixels, 0)
    shown = np.asarray(image)
    assert (np.where(shown[..., 3:] > 0, shown, 0) == visible).all()


@pytest.mark.parametrize(
    "encode", [encode_jpeg, lambda p: encode_webp(p, lossless=False)]
)
def test_a_lossy_picture_looks_like_what_it_was_made_of(encode):
    rows, cols = np.mgrid[:64, :64]
    pixels = np.stack((rows * 4, cols * 4, 255 - rows * 2 - cols * 2), axis=-1)

    image = open_image(encode(pixels.astype(np.uint8)))

    assert np.abs(np.asarray(image.convert("RGB")).astype(int) - pixels).max() < 24


def test_a_lossy_webp_keeps_its_edges():
    pixels = np.full((32, 32, 4), 255, np.uint8)
    pixels[:, :13, 3] = 0

    alpha = np.asarray(open_image(encode_webp(pixels, lossless=False)))[..., 3]

    assert (alpha == pixels[..., 3]).all()


@pytest.mark.parametrize(
    ("dtype", "written"),
    [
        ("uint8", "uint8"),
        ("int8", "int16"),
        ("bool", "uint8"),
        ("int16", "int16"),
        ("uint16", "uint16"),
        ("uint64", "uint64"),
        ("float16", "float16"),
        ("float32", "float32"),
    ],
)
def test_npy_has_the_values_and_then_the_mask(dtype: str, written: str):
    data = np.array([[[0, 1, 1]], [[1, 0, 1]]]).astype(dtype)
    mask = np.array([[[True, True, False]], [[True, True, True]]])

    stack = np.load(io.BytesIO(encode_npy(data, mask)))

    assert stack.dtype == written
    assert stack.tolist() == [[[0, 1, 1]], [[1, 0, 1]], [[255, 255, 0]]]


def test_every_format_has_its_media_type():
    assert set(MEDIA_TYPES) == set(ImageFormat)


def test_a_png_does_not_load_pillow():
    code = (
        "import sys; from raster_core.tile.images.render import empty_image;"
        "from raster_core.tile.images.encode import ImageFormat;"
        "empty_image((2, 2), ImageFormat.PNG, ()); print('PIL' in sys.modules)"
    )

    out = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )

    assert out.stdout.strip() == "False"
