"""Items as they are served: valid to STAC's clients, whose hrefs answer."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pystac
import pytest
import rasterio
from pystac.validation.stac_validator import JsonSchemaSTACValidator

from testing.client import get, get_url
from testing.geojson import collection
from tests.handlers.catalogues import describe_grid, write_catalogue

if TYPE_CHECKING:
    from pathlib import Path


def items() -> list[dict[str, Any]]:
    """Those of good rasters, but for large ones without overviews."""
    broken = {"missing", "truncated", "html", "picture", "vrt", "empty"}
    broken |= {"huge", "vast", "strips"}
    features = get("/datasets").json()["features"]
    return [item for item in features if item["id"] not in broken]


def test_pystac_reads_every_item_and_finds_it_valid() -> None:
    validator = JsonSchemaSTACValidator()  # of STAC's core, which it brings along

    for item in items():
        found = pystac.Item.from_dict(item)
        assert found.assets
        assert all(asset.href for asset in found.assets.values())
        version = item["stac_version"]
        assert validator.validate_core(item, pystac.STACObjectType.ITEM, version)


def test_an_assets_href_is_a_geotiff_of_its_bands_where_it_says() -> None:
    for item in items():
        for asset in item["assets"].values():
            answer = get_url(asset["href"])
            assert answer.status == 200, (item["id"], answer.body)
            assert answer.headers["content-type"] == asset["type"]
            with rasterio.open(io.BytesIO(answer.body)) as file:
                assert list(file.shape) == asset["proj:shape"]
                np.testing.assert_allclose(
                    list(file.transform)[:6], asset["proj:transform"]
                )
                assert file.count == len(asset["bands"])


def test_a_raster_that_is_small_enough_comes_as_it_is(catalogue: Path) -> None:
    item = get("/datasets/grid").json()

    answer = get_url(item["assets"]["data"]["href"])

    with (
        rasterio.open(io.BytesIO(answer.body)) as file,
        rasterio.open(catalogue.parent / "grid.tif") as stored,
    ):
        assert file.transform == stored.transform
        np.testing.assert_array_equal(file.read(masked=True), stored.read(masked=True))


def test_gdal_makes_a_mosaic_of_the_items(tmp_path: Path) -> None:
    """Its driver STACIT places an asset by what the Item says of it."""
    item = get("/datasets/landcover").json()
    asset = item["assets"]["data"]
    copy = tmp_path / "a.tif"
    copy.write_bytes(get_url(asset["href"]).body)
    asset["href"] = str(copy)
    search = tmp_path / "search.json"
    search.write_text(json.dumps(collection(item)))

    with (
        rasterio.open(f'STACIT:"{search}":asset=data') as mosaic,
        rasterio.open(copy) as file,
    ):
        assert mosaic.shape == file.shape
        np.testing.assert_allclose(mosaic.bounds, file.bounds)
        np.testing.assert_array_equal(mosaic.read(), file.read())


def test_what_is_said_of_a_files_bytes_is_not_said_of_ours(
    catalogue: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    item = describe_grid(catalogue)
    item["assets"]["data"] |= {
        "file:size": 7,
        "alternate": {"s3": {"href": "s3://secret/a.tif"}},
        "storage:refs": ["secret"],
    }
    item["assets"]["thumbnail"] = {"href": "t.png", "type": "image/png"}
    write_catalogue(folder, [item])

    answer = get("/datasets/grid")

    assert b"secret" not in answer.body
    assert "file:size" not in answer.json()["assets"]["data"]
    assert list(answer.json()["assets"]) == ["data"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("member", ["statistics", "rescale", "other", "nodata"])
def test_an_item_with_numbers_that_json_lacks_is_served_as_json(
    member: str,
    number: str,
    catalogue: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    item = describe_grid(catalogue)
    band = item["assets"]["data"]["bands"][0]
    render = item["properties"]["renders"]["default"]
    match member:
        case "statistics":
            band["statistics"] = {"minimum": "@", "maximum": "@"}
        case "rescale":
            render["rescale"] = [["@", "@"]]
        case "nodata":
            band["nodata"] = "@"
        case _:
            item["properties"]["other"] = [{"deep": "@"}]
    text = json.dumps(collection(item))
    (folder / "catalog.json").write_text(text.replace('"@"', number))

    for path in ("/datasets", "/datasets/grid"):
        answer = get(path)
        assert answer.status == 200
        json.loads(answer.body, parse_constant=pytest.fail)
    for path in ("legend.json", "tilejson.json", "tiles/7/67/45"):
        assert get(f"/datasets/grid/{path}", "rescale=0,9").status == 200
        assert get(f"/datasets/grid/{path}").status < 500


def test_nulls_are_not_shown_but_where_stac_wants_them(
    catalogue: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page takes an Item that has an overlay, be it null, for one."""
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    item = describe_grid(catalogue, geometry=None)
    item["properties"] |= {"rasterlet:overlay": None, "datetime": None}
    item["assets"]["data"]["bands"][0]["unit"] = None
    write_catalogue(folder, [item])

    shown = get("/datasets/grid").json()

    assert shown["geometry"] is shown["properties"]["datetime"] is None
    assert "rasterlet:overlay" not in shown["properties"]
    assert "unit" not in shown["assets"]["data"]["bands"][0]
