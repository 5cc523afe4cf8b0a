"""WMTS key-value pairs: the parameters of GetCapabilities and GetTile.

Keys are not case-sensitive, values are (OGC 06-121r3, 11.5.2). What is not a key of
WMTS is a rendering parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from handlers.catalogue.store import load_catalogue
from handlers.params.lists import wmts as params
from handlers.params.param import names_of
from handlers.params.parsers import rule_of
from handlers.params.query import Query
from raster_core.tile.documents.wmts import (
    FORMATS,
    MATRIX_SET,
    STYLE,
    Fault,
    matrix_set_name,
)
from raster_core.tile.grids.tms import MAX_ZOOM

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = "1.0.0"

_KEYS = names_of(params.KEYS)

_TILE_KEYS = names_of(params.GET_TILE)

# Operation to the keys of the other one. GetCapabilities does not have VERSION either,
# but that of a WMS does, and clients of both send it.
_FOREIGN_KEYS = {
    "GetCapabilities": frozenset(_TILE_KEYS) - {"VERSION"},
    "GetTile": frozenset(names_of(params.GET_CAPABILITIES)),
}

# OGC 06-121r3, table 27, and 07-057r7, table 24; other codes are the server's fault.
STATUS = {
    "OperationNotSupported": HTTPStatus.NOT_IMPLEMENTED,
    "MissingParameterValue": HTTPStatus.BAD_REQUEST,
    "InvalidParameterValue": HTTPStatus.BAD_REQUEST,
    "VersionNegotiationFailed": HTTPStatus.BAD_REQUEST,
    "TileOutOfRange": HTTPStatus.BAD_REQUEST,
}


# A dataset's own set ends at the resolution of its pixels; tiles beyond are drawn too.
# Then the names that the OGC (17-083r2, r4) and GeoServer have for the same matrix.
_MATRIX_SETS = (
    MATRIX_SET,
    *map(matrix_set_name, range(MAX_ZOOM + 1)),
    "WebMercatorQuad",
    "WholeWorld_WebMercator",
    "EPSG:3857",
)


@dataclass(frozen=True, slots=True)
class KeyValues:
    """A query string in two parts."""

    keys: Mapping[str, str]
    """The keys of WMTS, in upper case, with their values."""
    others: tuple[tuple[str, str], ...]
    """Rendering parameters, in the order given."""
    repeated: tuple[str, ...]
    """Keys that are given more than once."""

    @property
    def operation(self) -> str:
        """The value of ``REQUEST``; without any key, GetCapabilities."""
        return self.keys.get("REQUEST", "") if self.keys else "GetCapabilities"


def read_key_values(query: str) -> KeyValues:
    """The parameters of a raw query string."""
    pairs = parse_qsl(query, keep_blank_values=True)
    known = [(name.upper(), value) for name, value in pairs if name.upper() in _KEYS]
    others = [pair for pair in pairs if pair[0].upper() not in _KEYS]
    names = [name for name, _ in known]
    repeated = {name: None for name in names if names.count(name) > 1}
    return KeyValues(dict(known), tuple(others), tuple(repeated))


def check_request(pairs: KeyValues) -> list[Fault]:
    """What is wrong with the keys that both operations have in common."""
    faults = [
        Fault("InvalidParameterValue", name, f"{name} is given more than once")
        for name in pairs.repeated
    ]
    if not pairs.keys:
        return faults
    given = pairs.keys
    faults += [_missing(n) for n in ("SERVICE", "REQUEST") if not given.get(n)]
    operation = pairs.operation
    service = given.get("SERVICE", "").upper()
    # QGIS requests the capabilities of a WMS first, and reads the answer by its root.
    known = ("", "WMTS", "WMS") if operation == "GetCapabilities" else ("", "WMTS")
    if service not in known:
        faults.append(_invalid("SERVICE", given["SERVICE"], "WMTS"))
    if operation and operation not in _FOREIGN_KEYS:
        text = f"REQUEST '{operation[:80]}' is not GetCapabilities or GetTile"
        faults.append(Fault("OperationNotSupported", operation[:80], text))
    return faults + _check_names(pairs)


def _check_names(pairs: KeyValues) -> list[Fault]:
    """Keys of the other operation, which this one would ignore."""
    operation = pairs.operation
    foreign = _FOREIGN_KEYS.get(operation, frozenset())
    return [
        Fault("InvalidParameterValue", name, f"{name} is not a key of {operation}")
        for name in pairs.keys
        if name in foreign
    ]


def check_capabilities(pairs: KeyValues) -> list[Fault]:
    """What is wrong with the parameters of a GetCapabilities."""
    return _check_versions(pairs) + (_check_rendering(pairs) if pairs.others else [])


def _check_rendering(pairs: KeyValues) -> list[Fault]:
    """What is wrong with parameters that the tiles' URLs would carry."""
    # With the algorithms and colormaps: a start for capabilities goes without.
    from handlers.params.requests.drawing import read_drawing  # noqa: PLC0415

    query = Query(pairs.others)
    query.check_names(names_of(params.WMTS))
    query.refuse_unused(params.OF_TILES, "is supported by GetTile only")
    read_drawing(query)
    return [Fault("InvalidParameterValue", *fault) for fault in query.faults]


