"""Files whose Items carry their headers: one round of requests, and none too stale."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from raster_core.errors import ChangedError
from raster_core.grid import Window
from raster_core.ingest.opening import describe_opening
from raster_core.sources.companion.carried import carried_tag, forget_carried
from raster_core.sources.companion.companion import decode_companion, encode_companion
from raster_core.sources.file.cog import forget, open_cog
from raster_core.sources.ranges import opening
from testing.rangeserver import Fault, RangeServer, etag_of
from tests.cogs import Recipe, coordinate_values, write_cog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from raster_core.sources.file.cog import Cog

NAME = "raster.tif"
WINDOW = Window(100, 300, 700, 500)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("carried")
    write_cog(folder / NAME, Recipe(1500, 1200, blocksize=256))
    recipe = Recipe(1500, 1200, blocksize=256)
    write_cog(folder / "other.tif", recipe, coordinate_values(recipe)[:, :, ::-1])
    write_cog(folder / "smaller.tif", Recipe(1400, 1200, blocksize=256))
    return folder


@pytest.fixture
def store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RangeServer]:
    monkeypatch.setattr(opening, "_told", [{}])
    forget_carried()
    with RangeServer(folder) as server:
        yield server
        forget(server.url(NAME))
    forget_carried()


def carried(store: RangeServer) -> str:
    """What an Item would carry; the file is closed again."""
    text = describe_opening(open_cog(store.url(NAME), "first"))
    assert text is not None
    forget(store.url(NAME))
    store.take_requests()
    return text


def pixels(cog: Cog, level: int = 0) -> np.ndarray:
    return cog.read(level, WINDOW, cog.bands).data


def replace_content(store: RangeServer, folder: Path, name: str) -> None:
    store.faults[NAME] = Fault(content=(folder / name).read_bytes())


def test_without_it_the_first_bytes_are_asked_for_once(
    store: RangeServer, folder: Path
) -> None:
    cog = open_cog(store.url(NAME), "first")
    opened = store.take_requests()
    values = pixels(cog)

    assert [(r.method, r.range) for r in opened] == [("GET", (0, 32767))]
    assert all(request.method == "GET" for request in store.take_requests())
    np.testing.assert_array_equal(values, pixels(open_cog(str(folder / NAME), "1")))


def test_with_it_the_first_pixels_take_one_round(
    store: RangeServer, folder: Path
) -> None:
    text = carried(store)

    cog = open_cog(store.url(NAME), "version", text)
    assert store.take_requests() == []
    for level in (0, 1):
        values = cog.read(level, Window(0, 0, 256, 256), cog.bands)
        (request,) = store.take_requests()
        assert request.status == 206
        local = open_cog(str(folder / NAME), "1")
        same = local.read(level, Window(0, 0, 256, 256), local.bands)
        np.testing.assert_array_equal(values.data, same.data)
        np.testing.assert_array_equal(values.mask, same.mask)
    assert cog.header == local.header


def test_it_is_the_header_and_the_index_and_little_more(
    store: RangeServer, folder: Path
) -> None:
    text = carried(store)

    companion = decode_companion(text)
    assert companion.etag == etag_of((folder / NAME).read_bytes())
    assert sum(len(content) for _, content in companion.parts) < 4000
    assert len(text) < 3000


def test_a_file_of_the_same_shape_is_read_as_it_is_now(
    store: RangeServer, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = carried(store)
    replace_content(store, folder, "other.tif")
    url = store.url(NAME)

    values = pixels(open_cog(url, "version", text))

    np.testing.assert_array_equal(
        values, pixels(open_cog(str(folder / "other.tif"), "1"))
    )
    assert "does not hold for the file" in capfd.readouterr().err
    store.take_requests()
    np.testing.assert_array_equal(values, pixels(open_cog(url, "version", text)))
    assert 412 not in [request.status for request in store.take_requests()]
    assert carried_tag(url, text) == decode_companion(text).etag


def test_a_file_of_another_shape_is_an_error_once(
    store: RangeServer, folder: Path
) -> None:
    text = carried(store)
    replace_content(store, folder, "smaller.tif")
    url = store.url(NAME)

    with pytest.raises(ChangedError, match="not the one of its Item"):
        pixels(open_cog(url, "version", text))

    assert open_cog(url, "version", text).levels[0].width == 1400


def test_a_tag_that_proves_wrong_is_the_version_no_more(
    store: RangeServer, folder: Path
) -> None:
    text, url = carried(store), store.url(NAME)
    tag = carried_tag(url, text)
    assert tag == etag_of((folder / NAME).read_bytes())
    replace_content(store, folder, "other.tif")

    with pytest.raises(ChangedError):
        pixels(open_cog(url, tag, text))

    assert carried_tag(url, text) == ""
    now = etag_of((folder / "other.tif").read_bytes())
    np.testing.assert_array_equal(
        pixels(open_cog(url, now, text)),
        pixels(open_cog(str(folder / "other.tif"), "1")),
    )


@pytest.mark.parametrize("damage", ["text", "place"])
def test_what_is_damaged_is_not_used_and_said_to_be(
    store: RangeServer, folder: Path, damage: str, capfd: pytest.CaptureFixture[str]
) -> None:
    text = carried(store)
    if damage == "text":
        text = text[:100]
    else:
        wrong = replace(decode_companion(text), crs="EPSG:99999999")
        text = encode_companion(wrong) or ""

    cog = open_cog(store.url(NAME), "version", text)

    np.testing.assert_array_equal(
        pixels(cog), pixels(open_cog(str(folder / NAME), "1"))
    )
    assert "is not used" in capfd.readouterr().err


def test_an_index_that_leads_elsewhere_is_no_way_out_of_a_block(
    store: RangeServer,
) -> None:
    """Whatever an Item carries, blocks are decoded within their bounds or refused."""
    companion = decode_companion(carried(store))
    offset, content = companion.parts[0]
    for position in range(8, len(content), 97):
        damaged = bytearray(content)
        damaged[position] ^= 0x55
        parts = ((offset, bytes(damaged)), *companion.parts[1:])
        text = encode_companion(replace(companion, parts=parts))
        version = f"damaged {position}"
        values = pixels(open_cog(store.url(NAME), version, text or ""))
        assert values.shape == (1, WINDOW.height, WINDOW.width)
        forget(store.url(NAME))


def test_nothing_is_carried_of_a_local_file(folder: Path) -> None:
    assert describe_opening(open_cog(str(folder / NAME), "1")) is None
