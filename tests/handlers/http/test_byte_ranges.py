from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.io import MemoryFile

from handlers.http import byte_ranges
from raster_core.drawing import part
from raster_core.sources.file.geotiff import encode_geotiff
from testing.client import Answer, event, get, invoke

if TYPE_CHECKING:
    from collections.abc import Iterator

PART = "/datasets/grid/part.tif"
BOX = "bbox=10.2,45.1,10.9,45.8"


def ask(method: str = "GET", path: str = PART, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    query = BOX if path == PART else ""
    return invoke(event(method, path, query, headers=named))


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The size of every GeoTIFF that was computed."""
    sizes: list[int] = []

    def count(*args: object) -> bytes:
        image = encode_geotiff(*args)  # type: ignore[arg-type]
        sizes.append(len(image))
        return image

    monkeypatch.setattr(part, "encode_geotiff", count)
    return sizes


@given(first=st.integers(0, 3000), length=st.integers(1, 3000))
@settings(deadline=None)
def test_a_range_is_a_part_of_the_whole(first: int, length: int) -> None:
    whole = ask()
    size = len(whole.body)
    first %= size
    stop = min(first + length, size)

    part = ask(range=f"bytes={first}-{first + length - 1}")

    assert part.status == 206
    assert part.body == whole.body[first:stop]
    assert part.headers["content-range"] == f"bytes {first}-{stop - 1}/{size}"
    for name in ("etag", "content-type", "cache-control", "accept-ranges"):
        assert part.headers[name] == whole.headers[name]


def test_open_ranges_and_ends_are_parts_too() -> None:
    whole = ask().body

    assert ask(range="bytes=100-").body == whole[100:]
    assert ask(range="bytes=-100").body == whole[-100:]
    assert ask(range=f"bytes=-{10**9}").body == whole
    assert ask(range=f"bytes=0-{10**9}").status == 206


@pytest.mark.parametrize(
    "range_",
    ["bytes=0-9,20-29", "bytes=9-0", "bytes=-", "items=0-9", "bytes=a-b", "bytes= 0-9"],
)
def test_what_is_no_single_range_is_answered_whole(range_: str) -> None:
    answer = ask(range=range_)

    assert answer.status == 200
    assert answer.body == ask().body


@pytest.mark.parametrize("range_", ["bytes=99999999-", "bytes=-0"])
def test_a_range_beyond_the_end_is_told_the_size(range_: str) -> None:
    answer = ask(range=range_)

    assert answer.status == 416
    assert answer.headers["content-range"] == f"bytes */{len(ask().body)}"
    assert answer.json()["status"] == 416


def test_a_range_of_another_image_is_answered_whole() -> None:
    tag = ask().headers["etag"]

    assert ask(range="bytes=0-9", if_range=tag).status == 206
    assert ask(range="bytes=0-9", if_range='"other"').status == 200
    date = "Mon, 30 Nov 2026 17:00:00 GMT"
    assert ask(range="bytes=0-9", if_range=date).status == 200
    assert ask(range="bytes=0-9", if_none_match=tag).status == 304


def test_head_says_that_there_are_ranges_and_how_long_it_all_is() -> None:
    head = ask("HEAD", range="bytes=0-9")

    assert head.status == 200
    assert head.headers["accept-ranges"] == "bytes"
    assert head.headers["content-length"] == str(len(ask().body))


def test_other_answers_have_no_ranges() -> None:
    for path in ("/datasets/grid/preview.png", "/datasets/grid"):
        answer = ask(path=path, range="bytes=0-9")

        assert answer.status == 200
        assert "accept-ranges" not in answer.headers


def test_ranges_of_one_image_are_computed_once(encoded: list[int]) -> None:
    parts = [ask(range=f"bytes={start}-{start + 99}").body for start in (0, 100, 200)]

    assert b"".join(parts) == ask().body[:300]
    assert len(encoded) == 1
    get(PART, f"{BOX}&bidx=2")
    assert len(encoded) == 2


def test_only_some_images_are_kept_and_not_for_long(
    encoded: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(byte_ranges, "_MAX_KEPT", 2 * len(ask().body))
    for band in (1, 2, 1, 2):
        get(PART, f"{BOX}&bidx={band}&max_size=2048")
    assert len(encoded) <= 5
    assert (
        sum(len(image) for _, image in byte_ranges._kept.values())
        <= byte_ranges._MAX_KEPT
    )

    before = len(encoded)
    monkeypatch.setattr(byte_ranges, "_KEEP", 0.0)
    ask()
    ask()
    assert len(encoded) == before + 2


def test_the_parts_are_a_geotiff() -> None:
    size = int(ask("HEAD").headers["content-length"])
    starts = range(0, size, 1000)

    content = b"".join(ask(range=f"bytes={s}-{s + 999}").body for s in starts)

    with MemoryFile(content) as memory, memory.open() as file:
        assert np.ptp(file.read(1)) > 0
