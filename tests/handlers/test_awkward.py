"""Real and derived files with every oddity: no request fails on our side."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mercantile
import pytest

from raster_core.errors import RasterError
from raster_core.ingest.item import ItemOptions, describe_raster
from raster_core.zonal.reading.cost import MAX_TOUCHED
from testing.client import Answer, get, post
from tests.handlers.catalogues import describe_grid_at, write_catalogue

if TYPE_CHECKING:
    from raster_core.grid import Window

FOLDER = Path(os.environ.get("RASTERLET_TEST_DATA", "")) / "awkward"

FILES = sorted(
    str(path.relative_to(FOLDER)) for path in FOLDER.glob("*/*.tif") if path.is_file()
) or ["none"]


def draw(item: dict[str, Any]) -> Answer:
    """The tile over the middle of an Item, one zoom within its finest."""
    answer = get("/datasets/it/tilejson.json")
    if answer.status != 200:
        return answer
    document = answer.json()
    lon, lat, lowest = document["center"]
    zoom = max(lowest, document["maxzoom"] - 1)
    x, y, z = mercantile.tile(lon, lat, zoom)
    query = "" if "statistics" in str(item) else "rescale=0,255"
    return get(f"/datasets/it/tiles/{z}/{x}/{y}", query)


def summarise(item: dict[str, Any]) -> Answer:
    return post("/datasets/it/statistics", item["geometry"], "include_geometry=true")


def look_up(item: dict[str, Any]) -> Answer:
    left, bottom, right, top = item["bbox"]
    return get(
        "/datasets/it/point", f"lon={(left + right) / 2}&lat={(bottom + top) / 2}"
    )


@pytest.mark.parametrize("name", FILES)
def test_no_file_makes_the_service_fail(  # noqa: PLR0913, PLR0917  fixtures
    name: str,
    test_data: Path,
    tmp_path: Path,
    catalogue: Path,
    monkeypatch: pytest.MonkeyPatch,
    read_windows: list[Window],
) -> None:
    path = test_data / "awkward" / name
    try:
        item = describe_raster(path, ItemOptions(id="it", href=str(path)))
    except RasterError:
        # Then whoever wrote the catalogue had seen a better one.
        item = describe_grid_at(catalogue, str(path)) | {"id": "it"}
    write_catalogue(tmp_path, [item])
    monkeypatch.setenv("RASTERLET_CATALOG", str(tmp_path / "catalog.json"))
    monkeypatch.setenv("RASTERLET_ALLOWED", str(test_data))

    for ask in (draw, summarise, look_up):
        read_windows.clear()
        answer = ask(item)

        assert answer.status != 500, ask.__name__
        assert sum(window.pixels for window in read_windows) <= MAX_TOUCHED
        assert str(test_data) not in answer.body.decode("latin-1")
        if answer.headers["content-type"].endswith("json"):
            assert answer.json()
