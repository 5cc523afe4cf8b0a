"""Zones in any form that users have them in, as one frame and its CRS."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from raster_core.errors import RequestError
from rasterlet.frames.zones.files import SWAPPED, read_zone_file
from rasterlet.frames.zones.geojson import (
    WORLD,
    as_geojson,
    frame_features,
    parse_text,
    read_geojson,
)
from rasterlet.frames.zones.libraries import load_library
from rasterlet.frames.zones.systems import engine_crs, read_user_crs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Zones as they were given, of any kind."""

    frame: GeoDataFrame
    """One row per zone, in their order; has a CRS."""
    crs: str
    """The CRS of the frame, as the engine names it."""

    @property
    def shapes(self) -> NDArray[np.object_]:
        """The geometries, (zones,); None for a missing one."""
        found: NDArray[np.object_] = self.frame.geometry.to_numpy()
        return found

    def name_row(self, position: int) -> str:
        """A zone for a message, by its label in the index."""
        label = self.frame.index[position]
        # numpy's scalars would name their type.
        return f"Row {(label.item() if isinstance(label, np.generic) else label)!r}"


@dataclass(frozen=True, slots=True)
class Selection:
    """What is read of a file of zones, and what is said of their CRS."""

    crs: object = None
    """The CRS of zones that do not name their own, as geopandas reads it."""
    layer: str | None = None
    where: str | None = None
    columns: tuple[str, ...] | None = ()
    """Which to read beside the geometries; None means all."""


def read_zones(zones: object, selection: Selection | None = None) -> Given:
    """Zones of any form, in their order.

    Args:
        zones: A GeoDataFrame or GeoSeries, a geometry of shapely or an iterable of
            them, GeoJSON (a dict, its text, or what has ``__geo_interface__``) or an
            iterable of Features, or the path of a file that pyogrio reads.
        selection: Which of them. None means all, without their columns.

    Returns:
        A frame with the index of the one given; others are numbered from 0.

    Raises:
        RequestError: If they are something else, have no CRS, or one that is not a map
            of the Earth; if a file cannot be read; if a library is missing.
    """
    selection = selection or Selection()
    is_file = isinstance(zones, str | PathLike) and not _is_text(zones)
    if not is_file and (selection.layer or selection.where):
        raise RequestError("layer= and where= apply to files of zones only")
    frame = _read_file(zones, selection) if is_file else _read_values(zones, selection)
    if frame.crs is None:
        frame = _set_crs(frame, selection.crs)
    own = engine_crs(frame.crs)
    if selection.crs is not None and engine_crs(read_user_crs(selection.crs)) != own:
        raise RequestError(
            f"crs {str(selection.crs)[:80]!r} contradicts the zones, whose CRS is "
            f"{frame.crs.name}; leave it out, or correct theirs with "
            "gdf.set_crs(…, allow_override=True)"
        )
    return Given(frame, own)


def _is_text(zones: object) -> bool:
    """Whether it is GeoJSON in a text, not the path of a file."""
    return isinstance(zones, str) and zones.lstrip().startswith("{")


def _read_file(path: Any, selection: Selection) -> GeoDataFrame:
    return read_zone_file(
        fspath(path),
        selection.columns,
        layer=selection.layer,
        where=selection.where,
    )


def _read_values(zones: object, selection: Selection) -> GeoDataFrame:
    geopandas, pandas = load_library("geopandas"), load_library("pandas")
    if isinstance(zones, geopandas.GeoDataFrame):
        return _check_geometry(zones)
    if isinstance(zones, geopandas.GeoSeries):
        return geopandas.GeoDataFrame(geometry=zones)
    if isinstance(zones, pandas.DataFrame):
        raise RequestError(
            "The zones are a DataFrame without geometries; make a GeoDataFrame of it: "
            "geopandas.GeoDataFrame(df, geometry=…, crs=…)"
        )
    if isinstance(zones, shapely.Geometry):
        return _frame_shapes([zones], selection.crs)
    if isinstance(zones, str):
        return read_geojson(parse_text(zones), selection.crs)
    document = as_geojson(zones)
    if document is not None:
        return read_geojson(document, selection.crs)
    if isinstance(zones, Iterable):
        index = zones.index if isinstance(zones, pandas.Series) else None
        return _read_items(list(zones), selection.crs, index)
    raise RequestError(
        f"Zones cannot be of type {type(zones).__name__}; they are a GeoDataFrame, a "
        f"GeoSeries, geometries, GeoJSON or the path of a file; {SWAPPED}"
    )


def _read_items(items: Sequence[object], crs: object, index: object) -> GeoDataFrame:
    """Geometries or Features, one for each item."""
    pandas = load_library("pandas")
    found = [None if _is_missing(item) else item for item in items]
    if all(item is None or isinstance(item, shapely.Geometry) for item in found):
        return _frame_shapes(found, crs, index)
    documents = []
    for position, item in enumerate(items):
        document = as_geojson(item)
        if document is None:
            raise RequestError(
                f"Zone {position} is of type {type(item).__name__}, not a geometry"
                + (", which shapely.from_wkt reads" if isinstance(item, str) else "")
            )
        documents.append(document)
    frame = frame_features(documents, crs)
    return frame if index is None else frame.set_index(pandas.Index(index))


def _is_missing(item: object) -> bool:
    """Whether it stands for no geometry: None, or NaN as pandas writes it."""
    return item is None or (isinstance(item, float) and item != item)  # noqa: PLR0124  NaN


def _frame_shapes(
    shapes: Sequence[object], crs: object, index: object = None
) -> GeoDataFrame:
    named = read_user_crs(WORLD if crs is None else crs)
    frame: Any = load_library("geopandas").GeoDataFrame(
        geometry=shapes, crs=named, index=index
    )
    return frame


def _check_geometry(frame: GeoDataFrame) -> GeoDataFrame:
    if frame.active_geometry_name not in frame.columns:
        raise RequestError(
            "The frame has no column of geometries; choose one with gdf.set_geometry(…)"
        )
    return frame


def _set_crs(frame: GeoDataFrame, crs: object) -> GeoDataFrame:
    if crs is None:
        raise RequestError(
            "The zones have no CRS; say which with gdf.set_crs('EPSG:…') or crs="
        )
    return frame.set_crs(read_user_crs(crs))
