"""Scenes as providers describe them, from pixels to figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from raster_core.ingest.item import AssetFile, ItemOptions, describe_files
from testing.client import get, post
from testing.geojson import box
from tests.cogs import Recipe, write_cog
from tests.handlers.catalogues import write_catalogue

if TYPE_CHECKING:
    from pathlib import Path

ZONE = box(10.1, 45.1, 11.9, 46.4)

RED, NIR = 600, 1400  # reflectance x 10,000; the index is 0.4

COG = "image/tiff; application=geotiff; profile=cloud-optimized"


def scene(
    folder: Path, added: int, properties: dict[str, object], **members: object
) -> None:
    """A catalogue of one scene in which ``added`` is on top of all reflectances."""
    assets: dict[str, Any] = {}
    for name, value in (("B04", RED), ("B08", NIR)):
        array = np.full((1, 150, 200), value + added, np.uint16)
        array[0, :, :20] = 0  # outside of the swath
        path = folder / f"{name}.tif"
        write_cog(path, Recipe(dtype="uint16", nodata=None), array)
        made = describe_files([AssetFile(name, path, path.name)], ItemOptions(name))
        asset = made["assets"][name]
        del asset["bands"]
        assets[name] = {**asset, "eo:bands": [{"name": name}], **members}
    item = {**made, "id": "scene", "assets": assets}
    item["properties"] = {"datetime": "2024-01-01T00:00:00Z", **properties}
    write_catalogue(folder, [item])


PROVIDERS = {
    "Earth Search, taken off": (
        0,
        {"earthsearch:boa_offset_applied": True, "s2:processing_baseline": "05.11"},
        {"raster:bands": [{"nodata": 0, "scale": 0.0001, "offset": -0.1}]},
    ),
    "Earth Search, left in": (
        1000,
        {"earthsearch:boa_offset_applied": False, "s2:processing_baseline": "05.11"},
        {"raster:bands": [{"nodata": 0, "scale": 0.0001, "offset": -0.1}]},
    ),
    "Earth Search, before 2022": (
        0,
        {"earthsearch:boa_offset_applied": False, "s2:processing_baseline": "02.12"},
        {"raster:bands": [{"nodata": 0, "scale": 0.0001, "offset": 0}]},
    ),
    "Planetary Computer": (1000, {"s2:processing_baseline": "05.10"}, {}),
    "Copernicus Data Space": (
        1000,
        {"processing:version": "05.12"},
        {"nodata": 0, "raster:scale": 0.0001, "raster:offset": -0.1},
    ),
}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_index_is_the_same_whoever_provides_the_scene(
    provider: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added, properties, members = PROVIDERS[provider]
    scene(tmp_path, added, properties, **members)
    monkeypatch.setenv("RASTERLET_CATALOG", str(tmp_path / "catalog.json"))

    query = "expression=(B08-B04)/(B08%2BB04)"
    found = post("/datasets/scene/statistics", ZONE, query).json()

    figures = found["properties"]["statistics"]["b1"]
    assert figures["min"] == pytest.approx(0.4, abs=1e-6)
    assert figures["max"] == pytest.approx(0.4, abs=1e-6)
    assert 85 < figures["valid_percent"] < 95


def test_quality_bits_can_be_asked_whatever_the_role(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Landsat's quality bands are ``cloud`` and the like, not ``data``."""
    bits = np.zeros((1, 150, 200), np.uint16)
    bits[0, 75:] = 8
    write_cog(folder / "qa.tif", Recipe(dtype="uint16", nodata=None), bits)
    files = [AssetFile(n, folder / f"{n}.tif", f"{n}.tif") for n in ("grid", "qa")]
    item = describe_files(files, ItemOptions("scene"))
    item["assets"]["qa"]["roles"] = ["cloud", "cloud-shadow"]
    write_catalogue(folder, [item])
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))

    point = get("/datasets/scene/point", "lon=10.5&lat=45.2&expression=bit(qa,3)")

    assert point.json()["values"][0]["value"] == 1
