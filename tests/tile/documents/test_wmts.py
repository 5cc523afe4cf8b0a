from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import mercantile
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from raster_core.catalogue.catalogue import parse_catalogue
from raster_core.grid import raster_grid
from raster_core.tile.documents.wmts import (
    Fault,
    Service,
    matrix_set_name,
    write_capabilities,
    write_report,
)
from raster_core.tile.grids.zooms import zoom_range
from testing.geojson import collection

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from raster_core.catalogue.dataset import Dataset

WMTS = "{http://www.opengis.net/wmts/1.0}"
OWS = "{http://www.opengis.net/ows/1.1}"
HREF = "{http://www.w3.org/1999/xlink}href"

BASE = "https://maps.example"

# XML 1.0, 2.2: what a document cannot hold.
UNWRITABLE = r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def dataset(
    identifier: str = "a&b<c> \"d'é",
    title: str = "Wind & <rain>",
    description: str = "",
    resolution: float = 1.0,
) -> Dataset:
    """20 by 10 degrees; its names are full of what XML has to escape."""
    shape = [round(10 / resolution), round(20 / resolution)]
    item = {
        "id": identifier,
        "bbox": [10.0, 40.0, 30.0, 50.0],
        "properties": {"title": title, "description": description, "version": "1"},
        "assets": {
            "data": {
                "href": "a.tif",
                "bands": [{"data_type": "uint8"}],
                "proj:code": "EPSG:4326",
                "proj:shape": shape,
                "proj:transform": [resolution, 0, 10, 0, -resolution, 50],
            }
        },
    }
    document = json.dumps(collection(item))
    catalogue = parse_catalogue(document.encode(), "catalog.json")
    assert catalogue.faults == {}
    return catalogue.dataset(identifier)


def parse(*datasets: Dataset, parameters: str = "") -> Element:
    text = write_capabilities(datasets, Service(BASE, parameters))
    return ET.fromstring(text)  # noqa: S314  our own


def names(element: Element) -> list[str]:
    return [re.sub("{.*}", "", child.tag) for child in element]


def texts(element: Element, path: str) -> list[str | None]:
    return [found.text for found in element.findall(path)]


# The children of each element, in the order of the schemas' sequences: every name
# with how often it may stand there. What is left out here may not be there at all.
SEQUENCES: dict[str, str] = {
    ".": "ServiceIdentification? ServiceProvider? OperationsMetadata? Contents? "
    "ServiceMetadataURL*",
    f"{OWS}ServiceProvider": "ProviderName ProviderSite? ServiceContact",
    f"{OWS}ServiceIdentification": "Title* Abstract* Keywords* ServiceType "
    "ServiceTypeVersion+ Profile* Fees? AccessConstraints*",
    f"{OWS}OperationsMetadata": "Operation+ Parameter* Constraint*",
    f"{OWS}OperationsMetadata/{OWS}Operation": "DCP+ Parameter* Constraint*",
    f".//{OWS}Get": "Constraint*",
    f"{WMTS}Contents": "Layer* TileMatrixSet*",
    f".//{WMTS}Layer": "Title* Abstract* Keywords* WGS84BoundingBox* Identifier "
    "BoundingBox* Metadata* Style+ Format+ InfoFormat* Dimension* TileMatrixSetLink+ "
    "ResourceURL*",
    f".//{WMTS}Style": "Title* Abstract* Keywords* Identifier LegendURL*",
    f".//{WMTS}TileMatrixSetLink": "TileMatrixSet TileMatrixSetLimits?",
    f".//{WMTS}TileMatrixSetLimits": "TileMatrixLimits+",
    f".//{WMTS}TileMatrixLimits": "TileMatrix MinTileRow MaxTileRow MinTileCol "
    "MaxTileCol",
    f"{WMTS}Contents/{WMTS}TileMatrixSet": "Title* Abstract* Keywords* Identifier "
    "BoundingBox? SupportedCRS WellKnownScaleSet? TileMatrix+",
    f"{WMTS}Contents/{WMTS}TileMatrixSet/{WMTS}TileMatrix": "Title* Abstract* "
    "Keywords* Identifier ScaleDenominator TopLeftCorner TileWidth TileHeight "
    "MatrixWidth MatrixHeight",
    f".//{OWS}WGS84BoundingBox": "LowerCorner UpperCorner",
    f".//{OWS}BoundingBox": "LowerCorner UpperCorner",
}


