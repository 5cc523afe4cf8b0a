"""Files beside a GeoTIFF: rasterio reads them, so the Item and the service must."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from affine import Affine

from raster_core.catalogue.catalogue import parse_catalogue
from raster_core.errors import SourceError
from raster_core.ingest.item import ItemOptions, describe_raster
from raster_core.layers.kinds import open_layer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.catalogue.dataset import Dataset
    from raster_core.raster import Layer

VALUES = np.arange(300 * 200).reshape(300, 200) % 11
UTM = {"crs": "EPSG:32633", "transform": Affine(10, 0, 4e5, 0, -10, 5e6)}


def write_raster(path: Path, dtype: str = "uint8", **options: Any) -> Path:
    profile = {"driver": "GTiff", "count": 2, "height": 300, "width": 200, **UTM}
    with rasterio.open(path, "w", **{**profile, "dtype": dtype, **options}) as file:
        file.write(VALUES.astype(dtype), 1)
        file.write((VALUES + 1).astype(dtype), 2)
    return path


def write_mask(path: Path, mask: NDArray[np.bool_]) -> None:
    """Beside the file."""
    with (
        rasterio.Env(GDAL_TIFF_INTERNAL_MASK=False),
        rasterio.open(path, "r+") as file,
    ):
        file.write_mask(mask)
    assert Path(f"{path}.msk").exists()


def write_description(path: Path, *bands: str, about: str = "") -> None:
    """An ``.aux.xml`` whose bands have these elements."""
    parts = [
        f'<PAMRasterBand band="{number}">{band}</PAMRasterBand>'
        for number, band in enumerate(bands, start=1)
    ]
    text = f"<PAMDataset>{about}{''.join(parts)}</PAMDataset>"
    Path(f"{path}.aux.xml").write_text(text)


def describe(path: Path, **options: Any) -> dict[str, Any]:
    item = describe_raster(path, ItemOptions(id="x", href=path.name, **options))
    return json.loads(json.dumps(item, allow_nan=False))  # type: ignore[no-any-return]


def first_asset(path: Path, **options: Any) -> dict[str, Any]:
    return describe(path, **options)["assets"]["data"]  # type: ignore[no-any-return]


def open_dataset(path: Path, item: dict[str, Any]) -> Dataset:
    content = json.dumps({"features": [item]}).encode()
    return parse_catalogue(content, str(path.parent / "catalog.json")).dataset("x")


def open_served(path: Path) -> Layer:
    """Through its Item, as the service opens it."""
    dataset = open_dataset(path, describe(path))
    return open_layer(dataset.spec(dataset.bands))


@pytest.mark.parametrize("overviews", ["none", "before", "after"])
@pytest.mark.parametrize("nodata", [None, 4])
def test_a_mask_beside_the_file_hides_what_rasterio_hides(
    tmp_path: Path, overviews: str, nodata: int | None
):
    """GDAL gives the mask overviews if the raster gets them afterwards."""
    path = write_raster(tmp_path / "a.tif", nodata=nodata, tiled=True)
    if overviews == "before":
        with rasterio.open(path, "r+") as file:
            file.build_overviews([2, 4])
    write_mask(path, VALUES % 3 != 0)
    if overviews == "after":
        with rasterio.open(path, "r+") as file:
            file.build_overviews([2, 4])
    with rasterio.open(path) as file:
        expected = file.read_masks() > 0

    layer = open_served(path)

    assert (layer.read(layer.info.grid).mask == expected).all()
    assert len(layer.info.overviews) == (2 if overviews == "after" else 0)
    for level, grid in enumerate(layer.info.overviews):
        with rasterio.open(path, overview_level=level) as file:
            assert (layer.read(grid).mask == (file.read_masks() > 0)).all()


def test_the_statistics_of_an_item_know_of_the_mask_beside_the_file(tmp_path: Path):
    path = write_raster(tmp_path / "a.tif")
    before = describe(path)
    write_mask(path, VALUES < 5)

    after = describe(path)

    asset = after["assets"]["data"]
    assert asset["rasterlet:sidecars"] == [".msk"]
    assert asset["bands"][0]["statistics"]["maximum"] == 4
    assert after["properties"]["version"] != before["properties"]["version"]


def test_a_mask_beside_a_file_in_a_store_is_refused_by_writer_and_reader(
    tmp_path: Path,
):
    path = write_raster(tmp_path / "a.tif")
    write_mask(path, VALUES < 5)

    with pytest.raises(SourceError, match="gdal_translate -of COG writes it into"):
        describe_raster(path, ItemOptions(id="x", href="s3://bucket/a.tif"))

    item = describe(path)
    item["assets"]["data"]["href"] = "s3://bucket/a.tif"
    content = json.dumps({"features": [item]}).encode()
    catalogue = parse_catalogue(content, "s3://bucket/catalog.json")
    with pytest.raises(SourceError, match=r"mask is a file beside it \(\.msk\)"):
        catalogue.dataset("x")


def test_a_mask_of_another_format_is_not_followed(tmp_path: Path):
    path = write_raster(tmp_path / "a.tif")
    Path(f"{path}.msk").write_text("<VRTDataset/>")

    with pytest.raises(SourceError, match=r"raster \(\.msk\) is not a GeoTIFF"):
        describe(path)


def test_nodata_scale_offset_names_and_units_are_those_that_rasterio_reads(
    tmp_path: Path,
):
    path = write_raster(tmp_path / "a.tif", "int16", nodata=3)
    write_description(
        path,
        "<Description>height</Description><NoDataValue>9</NoDataValue>"
        "<UnitType>metre</UnitType><Offset>100</Offset><Scale>2</Scale>",
        "<Description>depth</Description><NoDataValue>8</NoDataValue>",
    )
    with rasterio.open(path) as file:
        said = zip(
            file.descriptions, file.nodatavals, file.units, file.scales, strict=True
        )
        mask = file.read_masks() > 0

    bands = first_asset(path)["bands"]

    found = [(b["name"], b["nodata"], b.get("unit")) for b in bands]
    assert [(*band, 2.0 if n == 0 else 1.0) for n, band in enumerate(found)] == [*said]
    assert (bands[0]["raster:scale"], bands[0]["raster:offset"]) == (2, 100)
    low, high = (bands[0]["statistics"][name] for name in ("minimum", "maximum"))
    assert (low, high) == (100, 120)
    layer = open_served(path)
    assert (layer.read(layer.info.grid).mask == mask).all()
    assert [band.scale for band in layer.info.bands] == [2, 1]


def test_neutral_values_beside_the_file_overrule_its_own(tmp_path: Path):
    path = write_raster(tmp_path / "a.tif", "int16")
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets, file.units = (2.0, 2.0), (5.0, 5.0), ("m", "m")
    write_description(
        path, "<UnitType></UnitType><Offset>0</Offset><Scale>1</Scale>", ""
    )
    with rasterio.open(path) as file:
        said = [*zip(file.scales, file.offsets, file.units, strict=True)]
    assert said[0][:2] == (1.0, 0.0)

    bands = open_served(path).info.bands

    assert [(b.scale, b.offset, b.unit or "") for b in bands] == [
        (scale, offset, unit or "") for scale, offset, unit in said
    ]


def test_names_of_categories_become_classes(tmp_path: Path):
    path = write_raster(tmp_path / "a.tif")
    names = ("", "Wasser", "Wald & Heide")
    listed = "".join(
        f"<Category>{name.replace('&', '&amp;')}</Category>" for name in names
    )
    write_description(
        path,
        f"<CategoryNames>{listed}</CategoryNames>"
        '<ColorTable><Entry c1="0" c2="0" c3="0" c4="0"/>'
        '<Entry c1="0" c2="0" c3="255" c4="255"/></ColorTable>',
    )

    band = first_asset(path)["bands"][0]

    assert band["classification:classes"] == [
        {"value": 1, "name": "wasser", "title": "Wasser", "color_hint": "0000FF"},
        {"value": 2, "name": "wald-heide", "title": "Wald & Heide"},
    ]
    (first, second) = open_served(path).info.bands
    assert [entry.name for entry in first.classes] == ["Wasser", "Wald & Heide"]
    assert second.classes == ()


GDALS = """
<GDALRasterAttributeTable tableType="thematic">
<FieldDefn index="0"><Name>Class</Name><Type>0</Type><Usage>5</Usage></FieldDefn>
<FieldDefn index="1"><Name>Label</Name><Type>2</Type><Usage>2</Usage></FieldDefn>
<FieldDefn index="2"><Name>R</Name><Type>0</Type><Usage>6</Usage></FieldDefn>
<FieldDefn index="3"><Name>G</Name><Type>0</Type><Usage>7</Usage></FieldDefn>
<FieldDefn index="4"><Name>B</Name><Type>0</Type><Usage>8</Usage></FieldDefn>
<Row index="0"><F>2</F><F>Forest</F><F>0</F><F>128</F><F>0</F></Row>
<Row index="1"><F>7</F><F>Lake</F><F>0</F><F>0</F><F>200</F></Row>
</GDALRasterAttributeTable>"""

# As ArcGIS writes it: no usages.
ESRIS = """
<GDALRasterAttributeTable>
<FieldDefn index="0"><Name>OBJECTID</Name><Type>0</Type><Usage>0</Usage></FieldDefn>
<FieldDefn index="1"><Name>VALUE</Name><Type>1</Type><Usage>0</Usage></FieldDefn>
<FieldDefn index="2"><Name>COVER</Name><Type>2</Type><Usage>0</Usage></FieldDefn>
<Row index="0"><F>1</F><F>2.0</F><F>Forest</F></Row>
<Row index="1"><F>2</F><F>7.0</F><F>Lake</F></Row>
</GDALRasterAttributeTable>"""

COUNTS = """
<GDALRasterAttributeTable tableType="athematic">
<FieldDefn index="0"><Name>Histogram</Name><Type>1</Type><Usage>1</Usage></FieldDefn>
<Row index="0"><F>22</F></Row>
</GDALRasterAttributeTable>"""


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (GDALS, [(2, "Forest", "#008000"), (7, "Lake", "#0000c8")]),
        (ESRIS, [(2, "Forest", None), (7, "Lake", None)]),
        (COUNTS, []),
    ],
    ids=["GDAL", "ArcGIS", "counts"],
)
def test_an_attribute_table_becomes_classes(
    tmp_path: Path, table: str, expected: list[tuple[int, str, str | None]]
):
    path = write_raster(tmp_path / "a.tif")
    write_description(path, table)

    band = open_served(path).info.bands[0]

    assert [(c.value, c.name, c.color) for c in band.classes] == expected


@pytest.mark.parametrize(
    "about",
    [
        "<GeoTransform>400000, 5, 0, 5000000, 0, -5</GeoTransform>",
        "<SRS>EPSG:32634</SRS>",
    ],
    ids=["transform", "CRS"],
)
def test_another_place_beside_the_file_is_refused(tmp_path: Path, about: str):
    """GDAL and QGIS show the raster there."""
    path = write_raster(tmp_path / "a.tif")
    write_description(path, about=about)

    with pytest.raises(SourceError, match=r"\(\.aux\.xml\) has another place"):
        describe(path)


def test_a_description_that_is_no_xml_is_refused(tmp_path: Path):
    path = write_raster(tmp_path / "a.tif")
    Path(f"{path}.aux.xml").write_text("<PAMDataset>")

    with pytest.raises(SourceError, match=r"\(\.aux\.xml\) is not XML"):
        describe(path)


def test_an_alpha_band_that_holds_values_is_served_if_the_writer_says_so(
    tmp_path: Path,
):
    """Near infrared as the fourth band of bytes, which GDAL's writer calls alpha."""
    path = tmp_path / "a.tif"
    bands = np.stack([VALUES, VALUES + 1, VALUES + 2, VALUES]).astype(np.uint8)
    profile = {"driver": "GTiff", "count": 4, "height": 300, "width": 200, **UTM}
    with rasterio.open(
        path, "w", dtype="uint8", photometric="RGB", alpha="YES", **profile
    ) as file:
        file.write(bands)
    masked, plain = first_asset(path), first_asset(path, alpha_is_data=True)
    hidden = open_dataset(path, describe(path))
    whole = open_dataset(path, describe(path, alpha_is_data=True))

    layer, other = (open_layer(d.spec(d.bands)) for d in (hidden, whole))

    assert (masked["rasterlet:alpha"], len(masked["bands"])) == ("mask", 3)
    assert (plain["rasterlet:alpha"], len(plain["bands"])) == ("data", 4)
    assert (layer.read(layer.info.grid).mask == (VALUES != 0)).all()
    assert other.read(other.info.grid).mask.all()
    assert (other.read(other.info.grid).data == bands).all()
    assert plain["bands"][3]["statistics"]["maximum"] == 10
    with pytest.raises(Exception, match="Band 4 is not one of 1 to 3; the file's next"):
        hidden.band(4)
    with pytest.raises(Exception, match=r"Band 5 is not one of 1 to 4$"):
        whole.band(5)
