"""Files that are replaced, vanish, are cut off or throttled under a warm process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from affine import Affine

from handlers.catalogue import objects
from raster_core.ingest.item import ItemOptions, describe_raster
from raster_core.sources.file import cog
from testing.client import Answer, get
from testing.rangeserver import Fault, RangeServer
from tests.handlers.catalogues import write_catalogue

if TYPE_CHECKING:
    from pathlib import Path

KEY = "bucket/plain.tif"

# Boxes that lie in blocks of their own, far from each other in the file.
CORNERS = ("0.1,19.2,0.9,19.9", "15.1,0.2,15.9,0.9")

OLD, NEW = 5, 9


@dataclass(frozen=True)
class Place:
    """A store with one dataset; warm once a corner was read."""

    store: RangeServer
    file: Path

    def ask(self, corner: int) -> Answer:
        path = "/datasets/plain/statistics"
        return get(path, f"bbox={CORNERS[corner]}&stats=min&stats=max")

    def values(self, corner: int) -> set[float]:
        """All values of a corner: of an even file, one."""
        answer = self.ask(corner)
        assert answer.status == 200, answer.body
        figures = answer.json()["properties"]["statistics"]["b1"]
        return {figures["min"], figures["max"]}

    def replace_file(self) -> None:
        write_plain(self.file, NEW)

    def break_file(self, fault: Fault) -> None:
        self.store.faults[KEY] = fault


def write_plain(path: Path, value: int) -> None:
    """One value everywhere; uncompressed, so that any mixture of files decodes."""
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=2048,
        height=2048,
        count=1,
        dtype="uint8",
        crs="EPSG:4326",
        transform=Affine(20 / 2048, 0, 0, 0, -20 / 2048, 20),
        tiled=True,
        blockxsize=256,
        blockysize=256,
    ) as dataset:
        dataset.write(np.full((1, 2048, 2048), value, np.uint8))


def describe_plain(path: Path, *, versioned: bool) -> dict[str, Any]:
    item: dict[str, Any] = describe_raster(path, ItemOptions("plain", "plain.tif"))
    cog.forget(str(path))
    if not versioned:
        item["properties"].pop("version", None)
        item["assets"]["data"].pop("file:checksum", None)
    return item


@pytest.fixture(params=["http", "s3"])
def store(
    request: pytest.FixtureRequest, s3: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> RangeServer:
    """One that the catalogue and its files are read from."""
    prefix = "s3://bucket/" if request.param == "s3" else s3.url("bucket/")
    monkeypatch.setenv("RASTERLET_CATALOG", f"{prefix}catalog.json")
    objects._kept.clear()
    return s3


@pytest.fixture
def unversioned(store: RangeServer, folder: Path) -> Place:
    write_plain(folder / "plain.tif", OLD)
    write_catalogue(folder, [describe_plain(folder / "plain.tif", versioned=False)])
    return Place(store, folder / "plain.tif")


@pytest.fixture
def versioned(store: RangeServer, folder: Path) -> Place:
    write_plain(folder / "plain.tif", OLD)
    write_catalogue(folder, [describe_plain(folder / "plain.tif", versioned=True)])
    return Place(store, folder / "plain.tif")


@pytest.fixture(params=["unversioned", "versioned"])
def place(request: pytest.FixtureRequest, store: RangeServer, folder: Path) -> Place:
    versioned = request.param == "versioned"
    write_plain(folder / "plain.tif", OLD)
    item = describe_plain(folder / "plain.tif", versioned=versioned)
    write_catalogue(folder, [item])
    return Place(store, folder / "plain.tif")


def test_a_file_that_was_replaced_is_never_mixed_with_the_old_one(
    unversioned: Place,
) -> None:
    assert unversioned.values(0) == {OLD}
    unversioned.replace_file()

    assert unversioned.values(1) == {NEW}
    assert unversioned.values(0) == {NEW}


def test_a_replaced_file_has_another_tag(unversioned: Place) -> None:
    first = unversioned.ask(0).headers["etag"]
    assert unversioned.ask(0).headers["etag"] == first
    unversioned.replace_file()
    unversioned.ask(1)

    assert unversioned.ask(0).headers["etag"] != first


def test_a_warm_process_asks_for_the_tag_once(unversioned: Place) -> None:
    unversioned.ask(0)
    unversioned.store.take_requests()

    unversioned.ask(0)

    assert [r for r in unversioned.store.requests if r.path.endswith(".tif")] == []


def test_a_connection_that_died_is_made_again(versioned: Place) -> None:
    """As after a process was frozen: the first read fails, the second does not."""
    assert versioned.values(0) == {OLD}
    versioned.break_file(Fault(status=500, times=3))

    assert versioned.values(1) == {OLD}


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault(status=404), 502),
        (Fault(status=403), 502),
        (Fault(truncate=100), 502),
        (Fault(content=b"<html>"), 502),
        (Fault(status=503), 503),
    ],
    ids=["vanished", "forbidden", "truncated", "an error page", "throttled"],
)
def test_a_warm_file_that_fails_says_so_and_works_again(
    fault: Fault, status: int, place: Place
) -> None:
    assert place.values(0) == {OLD}
    place.break_file(fault)

    answer = place.ask(1)

    assert answer.status == status, answer.body
    assert answer.headers["cache-control"] == "no-store"
    assert ("retry-after" in answer.headers) == (status == 503)
    assert b"bucket" not in answer.body
    assert b"plain.tif" not in answer.body
    place.store.faults.clear()
    assert place.values(1) == {OLD}


UNREADABLE = "The raster cannot be opened as a GeoTIFF"
CHANGING = "The raster is another one in its store than a moment ago"


@pytest.mark.parametrize(
    ("fault", "status", "detail"),
    [
        (Fault(status=404), 502, "The raster is not in its store"),
        (Fault(status=403), 502, "The store of the raster denies access to it, or"),
        (Fault(status=503), 503, "The store of the raster is throttling; try again"),
        (Fault(status=500), 502, "The store of the raster answers with status 500"),
        (Fault(reset=True), 502, "The store of the raster cannot be reached"),
        (Fault(content=b"<html>"), 502, UNREADABLE),
        (Fault(reset=True, times=1), 200, ""),
        (Fault(status=503, times=1), 200, ""),
        (Fault(status=500, times=2), 200, ""),
    ],
    ids=[
        "missing",
        "denied",
        "throttled",
        "failing",
        "down",
        "an error page",
        "one reset",
        "503 once",
        "500 twice",
    ],
)
def test_every_fault_of_a_cold_request_has_its_own_message(
    fault: Fault, status: int, detail: str, place: Place
) -> None:
    place.break_file(fault)

    answer = place.ask(0)

    assert answer.status == status, answer.body
    if status != 200:
        assert answer.json()["detail"].startswith(detail)
    assert b"bucket" not in answer.body


def test_a_tag_that_changes_with_every_request_says_so(unversioned: Place) -> None:
    """Stores behind a balancer may each have tags of their own."""
    unversioned.break_file(Fault(changing=True))

    answer = unversioned.ask(0)

    assert answer.status == 503, answer.body
    assert answer.json()["detail"].startswith(CHANGING)
    assert answer.headers["retry-after"]


def test_a_file_that_is_replaced_after_its_tag_was_asked_for_is_read_anew(
    unversioned: Place,
) -> None:
    """The file is not open yet: a process that knows the tag, but has closed it."""
    assert unversioned.values(0) == {OLD}
    cog.close_all()
    cog._headers.clear()
    unversioned.replace_file()

    assert unversioned.values(1) == {NEW}


def test_a_throttled_store_is_told_from_a_missing_file_at_the_first_read(
    versioned: Place,
) -> None:
    versioned.break_file(Fault(status=503))

    assert versioned.ask(0).status == 503


@pytest.mark.parametrize(("status", "expected"), [(503, 503), (404, 502)])
def test_wmts_tells_a_throttled_store_from_a_missing_file(
    versioned: Place, status: int, expected: int
) -> None:
    query = (
        "SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=plain&STYLE=default"
        "&FORMAT=image/png&TILEMATRIXSET=GoogleMapsCompatible"
        "&TILEMATRIX=6&TILEROW=28&TILECOL=32"
    )
    assert get("/wmts", query).status == 200
    versioned.break_file(Fault(status=status))
    cog.forget(f"{versioned.store.url('bucket/')}plain.tif")
    cog.close_all()

    answer = get("/wmts", query)

    assert answer.status == expected, answer.body
    assert b"ExceptionReport" in answer.body
    assert ("retry-after" in answer.headers) == (expected == 503)
