"""The header that an Item may carry: whole, bounded, and checked when it is read."""

from __future__ import annotations

import base64
import json
import random
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.bands import BandInfo
from raster_core.sources.companion.companion import (
    Companion,
    CompanionError,
    Stored,
    decode_companion,
    encode_companion,
)
from raster_core.sources.companion.limits import MAX_TEXT

GOOD = Companion(
    '"0123-4"',
    "EPSG:5070",
    (30.0, 0.0, -2_100_000.0, 0.0, -30.0, 2_000_000.0),
    (Stored(1000, 800, (512, 512), 1), Stored(500, 400, (512, 512), 1)),
    (
        BandInfo(1, "height", "int16", nodata=-32768, unit="m", scale=0.1),
        BandInfo(2, "b2", "float32", nodata=float("inf")),
    ),
    None,
    mask_band=False,
    parts=((0, b"II*\0"), (1000, bytes(range(256)))),
)

offsets = st.integers(0, 2**40)
companions = st.builds(
    Companion,
    etag=st.just('"a"'),
    crs=st.text(max_size=20),
    transform=st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 6),
    levels=st.lists(
        st.builds(
            Stored,
            st.integers(1, 2**31),
            st.integers(1, 2**31),
            st.tuples(st.integers(1, 2**20), st.integers(1, 2**20)),
            st.integers(1, 9),
        ),
        min_size=1,
        max_size=5,
    ).map(tuple),
    bands=st.lists(
        st.builds(
            BandInfo,
            index=st.integers(1, 9),
            name=st.text(max_size=9),
            dtype=st.sampled_from(["uint8", "int16", "float64", "int64"]),
            nodata=st.none()
            | st.integers(-(2**63), 2**63)
            | st.floats(allow_nan=False),
            unit=st.none() | st.text(max_size=3),
            scale=st.floats(allow_nan=False),
            offset=st.floats(allow_nan=False),
        ),
        min_size=1,
        max_size=4,
    ).map(tuple),
    alpha=st.none() | st.just(1),
    mask_band=st.booleans(),
    parts=st.lists(
        st.tuples(offsets, st.binary(min_size=1, max_size=50)), max_size=5
    ).map(tuple),
)


@given(companions)
def test_what_was_written_is_read(companion: Companion) -> None:
    text = encode_companion(companion)
    assert text is not None

    assert decode_companion(text) == companion


def test_the_index_of_a_raster_of_many_blocks_is_left_out() -> None:
    noise = random.Random(1).randbytes(MAX_TEXT)  # noqa: S311  no secret

    assert encode_companion(_with_parts(((0, noise),))) is None


def _with_parts(parts: tuple[tuple[int, bytes], ...]) -> Companion:
    return Companion(
        GOOD.etag,
        GOOD.crs,
        GOOD.transform,
        GOOD.levels,
        GOOD.bands,
        None,
        mask_band=False,
        parts=parts,
    )


def change(**changes: object) -> str:
    """The good one, with other members."""
    text = encode_companion(GOOD)
    assert text is not None
    said, _, rest = zlib.decompress(base64.b64decode(text)).partition(b"\n")
    fields = {**json.loads(said), **changes}
    whole = json.dumps(fields).encode() + b"\n" + rest
    return base64.b64encode(zlib.compress(whole)).decode()


LEVEL = {"width": 10, "height": 10, "block_shape": [5, 5], "interleaved": 1}
BAND = {"index": 1, "name": "a", "dtype": "uint8"}


@pytest.mark.parametrize(
    "changes",
    [
        {"form": 2},
        {"levels": []},
        {"levels": [{**LEVEL, "width": 0}]},
        {"levels": [{**LEVEL, "width": 2**40}]},
        {"levels": [{**LEVEL, "width": "9"}]},
        {"levels": [{**LEVEL, "width": True}]},
        {"levels": [{**LEVEL, "block_shape": [5]}]},
        {"levels": [LEVEL] * 100},
        {"levels": None},
        {"bands": []},
        {"bands": [{**BAND, "dtype": "complex64"}]},
        {"bands": [{**BAND, "dtype": "no type"}]},
        {"bands": [{**BAND, "nodata": "x"}]},
        {"bands": [{**BAND, "no": 1}]},
        {"transform": [1, 2]},
        {"transform": [float("nan")] * 6},
        {"etag": "W/x"},
        {"alpha": 3},
        {"parts": [[0, 5]]},
        {"parts": [[0, 2**40]]},
        {"parts": [[-1, 260]]},
        {"parts": [[0, 0]]},
    ],
    ids=str,
)
def test_what_no_file_says_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(CompanionError, match=r"^It "):
        decode_companion(change(**changes))


@pytest.mark.parametrize("text", ["", "é", "AAAA", "x" * (MAX_TEXT + 1), "eJw="])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(CompanionError, match=r"^It "):
        decode_companion(text)


def test_a_bomb_is_not_unfolded() -> None:
    bomb = base64.b64encode(zlib.compress(bytes(2**24))).decode()

    with pytest.raises(CompanionError, match="1048576 bytes"):
        decode_companion(bomb)


@given(st.data())
def test_damage_is_an_error_and_nothing_else(data: st.DataObject) -> None:
    text = encode_companion(GOOD)
    assert text is not None
    raw = bytearray(zlib.decompress(base64.b64decode(text)))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] = data.draw(st.integers(0, 255))

    with suppress(CompanionError):
        decode_companion(base64.b64encode(zlib.compress(bytes(raw))).decode())
