"""Values of decoded blocks: both implementations, and encoders beside them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.native.library import without_library
from raster_core.native.unpacking import (
    DIFFERENCES,
    FLOAT_BYTES,
    PLAIN,
    Packing,
    Part,
    unpack,
    whole,
)

TYPES = ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8")


def _predictors(dtype: str) -> tuple[int, ...]:
    last = (FLOAT_BYTES,) if dtype[0] == "f" else ()
    return (PLAIN, DIFFERENCES, *last)


PACKINGS = st.sampled_from(TYPES).flatmap(
    lambda dtype: st.builds(
        Packing,
        shape=st.tuples(st.integers(1, 9), st.integers(1, 70)),
        samples=st.integers(1, 5),
        dtype=st.just(np.dtype(dtype)),
        predictor=st.sampled_from(_predictors(dtype)),
        big_endian=st.booleans(),
    )
)


@st.composite
def parts(draw: st.DrawFn, packing: Packing) -> Part:
    ends = [
        sorted(draw(st.tuples(*[st.integers(0, size)] * 2))) for size in packing.shape
    ]
    samples = draw(st.lists(st.integers(0, packing.samples - 1), max_size=6))
    return Part(slice(*ends[0]), slice(*ends[1]), samples)


@st.composite
def blocks(draw: st.DrawFn) -> tuple[bytes, Packing, Part]:
    packing = draw(PACKINGS)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return rng.bytes(packing.bytes), packing, draw(parts(packing))


def read(stored: bytes, packing: Packing, part: Part) -> np.ndarray:
    """The part as it is written into the middle of a larger array."""
    count, height, width = part.shape
    around = np.zeros((count, height + 2, width + 3), packing.dtype)
    inside = around[:, 1 : height + 1, 2 : width + 2]
    unpack(stored, packing, part, inside)
    found = inside.copy()
    inside[...] = 0
    assert not around.view(np.uint8).any()
    return found


def encode(values: np.ndarray, packing: Packing) -> bytes:
    """What a writer stores of values (row, col, sample), by the specification."""
    size = packing.dtype.itemsize
    if packing.predictor == FLOAT_BYTES:
        rows = values.astype(packing.dtype.newbyteorder(">")).view(np.uint8)
        planes = rows.reshape(*values.shape, size).transpose(0, 3, 1, 2)
        flat = planes.reshape(len(values), size * values.shape[1], packing.samples)
        return np.diff(flat, axis=1, prepend=np.zeros_like(flat[:, :1])).tobytes()
    if packing.predictor == DIFFERENCES:
        values = values.view(f"u{size}")
        values = np.diff(values, axis=1, prepend=np.zeros_like(values[:, :1]))
    return values.astype(
        values.dtype.newbyteorder(">" if packing.big_endian else "<")
    ).tobytes()


@given(blocks())
def test_both_implementations_give_the_same_bits(block):
    native = read(*block)
    with without_library():
        reference = read(*block)

    assert native.tobytes() == reference.tobytes()


@given(blocks())
def test_a_part_is_that_of_the_whole(block):
    stored, packing, part = block
    every = read(stored, packing, whole(packing))

    expected = every[list(part.samples), part.rows, part.cols]

    assert read(stored, packing, part).tobytes() == expected.tobytes()


@given(blocks())
def test_values_come_back_from_what_a_writer_stores(block):
    stored, packing, _ = block
    shape = (*packing.shape, packing.samples)
    values = np.frombuffer(stored, packing.dtype).reshape(shape)

    found = read(encode(values, packing), packing, whole(packing))

    assert found.tobytes() == np.moveaxis(values, -1, 0).tobytes()


def test_sums_by_hand():
    packing = Packing((2, 3), 1, np.dtype(np.uint8), DIFFERENCES, big_endian=False)

    found = read(bytes([250, 10, 1, 1, 255, 0]), packing, whole(packing))

    assert found[0].tolist() == [[250, 4, 5], [1, 0, 0]]


@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize(
    ("rows", "samples"), [(slice(0, 3), [0]), (slice(0, 1), [1]), (slice(1, 1), [2])]
)
def test_what_is_not_in_the_block_is_refused(rows, samples, *, native):
    packing = Packing((2, 3), 1, np.dtype(np.uint8), PLAIN, big_endian=False)
    part = Part(rows, slice(0, 3), samples)
    out = np.zeros(part.shape, np.uint8)

    def write() -> None:
        with pytest.raises(ValueError, match="not a part"):
            unpack(bytes(6), packing, part, out)

    if native:
        write()
    else:
        with without_library():
            write()


def test_too_few_bytes_and_other_arrays_are_refused():
    packing = Packing((2, 3), 1, np.dtype(np.uint16), PLAIN, big_endian=False)

    with pytest.raises(ValueError, match="11 bytes"):
        unpack(bytes(11), packing, whole(packing), np.zeros((1, 2, 3), np.uint16))
    with pytest.raises(ValueError, match="do not fit"):
        unpack(bytes(12), packing, whole(packing), np.zeros((1, 2, 4), np.uint16))
    with pytest.raises(ValueError, match="do not fit"):
        unpack(bytes(12), packing, whole(packing), np.zeros((1, 2, 3), np.int16))
    with pytest.raises(ValueError, match="apart"):
        unpack(
            bytes(12), packing, whole(packing), np.zeros((1, 2, 6), np.uint16)[..., ::2]
        )
