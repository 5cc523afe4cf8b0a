"""WMTS 1.0.0: the capabilities document, and the exception report.

They are computed from the catalogue alone; no raster is opened. Elements are in the
order that the schemas demand: OGC 07-057r7 (WMTS), 06-121r3 (OWS Common 1.1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from raster_core.tile.grids.tms import EDGE, clamp_bounds, mercator_bounds, tile_limits
from raster_core.tile.grids.zooms import zoom_range

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from raster_core.catalogue.dataset import Dataset
    from raster_core.tile.grids.tms import TileLimits

MATRIX_SET = "GoogleMapsCompatible"
"""The well-known scale set: level z is the zoom z of every web map."""

STYLE = "default"

FORMATS = {"image/png": "png", "image/webp": "webp", "image/jpeg": "jpg"}
"""Media types of tiles to their extensions; clients choose the first by default."""

# The scale denominator of level 0, at 0.28 mm per pixel: OGC 07-057r7, annex E.4.
_SCALE_DENOMINATOR = 559082264.0287178

_CRS = "urn:ogc:def:crs:EPSG::3857"

# Characters that XML 1.0 (section 2.2) does not allow, though a title may have them.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_NAMESPACES = {
    "xmlns": "http://www.opengis.net/wmts/1.0",
    "xmlns:ows": "http://www.opengis.net/ows/1.1",
    "xmlns:xlink": "http://www.w3.org/1999/xlink",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": (
        "http://www.opengis.net/wmts/1.0 "
        "http://schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd"
    ),
}


@dataclass(frozen=True, slots=True)
class Service:
    """The URLs that a document has for tiles."""

    base: str
    """The absolute URL of the service, without a slash at the end."""
    parameters: str = ""
    """The query string of all tiles and legends, such as ``rescale=0%2C9``."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """The further query string for each dataset's id, such as ``v=1a2b``."""

    def url(self, path: str, version: str) -> str:
        """The absolute URL of a path, with the parameters and a version."""
        query = "&".join(filter(None, (self.parameters, version)))
        return f"{self.base}{path}{query and f'?{query}'}"

    @property
    def kvp(self) -> str:
        """The URL to which a client appends its parameters."""
        query = f"{self.parameters}&" if self.parameters else ""
        return f"{self.base}/wmts?{query}"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a request, in the terms of OWS Common."""

    code: str
    """``exceptionCode``."""
    locator: str
    """The parameter at fault; empty if there is none."""
    text: str


def write_capabilities(datasets: Iterable[Dataset], service: Service) -> str:
    """Write the capabilities document, with one layer per dataset.

    Clients take the finest level of a tile matrix set for the resolution of its layers.
    So there is one set for each level that is the last one of a dataset.
    """
    root = Element("Capabilities", {**_NAMESPACES, "version": "1.0.0"})
    _add_identification(root)
    _add_provider(root, service)
    _add_operations(root, service)
    contents = SubElement(root, "Contents")
    ends = set()
    for dataset in datasets:
        lowest, highest = zoom_range(dataset)
        _add_layer(contents, dataset, service, range(lowest, highest + 1))
        ends.add(highest)
    for highest in sorted(ends):
        _add_matrix_set(contents, highest)
    url = f"{service.base}/wmts/1.0.0/WMTSCapabilities.xml"
    SubElement(root, "ServiceMetadataURL", {"xlink:href": url})
    return _write(root)


def matrix_set_name(highest: int) -> str:
    """The name of the tile matrix set that ends with a zoom, in the style of GIBS."""
    return f"{MATRIX_SET}_Level{highest}"


def write_report(faults: Sequence[Fault]) -> str:
    """Write an ``ExceptionReport`` (OGC 06-121r3, clause 8)."""
    attributes = {
        "xmlns:ows": _NAMESPACES["xmlns:ows"],
        "version": "1.0.0",
        "xml:lang": "en",
    }
    root = Element("ows:ExceptionReport", attributes)
    for fault in faults:
        locator = _UNWRITABLE.sub(" ", fault.locator)
        located = {"locator": locator} if locator else {}
        exception = SubElement(
            root, "ows:Exception", {"exceptionCode": fault.code, **located}
        )
        _add(exception, "ows:ExceptionText", fault.text)
    return _write(root)


def _add_identification(root: Element) -> None:
    service = SubElement(root, "ows:ServiceIdentification")
    _add(service, "ows:Title", "Rasterlet")
    _add(service, "ows:ServiceType", "OGC WMTS")
    _add(service, "ows:ServiceTypeVersion", "1.0.0")


def _add_provider(root: Element, service: Service) -> None:
    """Add the provider, which OWSLib and ArcGIS require; its name is not known."""
    provider = SubElement(root, "ows:ServiceProvider")
    _add(provider, "ows:ProviderName", "Rasterlet")
    SubElement(provider, "ows:ProviderSite", {"xlink:href": service.base})
    SubElement(provider, "ows:ServiceContact")


def _add_operations(root: Element, service: Service) -> None:
    operations = SubElement(root, "ows:OperationsMetadata")
    for name in ("GetCapabilities", "GetTile"):
        operation = SubElement(operations, "ows:Operation", {"name": name})
        http = SubElement(SubElement(operation, "ows:DCP"), "ows:HTTP")
        get = SubElement(http, "ows:Get", {"xlink:href": service.kvp})
        constraint = SubElement(get, "ows:Constraint", {"name": "GetEncoding"})
        _add(SubElement(constraint, "ows:AllowedValues"), "ows:Value", "KVP")


def _add_layer(
    contents: Element, dataset: Dataset, service: Service, zooms: Iterable[int]
) -> None:
    bounds = clamp_bounds(dataset.bounds)
    path = f"/datasets/{quote(dataset.id, safe='')}"
    layer = SubElement(contents, "Layer")
    _add(layer, "ows:Title", dataset.title)
    if dataset.description:
        _add(layer, "ows:Abstract", dataset.description)
    _add_box(layer, "ows:WGS84BoundingBox", (*bounds,))
    _add(layer, "ows:Identifier", dataset.id)
    _add_box(layer, "ows:BoundingBox", mercator_bounds(bounds), {"crs": _CRS})
    version = service.versions.get(dataset.id, "")
    _add_style(layer, service.url(f"{path}/legend.png", version))
    for media_type in FORMATS:
        _add(layer, "Format", media_type)
    _add_limits(layer, [tile_limits(bounds, zoom) for zoom in zooms])
    # One template only: OpenLayers distributes tiles over all of them, and every third
    # would be a JPEG, which is white where there is no data.
    media_type, ending = next(iter(FORMATS.items()))
    tile_path = f"{path}/tiles/{{TileMatrix}}/{{TileCol}}/{{TileRow}}.{ending}"
    resource = {"format": media_type, "resourceType": "tile"}
    template = service.url(tile_path, version)
    SubElement(layer, "ResourceURL", {**resource, "template": template})


def _add_style(layer: Element, legend: str) -> None:
    style = SubElement(layer, "Style", {"isDefault": "true"})
    _add(style, "ows:Title", "Default")
    _add(style, "ows:Identifier", STYLE)
    SubElement(style, "LegendURL", {"format": "image/png", "xlink:href": legend})


def _add_limits(layer: Element, levels: Sequence[TileLimits]) -> None:
    link = SubElement(layer, "TileMatrixSetLink")
    _add(link, "TileMatrixSet", matrix_set_name(levels[-1].zoom))
    limits = SubElement(link, "TileMatrixSetLimits")
    for level in levels:
        entry = SubElement(limits, "TileMatrixLimits")
        _add(entry, "TileMatrix", str(level.zoom))
        _add(entry, "MinTileRow", str(level.rows[0]))
        _add(entry, "MaxTileRow", str(level.rows[1]))
        _add(entry, "MinTileCol", str(level.columns[0]))
        _add(entry, "MaxTileCol", str(level.columns[1]))


def _add_matrix_set(contents: Element, highest: int) -> None:
    matrix_set = SubElement(contents, "TileMatrixSet")
    _add(matrix_set, "ows:Identifier", matrix_set_name(highest))
    _add(matrix_set, "ows:SupportedCRS", _CRS)
    scales = f"urn:ogc:def:wkss:OGC:1.0:{MATRIX_SET}"
    _add(matrix_set, "WellKnownScaleSet", scales)
    for zoom in range(highest + 1):
        matrix = SubElement(matrix_set, "TileMatrix")
        _add(matrix, "ows:Identifier", str(zoom))
        _add(matrix, "ScaleDenominator", repr(_SCALE_DENOMINATOR / 2**zoom))
        _add(matrix, "TopLeftCorner", f"{-EDGE!r} {EDGE!r}")
        _add(matrix, "TileWidth", "256")
        _add(matrix, "TileHeight", "256")
        _add(matrix, "MatrixWidth", str(2**zoom))
        _add(matrix, "MatrixHeight", str(2**zoom))


def _add_box(
    parent: Element,
    name: str,
    box: tuple[float, float, float, float],
    attributes: dict[str, str] | None = None,
) -> None:
    left, bottom, right, top = box
    element = SubElement(parent, name, attributes or {})
    _add(element, "ows:LowerCorner", f"{left!r} {bottom!r}")
    _add(element, "ows:UpperCorner", f"{right!r} {top!r}")


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _UNWRITABLE.sub(" ", text)


def _write(root: Element) -> str:
    indent(root)
    written: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written}\n'
