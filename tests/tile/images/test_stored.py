"""Stored blocks as JPEG and WebP files."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from raster_core.tile.images.stored import check_webp, complete_jpeg

SHAPE = (32, 48)
PIXELS = np.random.default_rng(1).integers(0, 256, (*SHAPE, 3)).astype(np.uint8)


def encode(form: str, pixels: np.ndarray = PIXELS, **options: bool) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, form, **options)
    return out.getvalue()


def take_tables(jpeg: bytes) -> tuple[bytes, bytes]:
    """A JPEG without its quantization tables, and these, as TIFFs have them."""
    parts, tables, place = [jpeg[:2]], [jpeg[:2]], 2
    while jpeg[place + 1] != 0xDA:
        stop = place + 2 + int.from_bytes(jpeg[place + 2 : place + 4])
        kind, segment = jpeg[place + 1], jpeg[place:stop]
        if kind == 0xDB:
            tables.append(segment)
        elif kind != 0xE0:
            parts.append(segment)
        place = stop
    return b"".join((*parts, jpeg[place:])), b"".join((*tables, b"\xff\xd9"))


def test_a_jpeg_gets_its_tables_back():
    whole = encode("JPEG")
    content, tables = take_tables(whole)

    found = complete_jpeg(content, tables, SHAPE, is_ycbcr=True)

    assert found is not None
    shown = [np.asarray(Image.open(io.BytesIO(jpeg))) for jpeg in (found, whole)]
    assert (shown[0] == shown[1]).all()


def test_channels_that_are_red_green_and_blue_are_said_to_be():
    content, tables = take_tables(encode("JPEG"))

    found = complete_jpeg(content, tables, SHAPE, is_ycbcr=False)

    assert found is not None
    assert Image.open(io.BytesIO(found)).info["adobe_transform"] == 0


@pytest.mark.parametrize(
    ("content", "shape"),
    [
        (encode("JPEG"), (48, 32)),
        (encode("JPEG")[:-1], SHAPE),
        (encode("JPEG", PIXELS[..., 0]), SHAPE),
        (encode("PNG"), SHAPE),
        (b"", SHAPE),
        (b"\xff\xd8\xff\xd9", SHAPE),
        (b"\xff\xd8" + b"\xff" * 9 + b"\xd9", SHAPE),
    ],
)
def test_another_jpeg_is_refused(content: bytes, shape: tuple[int, int]):
    assert complete_jpeg(content, b"", shape, is_ycbcr=True) is None


def test_tables_that_are_cut_off_are_refused():
    content, tables = take_tables(encode("JPEG"))

    assert complete_jpeg(content, tables[:-1], SHAPE, is_ycbcr=True) is None


@pytest.mark.parametrize("lossless", [False, True])
def test_a_webp_is_known_by_its_size(lossless: bool):
    content = encode("WEBP", lossless=lossless)

    assert check_webp(content, SHAPE, has_alpha=False) is content
    assert check_webp(content, (48, 32), has_alpha=False) is None
    assert check_webp(content[:-1], SHAPE, has_alpha=False) is None
    assert check_webp(content[:20], SHAPE, has_alpha=False) is None


@pytest.mark.parametrize("lossless", [False, True])
def test_the_alpha_of_a_webp_must_be_known(lossless: bool):
    faded = np.dstack((PIXELS, PIXELS[..., 0]))
    content = encode("WEBP", faded, lossless=lossless)

    assert check_webp(content, SHAPE, has_alpha=True) is content
    assert check_webp(content, SHAPE, has_alpha=False) is None


@given(
    st.binary(max_size=60),
    st.sampled_from((b"", b"\xff\xd8", b"RIFF", b"\xff\xd8\xff\xc0")),
    st.integers(0, 200),
    st.integers(0, 255),
)
def test_no_bytes_break_the_checks(more: bytes, start: bytes, place: int, byte: int):
    jpeg, webp = bytearray(encode("JPEG")), bytearray(encode("WEBP"))
    jpeg[place] = webp[place] = byte

    for content in (start + more, bytes(jpeg), bytes(webp)):
        complete_jpeg(content, more, SHAPE, is_ycbcr=True)
        check_webp(content, SHAPE, has_alpha=True)
