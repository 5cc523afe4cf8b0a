"""What the service makes of Items that it cannot use, or may not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from handlers.catalogue import store
from testing.client import assert_bad_gateway, get
from tests.handlers.catalogues import describe_grid, describe_grid_at, write_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from testing.rangeserver import RangeServer

TILE = "/datasets/grid/tiles/7/67/45"

SECRET = "s3://secret-bucket/secret.tif"  # noqa: S105  a place, not a password

BAD_ITEMS: dict[str, dict[str, Any]] = {
    "no assets": {"assets": {}},
    "assets of an array": {"assets": [SECRET]},
    "an asset that is a string": {"assets": {"data": SECRET}},
    "a bbox of words": {"bbox": ["west", "south", "east", "north"]},
    "a bbox of buckets": {"bbox": [SECRET] * 4},
    "a short bbox": {"bbox": [1, 2]},
    "properties of null": {"properties": None},
}


@pytest.mark.parametrize("changes", BAD_ITEMS.values(), ids=BAD_ITEMS.keys())
def test_a_bad_item_is_a_bad_gateway_that_names_no_bucket(
    changes: Any, catalogue: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    bad = describe_grid(catalogue, id="bad", **changes)
    write_catalogue(folder, [bad, describe_grid(catalogue)])

    detail = assert_bad_gateway("/datasets/bad/tilejson.json")

    assert "secret" not in detail
    assert [item["id"] for item in get("/datasets").json()["features"]] == ["grid"]
    assert get(TILE).status == 200


@pytest.mark.parametrize("bad", [{"type": "Feature"}, None, "bad"], ids=str)
def test_what_is_no_item_does_not_hide_the_others(
    bad: object, catalogue: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    write_catalogue(folder, [bad, describe_grid(catalogue)])

    assert get(TILE).status == 200


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_catalogue_with_numbers_that_json_lacks_is_no_failure_of_ours(
    number: float, catalogue: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python writes them unasked; to refuse the Item or the catalogue is as good."""
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    write_catalogue(folder, [describe_grid(catalogue, bbox=[number] * 4)])

    for path in ("/datasets", "/datasets/grid", "/datasets/grid/tilejson.json"):
        answer = get(path)
        assert answer.status in {200, 502}
        assert answer.json()


@pytest.mark.parametrize(
    "href",
    [
        SECRET,
        "https://example.org/grid.tif",
        "/etc/grid.tif",
        "../grid.tif",
        "a/../../grid.tif",
        "/vsicurl/https://example.org/grid.tif",
        "file:///etc/grid.tif",
        None,
    ],
)
def test_an_href_outside_the_catalogues_folder_is_refused_and_not_named(
    href: object, catalogue: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    write_catalogue(folder, [describe_grid_at(catalogue, href)])

    detail = assert_bad_gateway(TILE)

    assert ".tif" not in detail
    assert "secret" not in detail


@pytest.mark.parametrize(
    "href", ["https://example.org/a.tif", "s3://other/a.tif", "/etc/a.tif", "../a.tif"]
)
def test_the_working_folder_is_no_wider_than_another(
    href: str, catalogue: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("RASTERLET_CATALOG", "catalog.json")
    assert get(TILE).status == 200
    store._kept.clear()
    write_catalogue(folder, [describe_grid_at(catalogue, href)])

    assert "outside the allowed" in assert_bad_gateway(TILE)


@pytest.mark.parametrize("dots", ["..", "%2e%2e", "%2E.", ".%2e"])
def test_dot_segments_lead_out_of_no_prefix(
    dots: str, catalogue: Path, remote: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = remote.folder / "bucket"
    monkeypatch.setenv("RASTERLET_CATALOG", str(bucket / "catalog.json"))
    monkeypatch.setenv("RASTERLET_ALLOWED", remote.url("bucket/inner"))
    href = remote.url(f"bucket/inner/{dots}/grid.tif")
    write_catalogue(bucket, [describe_grid_at(catalogue, href)])

    assert_bad_gateway(TILE)

    assert remote.requests == []


@pytest.mark.parametrize(
    ("allowed", "status"),
    [
        ("{bucket}", 200),
        ("{bucket}/", 200),
        ("s3://elsewhere {bucket}", 200),
        ("s3://elsewhere", 502),
        ("{bucket}/grid", 502),
        ("{bucket}e", 502),
        ("{shortened}", 502),
    ],
)
def test_a_prefix_ends_at_a_separator(
    allowed: str, status: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefixes = allowed.format(bucket=folder, shortened=str(folder)[:-1])
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    monkeypatch.setenv("RASTERLET_ALLOWED", prefixes)

    assert get(TILE).status == status


def test_no_address_of_a_file_is_given_out_however_deep(
    folder: Path, catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = describe_grid(catalogue)
    item["assets"]["data"]["alternate"] = {"s3": {"href": "s3://secret/grid.tif"}}
    item["assets"]["data"]["others"] = [{"href": "s3://secret/b.tif", "title": "b"}]
    write_catalogue(folder, [item])
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))

    answer = get("/datasets/grid")

    assert answer.json()["assets"]["data"]["others"] == [{"title": "b"}]
    assert b"secret" not in answer.body