@pytest.mark.parametrize("path", SEQUENCES)
def test_children_stand_in_the_order_of_the_schema(path: str):
    root = parse(dataset(), dataset(identifier="b", description="What it is"))
    words = [re.fullmatch(r"(\w+)([*+?]?)", w) for w in SEQUENCES[path].split()]
    sequence = "".join(f"({w[1]} ){w[2]}" for w in words if w)

    found = [root] if path == "." else root.findall(path)

    assert found
    for element in found:
        assert re.fullmatch(sequence, "".join(f"{n} " for n in names(element)))


def test_attributes_that_the_schema_requires_are_there():
    root = parse(dataset())

    assert root.tag == f"{WMTS}Capabilities"
    assert root.get("version") == "1.0.0"
    for layer in root.iter(f"{WMTS}Layer"):
        for resource in layer.findall(f"{WMTS}ResourceURL"):
            assert resource.get("resourceType") == "tile"
            assert resource.get("format") in texts(layer, f"{WMTS}Format")
            assert resource.get("template")
    assert [e.get("name") for e in root.iter(f"{OWS}Operation")] == [
        "GetCapabilities",
        "GetTile",
    ]
    for get in root.iter(f"{OWS}Get"):
        assert str(get.get(HREF)).endswith(("?", "&"))
        assert texts(get, f"{OWS}Constraint/{OWS}AllowedValues/{OWS}Value") == ["KVP"]


def test_every_dataset_is_a_layer_with_an_identifier_of_its_own():
    root = parse(dataset(), dataset(identifier="b"), dataset(identifier="c", title="C"))

    layers = root.findall(f".//{WMTS}Layer")
    assert [layer.findtext(f"{OWS}Identifier") for layer in layers] == [
        "a&b<c> \"d'é",
        "b",
        "c",
    ]
    assert layers[0].findtext(f"{OWS}Title") == "Wind & <rain>"
    for layer in layers:
        (style,) = layer.findall(f"{WMTS}Style")
        assert style.get("isDefault") == "true"
        linked = texts(layer, f"{WMTS}TileMatrixSetLink/{WMTS}TileMatrixSet")
        assert linked == [matrix_set_name(zoom_range(dataset())[1])]


def test_an_empty_catalogue_is_a_document_too():
    root = parse()

    assert root.findall(f".//{WMTS}Layer") == []
    (contents,) = root.findall(f"{WMTS}Contents")
    assert names(contents) == []


def test_urls_are_absolute_and_carry_the_parameters():
    root = parse(
        dataset(identifier="a b+c"), parameters="rescale=0%2C9&colormap_name=gray"
    )

    end = "?rescale=0%2C9&colormap_name=gray"
    path = f"{BASE}/datasets/a%20b%2Bc"
    templates = [e.get("template") for e in root.iter(f"{WMTS}ResourceURL")]
    place = "tiles/{TileMatrix}/{TileCol}/{TileRow}"
    assert templates == [f"{path}/{place}.png{end}"]
    (legend,) = root.iter(f"{WMTS}LegendURL")
    assert legend.get(HREF) == f"{path}/legend.png{end}"
    assert {e.get(HREF) for e in root.iter(f"{OWS}Get")} == {f"{BASE}/wmts{end}&"}


def test_the_matrix_set_is_the_well_known_one():
    """Scales and corner as in OGC 07-057r7, annex E.4."""
    root = parse(dataset())

    (matrix_set,) = root.findall(f"{WMTS}Contents/{WMTS}TileMatrixSet")
    assert matrix_set.findtext(f"{OWS}SupportedCRS") == "urn:ogc:def:crs:EPSG::3857"
    known = "urn:ogc:def:wkss:OGC:1.0:GoogleMapsCompatible"
    assert matrix_set.findtext(f"{WMTS}WellKnownScaleSet") == known
    scales = [
        559082264.0287178,
        279541132.0143589,
        139770566.0071794,
        69885283.00358972,
    ]
    matrices = matrix_set.findall(f"{WMTS}TileMatrix")
    for zoom, matrix in enumerate(matrices):
        assert matrix.findtext(f"{OWS}Identifier") == str(zoom)
        denominator = float(matrix.findtext(f"{WMTS}ScaleDenominator", ""))
        assert math.isclose(denominator, scales[0] / 2**zoom, rel_tol=1e-15)
        corner = matrix.findtext(f"{WMTS}TopLeftCorner", "").split()
        assert [float(part) for part in corner] == [
            -20037508.342789244,
            20037508.342789244,
        ]
        for name, value in (("TileWidth", 256), ("TileHeight", 256)):
            assert matrix.findtext(f"{WMTS}{name}") == str(value)
        for name in ("MatrixWidth", "MatrixHeight"):
            assert matrix.findtext(f"{WMTS}{name}") == str(2**zoom)
        # 0.28 mm a pixel, by definition; 256 of them are the tile.
        size = denominator * 0.28e-3 * 256 * 2**zoom
        assert math.isclose(size, 2 * 20037508.342789244, rel_tol=1e-9)
    assert [float(m.findtext(f"{WMTS}ScaleDenominator", "")) for m in matrices][
        :4
    ] == pytest.approx(scales[: len(matrices)], rel=1e-12)


