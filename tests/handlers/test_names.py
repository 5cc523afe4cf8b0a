"""Rasters whose names mean something to a shell, to a URL or to GDAL."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import pytest

from testing.client import Answer, get, post
from testing.geojson import SQUARE
from tests.handlers.catalogues import describe_grid_at, write_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from testing.rangeserver import RangeServer

NAMES = (
    "naïve name #1 50%.tif",
    "żółw 🐢.tif",
    "what?why=1&x=2.tif",
    "100%25 %41.tif",
    "a+b;c,d=e@f!g.tif",
    '[x]{y}(z)\'s "q".tif',
    "name:with:colons.tif",
    "GTIFF_DIR:2:grid.tif",
    "no extension",
    "two  spaces and a tab\t.tif",
    "grid.vrt",
)

LOWER = "naïve dir #2 50%?/"


def ask() -> list[Answer]:
    """A tile of the middle, statistics, a value: every way to the pixels."""
    return [
        get("/datasets/grid/tiles/7/67/45", "rescale=0,30000"),
        post("/datasets/grid/statistics", SQUARE),
        get("/datasets/grid/point", "lon=10.5&lat=45.5"),
    ]


def check(expected: list[Answer], found: list[Answer]) -> None:
    for truth, answer in zip(expected, found, strict=True):
        assert truth.status == 200
        assert answer.status == 200, answer.body
        assert answer.body == truth.body


def place(folder: Path, name: str, catalogue: Path, href: str) -> None:
    """The raster under a name, and a catalogue that refers to it."""
    (folder / "grid.tif").rename(folder / name)
    write_catalogue(folder, [describe_grid_at(catalogue, href)])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["relative", "absolute"])
def test_a_file_may_have_any_name(
    form: str,
    name: str,
    folder: Path,
    catalogue: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = ask()
    place(folder, name, catalogue, name if form == "relative" else str(folder / name))
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))

    check(expected, ask())


def test_a_folder_may_have_any_name(
    folder: Path, catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = ask()
    lower = folder / LOWER
    lower.mkdir()
    shutil.move(folder / "grid.tif", lower)
    write_catalogue(lower, [describe_grid_at(catalogue, "grid.tif")])
    monkeypatch.setenv("RASTERLET_CATALOG", str(lower / "catalog.json"))

    check(expected, ask())


@pytest.mark.parametrize("name", NAMES)
def test_an_object_in_s3_may_have_any_name(
    name: str,
    s3: RangeServer,
    folder: Path,
    catalogue: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A key is written as it is, in S3 and in the catalogue."""
    expected = ask()
    place(folder, name, catalogue, f"s3://bucket/{name}")
    monkeypatch.setenv("RASTERLET_CATALOG", "s3://bucket/catalog.json")
    s3.take_requests()

    check(expected, ask())
    assert f"/bucket/{name}" in {unquote(request.path) for request in s3.requests}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_on_the_web_is_named_as_urls_are(
    name: str,
    remote: RangeServer,
    folder: Path,
    catalogue: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = ask()
    place(folder, name, catalogue, quote(name))
    monkeypatch.setenv("RASTERLET_CATALOG", remote.url("bucket/catalog.json"))

    check(expected, ask())


@pytest.mark.parametrize("name", NAMES)
def test_an_error_shows_no_part_of_a_name(
    name: str, folder: Path, catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(folder, name, catalogue, name)
    (folder / name).write_text("no raster")
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))

    for answer in ask():
        assert answer.status == 502
        told: dict[str, Any] = answer.json()
        assert name not in json.dumps(told, ensure_ascii=False)
        assert str(folder) not in told["detail"]
