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

from raster_core.errors import SourceError
from raster_core.grid import RasterClass
from raster_core.ingest.item import ItemOptions, describe_raster
from raster_core.source.catalogue import parse_catalogue
from tests.cogs import Recipe, write_cog

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
    landcover, elevation = map(pystac.Item.from_dict, items)

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
    assert dataset.href == str(path)
    assert dataset.grid.shape == (150, 200)
    assert dataset.bands[0].scale == (recipe.scale or 1.0)
    assert len(dataset.bands) == recipe.bands


def test_a_raster_over_the_antimeridian_is_cut_there(tmp_path: Path):
    path = tmp_path / "raster.tif"
    write_cog(path, Recipe(transform=Affine(0.08, 0, 172, 0, -0.08, 10)))

    item = describe(path)

    assert item["bbox"] == pytest.approx([172, -2, -172, 10])
    assert item["geometry"]["type"] == "MultiPolygon"  # type: ignore[index]
    validate(item)


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
