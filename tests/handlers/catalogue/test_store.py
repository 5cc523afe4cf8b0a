from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from handlers.catalogue import store
from testing.client import assert_bad_gateway, get
from testing.rangeserver import Fault, RangeServer
from tests.handlers.catalogues import describe_grid, write_catalogue

if TYPE_CHECKING:
    from pathlib import Path

TILE = "/datasets/grid/tiles/7/67/45"


def _grow_old() -> None:
    """Let the time pass after which a process looks for a new catalogue."""
    (kept,) = store._kept
    store._kept[:] = [replace(kept, fetched=time.monotonic() - store.KEEP)]


def test_a_catalogue_may_be_a_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))

    assert get(TILE).status == 200


def test_a_catalogue_may_be_on_the_web(
    remote: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RASTERLET_CATALOG", remote.url("bucket/catalog.json"))

    assert get(TILE).status == 200
    assert {r.path for r in remote.requests} == {
        "/bucket/catalog.json",
        "/bucket/grid.tif",
    }


def test_a_catalogue_may_be_an_object(
    s3: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RASTERLET_CATALOG", "s3://bucket/catalog.json")

    assert get(TILE).status == 200
    assert {r.path for r in s3.requests} == {"/bucket/catalog.json", "/bucket/grid.tif"}


def test_a_catalogue_that_is_no_file_is_a_bad_gateway(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (folder / "none.json", folder):
        monkeypatch.setenv("RASTERLET_CATALOG", str(path))

        assert str(folder) not in assert_bad_gateway("/datasets")


FAULTS = {
    "404": Fault(status=404),
    "403": Fault(status=403),
    "500": Fault(status=500),
    "503": Fault(status=503),
    "cut off": Fault(truncate=1000),
    "half": Fault(content=b'{"type": "FeatureCollection", "feat'),
    "a page": Fault(content=b"<!DOCTYPE html><title>Sign in</title>"),
    "empty": Fault(content=b""),
    "an array": Fault(content=b"[]"),
    "no features": Fault(content=b"{}"),
    "a number": Fault(content=b'{"features": 7}'),
    "bytes": Fault(content=b'{"features": "\xff\xfe"}'),
    "deep": Fault(content=b"[" * 100_000),
}


@pytest.mark.parametrize("scheme", ["http", "s3"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_catalogue_that_cannot_be_read_is_a_bad_gateway(
    scheme: str, fault: Fault, s3: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = "s3://bucket/" if scheme == "s3" else s3.url("bucket/")
    monkeypatch.setenv("RASTERLET_CATALOG", f"{where}catalog.json")
    s3.faults["bucket/catalog.json"] = fault

    assert "bucket" not in assert_bad_gateway("/datasets")

    del s3.faults["bucket/catalog.json"]
    assert get("/datasets").status == 200


@pytest.mark.parametrize(
    "fault",
    [Fault(reset=True, times=1), Fault(status=503, times=1)],
    ids=["a reset", "503"],
)
@pytest.mark.parametrize("scheme", ["http", "s3"])
def test_a_store_that_fails_once_is_asked_for_the_catalogue_again(
    scheme: str, fault: Fault, s3: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = "s3://" if scheme == "s3" else s3.url("")
    monkeypatch.setenv("RASTERLET_CATALOG", f"{prefix}bucket/catalog.json")
    s3.faults["bucket/catalog.json"] = fault

    assert get("/datasets").status == 200


def test_a_catalogue_behind_a_closed_port_is_a_bad_gateway(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RangeServer(folder) as server:
        url = server.url("catalog.json")
    monkeypatch.setenv("RASTERLET_CATALOG", url)

    assert_bad_gateway("/datasets")


def test_a_catalogue_is_kept_for_a_while_and_then_read_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    assert get("/datasets/grid").status == 200
    write_catalogue(folder, [])
    assert get("/datasets/grid").status == 200

    _grow_old()

    assert get("/datasets/grid").status == 404


def test_two_items_of_one_id_are_a_bad_gateway(
    folder: Path, catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_catalogue(folder, [describe_grid(catalogue)] * 2)
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))

    assert "2 Items with the id 'grid'" in assert_bad_gateway("/datasets/grid")


@pytest.mark.parametrize("fault", ["twice", "half", "gone"])
def test_a_warm_process_keeps_its_catalogue_until_there_is_a_good_one(
    fault: str, folder: Path, catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "catalog.json"
    monkeypatch.setenv("RASTERLET_CATALOG", str(path))
    grid = describe_grid(catalogue)
    assert get("/datasets/grid").status == 200
    if fault == "twice":
        write_catalogue(folder, [grid, grid])
    elif fault == "half":
        path.write_bytes(path.read_bytes()[:100])
    else:
        path.unlink()

    _grow_old()

    assert get("/datasets/grid").status == 200

    write_catalogue(folder, [grid | {"id": "new"}])
    assert get("/datasets/new").status == 404, "it asked again within the time"
    _grow_old()
    assert get("/datasets/new").status == 200


def test_a_catalogue_kept_for_want_of_a_better_one_is_in_the_log(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    assert get("/datasets/grid").status == 200
    (folder / "catalog.json").write_text("{")
    _grow_old()

    get("/datasets/grid")

    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert "The catalogue is not a collection" in record.getMessage()


def test_other_settings_have_another_catalogue(
    folder: Path, catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert get("/datasets/landcover").status == 200
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    assert get("/datasets/landcover").status == 404
    monkeypatch.setenv("RASTERLET_CATALOG", str(catalogue))

    assert get("/datasets/landcover").status == 200
