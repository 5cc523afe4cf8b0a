"""Items of files: valid STAC to the ecosystem, and enough for the catalogue."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pystac
import pytest
import rasterio
from affine import Affine
from pystac.extensions.classification import ClassificationExtension
from pystac.extensions.projection import ProjectionExtension
from pystac.extensions.raster import RasterBand
from pystac.extensions.render import RenderExtension
from pystac.extensions.version import VersionExtension
from pystac.validation.stac_validator import JsonSchemaSTACValidator

from raster_core.bands import RasterClass
from raster_core.catalogue.catalogue import parse_catalogue
from raster_core.errors import SourceError
from raster_core.ingest.item import (
    AssetFile,
    ItemOptions,
    describe_files,
    describe_raster,
)
from raster_core.ingest.overlay import describe_overlay
from tests.cogs import Recipe, write_cog
from tests.world_grids import WORLD_GRIDS, WorldGrid

if TYPE_CHECKING:
    from pathlib import Path


def validate(item: dict[str, object]) -> None:
    """Against the core schemas that pystac ships; nothing is fetched."""
    JsonSchemaSTACValidator().validate_core(item, pystac.STACObjectType.ITEM, "1.1.0")


def describe(path: Path, **changes: object) -> dict[str, object]:
    return describe_raster(path, ItemOptions(id="x", href=path.name, **changes))  # type: ignore[arg-type]


@pytest.fixture
def items(sample: Path) -> list[dict[str, object]]:
    return json.loads((sample / "catalog.json").read_text())["features"]


def test_the_samples_items_are_valid_stac(items: list[dict[str, object]]):
    for item in items:
        validate(item)


def test_the_ecosystem_reads_the_samples_extension_fields(
    items: list[dict[str, object]],
):
    landcover, elevation, _ = map(pystac.Item.from_dict, items)

    projection = ProjectionExtension.ext(landcover.assets["data"])
    assert projection.code == "EPSG:4326"
    assert projection.shape == [3600, 7200]
    assert projection.transform == [0.05, 0, -180, 0, -0.05, 90]
    band = RasterBand(landcover.assets["data"].extra_fields["bands"][0])
    classes = ClassificationExtension.ext(band).classes
    assert classes is not None
    assert [c.color_hint for c in classes][:2] == ["1C6BA0", "05450A"]
    render = RenderExtension.ext(elevation).renders["default"]
    assert (render.rescale, render.colormap_name) == ([[552.0, 3971.0]], "terrain")
    assert VersionExtension.ext(elevation).version == "95fd45b407cb0366"


def test_the_samples_catalogue_is_what_the_script_writes(
    items: list[dict[str, object]], sample: Path
):
    item = describe_raster(
        sample / "elevation_yosemite.tif",
        ItemOptions(
            id="elevation",
            href="elevation_yosemite.tif",
            title="Elevation, Yosemite and Mono Lake",
            description="Height above sea level in the Sierra Nevada at 3 arc "
            "seconds, from SRTM.",
            provider="NASA SRTM",
            datetime=datetime(2000, 2, 16, tzinfo=UTC),
            colormap_name="terrain",
        ),
    )

    assert json.loads(json.dumps(item)) == items[1]


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(),
        Recipe(dtype="float32", nodata=float("nan")),
        Recipe(bands=3, dtype="uint8", nodata=None),
        Recipe(scale=0.1, offset=-5.0),
        Recipe(crs="EPSG:32633", transform=Affine(30, 0, 4e5, 0, -30, 5.2e6)),
        Recipe(crs="ESRI:54009", transform=Affine(1000, 0, 0, 0, -1000, 5e6)),
    ],
    ids=["int16", "NaN", "RGB", "scaled", "UTM", "no code"],
)
def test_any_files_item_is_valid_and_serves(tmp_path: Path, recipe: Recipe):
    path = tmp_path / "raster.tif"
    write_cog(path, recipe)

    item = json.loads(json.dumps(describe(path), allow_nan=False))

    validate(item)
    content = json.dumps({"features": [item]}).encode()
    catalogue = parse_catalogue(content, str(tmp_path / "catalog.json"))
    assert catalogue.faults == {}
    dataset = catalogue.dataset("x")
    assert [asset.href for asset in dataset.assets] == [str(path)]
    assert dataset.grid.shape == (150, 200)
    assert dataset.bands[0].assumed().scale == (recipe.scale or 1.0)
    assert len(dataset.bands) == recipe.bands


def test_a_raster_over_the_antimeridian_is_cut_there(tmp_path: Path):
    path = tmp_path / "raster.tif"
    write_cog(path, Recipe(transform=Affine(0.08, 0, 172, 0, -0.08, 10)))

    item = describe(path)

    assert item["bbox"] == pytest.approx([172, -2, -172, 10])
    assert item["geometry"]["type"] == "MultiPolygon"  # type: ignore[index]
    validate(item)


@pytest.mark.parametrize("world", WORLD_GRIDS, ids=lambda world: world.name)
def test_any_grid_in_use_has_an_item(tmp_path: Path, world: WorldGrid):
    # The same corners in a few pixels.
    few = world.grid.resize(13, 7)
    path = tmp_path / "few.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=1,
        dtype="uint8",
        crs=few.crs,
        transform=few.transform,
        width=few.width,
        height=few.height,
    ) as file:
        file.write(np.ones((1, 7, 13), np.uint8))

    item = describe(path)

    validate(item)
    # Some of the projections are told a little differently by a GeoTIFF's keys.
    assert item["bbox"] == pytest.approx(list(world.box), abs=0.4)
    json.dumps(item, allow_nan=False)


def test_a_colour_table_becomes_classes(tmp_path: Path):
    path = tmp_path / "raster.tif"
    values = np.repeat(np.arange(4, dtype=np.uint8), 50)[None, None, :]
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=200,
        height=1,
        count=1,
        dtype="uint8",
        crs="EPSG:4326",
        transform=Affine(0.01, 0, 10, 0, -0.01, 46),
        nodata=0,
    ) as file:
        file.write(values)
        file.write_colormap(
            1, {0: (0, 0, 0), 1: (255, 0, 0), 2: (0, 255, 0), 3: (0, 0, 9)}
        )
        file.update_tags(1, class_1="Red roofs", class_3="Night")

    (named,) = describe(path)["assets"]["data"]["bands"]  # type: ignore[index]

    assert named["classification:classes"] == [
        {"value": 1, "name": "red-roofs", "title": "Red roofs", "color_hint": "FF0000"},
        {"value": 3, "name": "night", "title": "Night", "color_hint": "000009"},
    ]


def test_classes_may_be_given(tmp_path: Path):
    path = tmp_path / "raster.tif"
    write_cog(path, Recipe(dtype="uint8", nodata=None))

    item = describe(path, classes=(RasterClass(7, "Öd / leer", "#010203"),))

    validate(item)
    (band,) = item["assets"]["data"]["bands"]  # type: ignore[index]
    assert band["classification:classes"][0]["title"] == "Öd / leer"


def test_a_file_that_is_no_raster_has_no_item(tmp_path: Path):
    path = tmp_path / "raster.tif"
    path.write_text("no")

    with pytest.raises(SourceError):
        describe(path)


def describe_bands(**files: Path) -> dict[str, object]:
    assets = [AssetFile(key, path, path.name) for key, path in files.items()]
    return json.loads(json.dumps(describe_files(assets, ItemOptions(id="x"))))


def test_several_files_are_one_item(tmp_path: Path):
    utm, origin = "EPSG:32633", (0, 5e5, 0)
    for name, side in (("a", 20), ("b", 10)):
        transform = Affine(side, *origin, -side, 5e6)
        count = 2000 // side
        write_cog(
            tmp_path / f"{name}.tif",
            Recipe(count, count, crs=utm, transform=transform, bands=1),
        )

    item = describe_bands(swir16=tmp_path / "a.tif", B08=tmp_path / "b.tif")

    validate(item)
    assert (
        "https://stac-extensions.github.io/eo/v2.0.0/schema.json"
        in (
            item["stac_extensions"]  # type: ignore[operator]
        )
    )
    (swir,), (nir,) = (asset["bands"] for asset in item["assets"].values())  # type: ignore[attr-defined]
    assert (swir["name"], swir["eo:common_name"]) == ("swir16", "swir16")
    assert (nir["name"], "eo:common_name" in nir) == ("B08", False)
    content = json.dumps({"features": [item]}).encode()
    dataset = parse_catalogue(content, str(tmp_path / "c.json")).dataset("x")
    assert dataset.grid.transform.a == 10
    assert dataset.band("B08").index == 2


def test_a_files_own_version_is_that_of_all(tmp_path: Path):
    for name in ("a", "b"):
        write_cog(tmp_path / f"{name}.tif", Recipe(dtype="int16"))
    first = describe_bands(a=tmp_path / "a.tif", b=tmp_path / "b.tif")
    values = np.ones((1, 150, 200), np.int16)
    write_cog(tmp_path / "b.tif", Recipe(), values)

    second = describe_bands(a=tmp_path / "a.tif", b=tmp_path / "b.tif")

    assert first["properties"]["version"] != second["properties"]["version"]  # type: ignore[index]


def test_red_green_and_blue_are_drawn_as_a_picture(tmp_path: Path):
    values = np.random.default_rng(1).normal(1000, 100, (1, 150, 200)).astype("int16")
    for name in ("blue", "green", "red"):
        write_cog(tmp_path / f"{name}.tif", Recipe(), values)

    item = describe_bands(
        **{name: tmp_path / f"{name}.tif" for name in ("blue", "green", "red")}
    )

    render = item["properties"]["renders"]["default"]  # type: ignore[index]
    assert (render["assets"], render["bidx"]) == (["red", "green", "blue"], [1])
    low, high = render["rescale"][0]
    assert (low, high) == pytest.approx((800, 1200), abs=20)
    content = json.dumps({"features": [item]}).encode()
    dataset = parse_catalogue(content, str(tmp_path / "c.json")).dataset("x")
    assert dataset.rendering.bands == (3, 2, 1)


@pytest.mark.parametrize("alpha", [False, True])
def test_a_picture_in_one_file_is_drawn_as_one_without_its_alpha(
    tmp_path: Path, *, alpha: bool
):
    path = tmp_path / "a.tif"
    values = np.full((4 if alpha else 3, 64, 64), 200, np.uint8)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=64,
        height=64,
        count=len(values),
        dtype="uint8",
        crs="EPSG:4326",
        transform=Affine(0.01, 0, 10, 0, -0.01, 46),
        photometric="RGB",
        alpha="YES" if alpha else "NO",
    ) as file:
        file.write(values)

    item = describe(path)

    bands = item["assets"]["data"]["bands"]  # type: ignore[index]
    assert [band["eo:common_name"] for band in bands] == ["red", "green", "blue"]
    render = item["properties"]["renders"]["default"]  # type: ignore[index]
    assert render["bidx"] == [1, 2, 3]
    assert render["rescale"] == [[0.0, 255.0]] * 3


def test_the_samples_overlay_is_what_the_script_writes(
    items: list[dict[str, object]], sample: Path
):
    catalogue = parse_catalogue(
        (sample / "catalog.json").read_bytes(), str(sample / "catalog.json")
    )
    properties = items[2]["properties"]

    item = describe_overlay(
        json.loads((sample / "overlay_meadows.json").read_text()),
        catalogue.dataset,
        ItemOptions(
            id="meadows",
            title=properties["title"],  # type: ignore[index]
            description=properties["description"],  # type: ignore[index]
            datetime=datetime(2019, 7, 1, tzinfo=UTC),
            colormap_name="ylgn",
        ),
    )

    assert json.loads(json.dumps(item)) == items[2]
