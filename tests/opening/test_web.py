from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from raster_core.errors import RasterError, SourceError
from raster_core.ingest.item import ItemOptions, describe_raster
from rasterlet.opening.source import open_dataset
from rasterlet.opening.web import ask_url
from testing.rangeserver import Fault, RangeServer, etag_of
from tests.cogs import Recipe, write_cog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RangeServer]:
    """Serves a raster, and an Item of it that has no ending."""
    write_cog(tmp_path / "dem.tif", Recipe())
    item = describe_raster(tmp_path / "dem.tif", ItemOptions("dem", "dem.tif"))
    (tmp_path / "item").write_text(json.dumps(item))
    (tmp_path / "item.json").write_text(json.dumps(item))
    (tmp_path / "empty.tif").touch()
    with RangeServer(tmp_path) as server:
        yield server


def fault(source: object, **more: Any) -> str:
    with pytest.raises(RasterError) as raised:
        open_dataset(source, **more)  # type: ignore[arg-type]
    return str(raised.value)


def test_a_remote_file_has_the_version_of_its_store(
    store: RangeServer, tmp_path: Path
) -> None:
    dataset = open_dataset(store.url("dem.tif"))

    (asset,) = dataset.assets
    assert (dataset.id, asset.href) == ("dem", store.url("dem.tif"))
    assert asset.version == etag_of((tmp_path / "dem.tif").read_bytes())


def test_a_remote_file_takes_few_requests_to_open(store: RangeServer) -> None:
    """One byte for the version, and the header; nothing beside it, no pixels."""
    open_dataset(store.url("dem.tif"))

    requests = store.take_requests()
    assert len(requests) <= 4
    assert {request.path for request in requests} == {"/dem.tif"}


def test_a_url_may_have_a_query_that_no_message_shows(store: RangeServer) -> None:
    signed = "?X-Amz-Signature=secret"
    store.faults["no.tif"] = Fault(status=403)

    assert open_dataset(store.url("dem.tif") + signed).id == "dem"
    assert "secret" not in fault(store.url("no.tif") + signed)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (Fault(status=404), "does not exist (status 404)"),
        (Fault(status=403), "denies access"),
        (Fault(status=401), "denies access"),
        (Fault(status=500), "answers with status 500"),
        (Fault(reset=True), "cannot be reached"),
        (Fault(content=b"<html>"), "is not a GeoTIFF"),
        (Fault(content=b""), "is empty"),
    ],
)
@pytest.mark.parametrize("path", ["dem.tif", "item.json"])
def test_what_a_server_does_not_give_is_named(
    made: Fault, words: str, path: str, store: RangeServer
) -> None:
    store.faults[path] = made

    said = fault(store.url(path))

    assert f"'{store.url(path)}'" in said
    if path == "dem.tif":
        assert words in said


def test_a_server_that_is_gone_is_named() -> None:
    assert "cannot be reached" in fault("http://127.0.0.1:9/dem.tif")


def test_an_item_of_an_api_has_no_ending(store: RangeServer, tmp_path: Path) -> None:
    store.faults["item"] = Fault(content=(tmp_path / "item").read_bytes())

    dataset = open_dataset(store.url("item"))

    assert [asset.href for asset in dataset.assets] == [store.url("dem.tif")]


def test_an_item_on_the_web_leads_to_no_file_of_this_machine(
    store: RangeServer, tmp_path: Path
) -> None:
    item = json.loads((tmp_path / "item.json").read_text())
    item["assets"]["data"]["href"] = str(tmp_path / "dem.tif")
    (tmp_path / "item.json").write_text(json.dumps(item))

    assert "outside the allowed prefixes" in fault(store.url("item.json"))


def test_without_a_tag_the_version_is_of_date_and_size(
    store: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("testing.rangeserver.etag_of", lambda _: None)

    said = ask_url(store.url("dem.tif")).version

    assert '"' not in said


def test_the_reader_of_a_bucket_pays_only_if_they_say_so(
    store: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = json.loads(store.content("item.json") or b"")
    item["assets"]["data"]["href"] = "s3://bucket/dem.tif"
    del item["properties"]["version"]
    flags: list[dict[str, Any]] = [
        {"storage:requester_pays": True},
        {"storage:schemes": {"aws": {"requester_pays": True}}},
    ]
    for flag in flags:
        told = {**item, "properties": {**item["properties"], **flag}}
        told["assets"] = {"data": {**item["assets"]["data"], "storage:refs": ["aws"]}}

        monkeypatch.delenv("AWS_REQUEST_PAYER", raising=False)
        assert "set AWS_REQUEST_PAYER=requester" in fault(told)

        monkeypatch.setenv("AWS_REQUEST_PAYER", "requester")
        assert open_dataset(told).assets[0].href == "s3://bucket/dem.tif"


def test_a_document_in_s3_needs_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "boto3", None)

    with pytest.raises(SourceError, match=r"pip install 'rasterlet\[s3\]'"):
        open_dataset("s3://bucket/item.json")
