"""What files beside a GeoTIFF say of it, as GDAL, QGIS and rasterio read them.

``.aux.xml``: nodata, scale, offset, unit and name of bands by GDAL itself; names of
classes, which rasterio does not read, from its XML. The service reads no such file: all
of it goes into the Item. ``.msk`` is read beside files of this machine.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.bands import RasterClass
from raster_core.errors import SourceError
from raster_core.sources.companion.siblings import DESCRIPTION, siblings
from raster_core.sources.file.gdal import open_described
from raster_core.sources.file.header import read_header

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from raster_core.bands import BandInfo
    from raster_core.sources.file.cog import Cog

# Rows of an attribute table that are taken for classes.
MAX_CLASSES = 65536

# Usages and types of columns, as GDAL numbers them (GDALRATFieldUsage in gdal.h).
_NAME, _MINIMUM, _VALUE, _COLORS = "2", "3", "5", ("6", "7", "8")
_STRING = "2"


@dataclass(frozen=True, slots=True)
class Description:
    """What a file and its sidecars say together."""

    bands: tuple[BandInfo, ...]
    classes: Mapping[int, tuple[RasterClass, ...]]
    """Classes by band; bands without classes are missing."""
    siblings: tuple[str, ...]
    """Endings of the files beside it: ``.msk``, ``.aux.xml``."""


def describe_alone(cog: Cog) -> Description:
    """What a file says of itself, whatever stands beside it."""
    return Description(cog.bands, {}, ())


def read_description(path: Path, cog: Cog) -> Description:
    """The bands of an open local file with what its sidecars say.

    Raises:
        SourceError: If a sidecar cannot be read, or says that the raster lies
            elsewhere.
    """
    found = siblings(path)
    if DESCRIPTION not in found:
        return Description(cog.bands, {}, found)
    with open_described(str(path)) as dataset:
        header = read_header([dataset])
    if header.levels[0] != cog.levels[0]:
        raise SourceError(
            f"The file beside the raster ({DESCRIPTION}) has another place or "
            "coordinate system than the raster; gdal_translate writes it in"
        )
    return Description(header.bands, _read_classes(path, header.bands), found)


def _read_classes(
    path: Path, bands: Sequence[BandInfo]
) -> dict[int, tuple[RasterClass, ...]]:
    try:
        root = ET.parse(f"{path}{DESCRIPTION}").getroot()  # noqa: S314  the operator's
    except ET.ParseError as error:
        message = f"The file beside the raster ({DESCRIPTION}) is not XML: {error}"
        raise SourceError(message) from error
    classes = {}
    for element in root.iter("PAMRasterBand"):
        index = int(element.get("band", "0"))
        if 1 <= index <= len(bands) and "int" in bands[index - 1].dtype:
            classes[index] = _classes_of(element)
    return {index: found for index, found in classes.items() if found}


def _classes_of(band: Element) -> tuple[RasterClass, ...]:
    """Classes by the attribute table, else by the list of names; maybe none."""
    table = band.find("GDALRasterAttributeTable")
    found = () if table is None else _read_table(table)
    if found:
        return found
    colors = [
        _hex_color([entry.get(f"c{number}") for number in (1, 2, 3)])
        for entry in band.iterfind("ColorTable/Entry")
    ]
    names = [element.text for element in band.iterfind("CategoryNames/Category")]
    return tuple(
        RasterClass(value, name, colors[value] if value < len(colors) else None)
        for value, name in enumerate(names[:MAX_CLASSES])
        if name
    )


def _read_table(table: Element) -> tuple[RasterClass, ...]:
    """The classes of a raster attribute table; none if it names no values."""
    fields = {
        int(field.get("index", "0")): field for field in table.iterfind("FieldDefn")
    }
    value = _find_field(fields, _VALUE, _MINIMUM, called="value")
    name = _find_field(fields, _NAME)
    if name is None:
        texts = [n for n, f in fields.items() if f.findtext("Type") == _STRING]
        name = texts[0] if texts else None
    if value is None or name is None:
        return ()
    colors = [_find_field(fields, usage) for usage in _COLORS]
    classes = {}
    for row in table.findall("Row")[:MAX_CLASSES]:
        cells = [cell.text or "" for cell in row.iterfind("F")]
        stored = _whole(cells[value])
        if stored is not None and cells[name]:
            color = _hex_color([None if c is None else cells[c] for c in colors])
            classes[stored] = RasterClass(stored, cells[name], color)
    return tuple(classes.values())


def _find_field(
    fields: Mapping[int, Element], *usages: str, called: str | None = None
) -> int | None:
    """The column of the first usage that occurs, else of a name."""
    columns = sorted(fields.items(), reverse=True)
    by_usage = {field.findtext("Usage"): number for number, field in columns}
    by_name = {(f.findtext("Name") or "").lower(): number for number, f in columns}
    found = [by_usage[usage] for usage in usages if usage in by_usage]
    return found[0] if found else by_name.get(called or "")


def _whole(text: str) -> int | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() else None


def _hex_color(parts: Sequence[str | None]) -> str | None:
    """``#rrggbb`` of three numbers up to 255; None if one is missing or not valid."""
    numbers = [_whole(part or "") for part in parts]
    known = [n for n in numbers if n is not None and 0 <= n <= 255]
    return f"#{bytes(known).hex()}" if len(known) == len(numbers) else None