def test_a_matrix_set_ends_with_the_pixels_of_its_layers():
    datasets = [dataset(resolution=0.01), dataset("b"), dataset("c")]

    root = parse(*datasets)

    last = [zoom_range(d)[1] for d in datasets]
    assert last[0] > last[1] == last[2]
    sets = {
        found.findtext(f"{OWS}Identifier"): texts(found, f"*/{OWS}Identifier")
        for found in root.findall(f"{WMTS}Contents/{WMTS}TileMatrixSet")
    }
    assert sets == {
        matrix_set_name(end): [str(zoom) for zoom in range(end + 1)]
        for end in set(last)
    }
    for layer, highest in zip(root.iter(f"{WMTS}Layer"), last, strict=True):
        (linked,) = texts(layer, f"{WMTS}TileMatrixSetLink/{WMTS}TileMatrixSet")
        listed = texts(layer, f".//{WMTS}TileMatrixLimits/{WMTS}TileMatrix")
        assert linked == matrix_set_name(highest)
        assert listed == sets[linked]


def test_boxes_are_said_in_degrees_and_in_metres():
    root = parse(dataset())

    corners = [
        [float(part) for part in str(corner).split()]
        for box in ("WGS84BoundingBox", "BoundingBox")
        for corner in texts(root, f".//{OWS}{box}/*")
    ]
    assert corners[:2] == [[10.0, 40.0], [30.0, 50.0]]
    expected = [mercantile.xy(10, 40), mercantile.xy(30, 50)]
    assert corners[2:] == [pytest.approx(list(corner), abs=1e-6) for corner in expected]
    (box,) = root.iter(f"{OWS}BoundingBox")
    assert box.get("crs") == "urn:ogc:def:crs:EPSG::3857"


@given(st.text())
def test_any_title_is_a_document(title: str):
    (text,) = texts(parse(dataset(title=title)), f".//{WMTS}Layer/{OWS}Title")

    assert str(text).split() == re.sub(UNWRITABLE, " ", title or "a&b<c> \"d'é").split()


def test_a_report_has_every_fault():
    faults = [
        Fault("MissingParameterValue", "LAYER", "LAYER is missing"),
        Fault("NoApplicableCode", "", "a < b & c"),
    ]

    root = ET.fromstring(write_report(faults))  # noqa: S314  our own

    assert root.tag == f"{OWS}ExceptionReport"
    assert root.get("version") == "1.0.0"
    exceptions = root.findall(f"{OWS}Exception")
    assert [e.get("exceptionCode") for e in exceptions] == [f.code for f in faults]
    assert [e.get("locator") for e in exceptions] == ["LAYER", None]
    assert texts(root, f"*/{OWS}ExceptionText") == ["LAYER is missing", "a < b & c"]


def test_where_a_raster_lies_is_found_once_for_all_capabilities(
    monkeypatch: pytest.MonkeyPatch,
):
    datasets = [in_utm(number) for number in range(600)]
    expected = write_capabilities(datasets, Service(BASE))

    def not_again(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(
        "raster_core.sources.extent.extent.locate_in_degrees", not_again
    )
    monkeypatch.setattr("raster_core.tile.grids.zooms.point_transform", not_again)
    assert write_capabilities(datasets, Service(BASE)) == expected


def in_utm(number: int) -> Dataset:
    """One of many rasters, each 1 km from the next."""
    plain = dataset(f"d{number}")
    transform = Affine(100, 0, 500_000 + 1000 * number, 0, -100, 5_000_000)
    grid = raster_grid("EPSG:32633", transform, width=50, height=50)
    return replace(plain, grid=grid)
