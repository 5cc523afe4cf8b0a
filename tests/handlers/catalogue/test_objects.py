"""What stores say of files, asked for real: a folder, HTTP, and S3's protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.catalogue import objects
from handlers.catalogue.objects import ask_store, entity_tag, explain_failure
from raster_core.errors import SourceError, StoreError, ThrottledError
from testing.rangeserver import Fault, RangeServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RangeServer]:
    (tmp_path / "bucket").mkdir()
    (tmp_path / "bucket" / "a.tif").write_bytes(b"first")
    with RangeServer(tmp_path) as server:
        yield server
    objects._kept.clear()


@pytest.fixture(params=["http", "s3"])
def href(
    request: pytest.FixtureRequest, store: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> str:
    for name, value in {
        "AWS_ENDPOINT_URL_S3": f"http://{store.endpoint}",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "y",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    return "s3://bucket/a.tif" if request.param == "s3" else store.url("bucket/a.tif")


def replace_file(store: RangeServer) -> None:
    (store.folder / "bucket" / "a.tif").write_bytes(b"second")


def test_a_tag_is_asked_for_once_a_minute(
    href: str, store: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = entity_tag(href)
    replace_file(store)

    assert entity_tag(href) == first
    assert [r.method for r in store.take_requests()] == ["HEAD"]
    later = objects.time.monotonic() + objects.KEEP
    monkeypatch.setattr(objects.time, "monotonic", lambda: later)
    assert entity_tag(href) != first


def test_a_tag_stands_in_its_quotes(href: str) -> None:
    assert entity_tag(href)[0] == entity_tag(href)[-1] == '"'


def test_a_file_of_this_machine_has_a_tag_that_changes_with_it(tmp_path: Path) -> None:
    file = tmp_path / "a.tif"
    file.write_bytes(b"first")
    first = ask_store(str(file)).etag

    file.write_bytes(b"longer than the first")

    assert ask_store(str(file)).etag != first


@pytest.mark.parametrize("status", [429, 503])
def test_a_store_that_throttles_is_told_from_one_that_fails(
    status: int, href: str, store: RangeServer
) -> None:
    store.faults["bucket/a.tif"] = Fault(status=status)

    with pytest.raises(ThrottledError):
        entity_tag(href)


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_missing_file_is_a_source_error_that_is_not_kept(
    status: int, href: str, store: RangeServer
) -> None:
    store.faults["bucket/a.tif"] = Fault(status=status)

    with pytest.raises(SourceError) as caught:
        entity_tag(href)

    assert not isinstance(caught.value, ThrottledError)
    assert "bucket" not in str(caught.value)
    store.faults.clear()
    assert entity_tag(href)


def test_a_store_that_is_gone_is_a_source_error(tmp_path: Path) -> None:
    with RangeServer(tmp_path) as server:
        url = server.url("a.tif")

    with pytest.raises(SourceError):
        entity_tag(url)


@pytest.mark.parametrize(
    ("fault", "kind"), [(503, ThrottledError), (404, SourceError), (None, StoreError)]
)
def test_a_failure_is_explained_by_what_the_store_says_then(
    fault: int | None,
    kind: type[SourceError],
    href: str,
    store: RangeServer,
) -> None:
    entity_tag(href)
    store.faults["bucket/a.tif"] = Fault(status=fault)
    error = StoreError("The raster's pixels cannot be read", href)

    assert type(explain_failure(error)) is kind
    assert href not in objects._kept


@pytest.mark.parametrize(
    "fault",
    [
        Fault(reset=True, times=1),
        Fault(reset=True, times=2),
        Fault(status=503, times=1),
        Fault(status=500, times=2),
        Fault(status=429, times=2),
    ],
    ids=["a reset", "two resets", "503", "500 twice", "429 twice"],
)
def test_a_store_that_fails_for_a_moment_is_asked_again(
    fault: Fault, href: str, store: RangeServer
) -> None:
    store.faults["bucket/a.tif"] = fault

    assert entity_tag(href)
    assert len(store.requests) == (fault.times or 0) + 1


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        (Fault(status=404), 1),
        (Fault(status=403), 1),
        (Fault(status=503), objects.TRIES),
        (Fault(reset=True), objects.TRIES),
        (Fault(status=503, delay=objects.PATIENCE), 1),
    ],
    ids=["missing", "denied", "throttling", "resets", "slow"],
)
def test_a_store_is_asked_a_few_times_at_most(
    fault: Fault, asked: int, href: str, store: RangeServer
) -> None:
    store.faults["bucket/a.tif"] = fault

    with pytest.raises(SourceError):
        entity_tag(href)

    assert len(store.requests) == asked


def test_a_missing_file_of_this_machine_is_not_an_unreachable_store(
    tmp_path: Path,
) -> None:
    with pytest.raises(SourceError, match="is not in its store"):
        entity_tag(str(tmp_path / "a.tif"))


def test_the_tag_of_a_file_changes_with_the_mask_beside_it(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(b"first")
    first = ask_store(str(tmp_path / "a.tif")).etag

    (tmp_path / "a.tif.msk").write_bytes(b"mask")

    assert ask_store(str(tmp_path / "a.tif")).etag != first