def _check_versions(pairs: KeyValues) -> list[Fault]:
    accepted = pairs.keys.get("ACCEPTVERSIONS", "")
    if not accepted or VERSION in accepted.split(","):
        return []
    text = f"ACCEPTVERSIONS '{accepted[:80]}' does not have {VERSION}"
    return [Fault("VersionNegotiationFailed", "", text)]


def check_tile(pairs: KeyValues) -> list[Fault]:
    """What is wrong with the keys of a GetTile; its other parameters are not read.

    Raises:
        SourceError: If the catalogue, which has the layers, cannot be read.
    """
    keys = pairs.keys
    faults = [_missing(n) for n in _TILE_KEYS if not keys.get(n) and n != "STYLE"]
    if "STYLE" not in keys:
        faults.append(_missing("STYLE"))
    faults += [
        _invalid(name, keys[name], rule_of(choices[:3]))
        for name, choices in (
            ("VERSION", (VERSION,)),
            ("STYLE", (STYLE,)),
            ("FORMAT", tuple(FORMATS)),
            ("TILEMATRIXSET", _MATRIX_SETS),
        )
        if keys.get(name) and keys[name] not in choices
    ]
    layers = load_catalogue().datasets
    if keys.get("LAYER") and keys["LAYER"] not in layers:
        faults.append(_invalid("LAYER", keys["LAYER"], "a layer of the capabilities"))
    return faults + _check_tile_index(keys)


def tile_path(pairs: KeyValues) -> str:
    """The path of the tile that a GetTile without faults asks for."""
    keys = pairs.keys
    tile = "/".join(keys[name] for name in ("TILEMATRIX", "TILECOL", "TILEROW"))
    ending = FORMATS[keys["FORMAT"]]
    return f"/datasets/{keys['LAYER']}/tiles/{tile}.{ending}"


def _check_tile_index(keys: Mapping[str, str]) -> list[Fault]:
    matrix = keys.get("TILEMATRIX", "")
    if not matrix:
        return []
    levels = {str(zoom): zoom for zoom in range(MAX_ZOOM + 1)}
    if matrix not in levels:
        return [_invalid("TILEMATRIX", matrix, f"one of 0 to {MAX_ZOOM}")]
    return [
        fault
        for name in ("TILEROW", "TILECOL")
        if keys.get(name)
        for fault in _check_index(name, keys[name], 2 ** levels[matrix] - 1)
    ]


def _check_index(name: str, text: str, last: int) -> list[Fault]:
    if not (text.isascii() and text.isdigit() and len(text) <= 20):
        return [_invalid(name, text, f"a whole number from 0 to {last}")]
    if int(text) > last:
        return [Fault("TileOutOfRange", name, f"{name} {text} is not in 0 to {last}")]
    return []


def _missing(name: str) -> Fault:
    return Fault("MissingParameterValue", name, f"{name} is missing")


def _invalid(name: str, value: str, rule: str) -> Fault:
    text = f"{name} '{value[:80]}' is not {rule}"
    return Fault("InvalidParameterValue", name, text)
