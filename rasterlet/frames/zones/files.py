"""Files of vectors as frames: what pyogrio reads, and GeoParquet."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from raster_core.errors import RequestError
from rasterlet.frames.zones.libraries import load_library

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geopandas import GeoDataFrame

PARQUET = frozenset({".parquet", ".geoparquet", ".pq"})
"""Endings of files that pyogrio's GDAL mostly cannot read, and pyarrow can."""

VECTORS = PARQUET | {".fgb", ".geojson", ".gml", ".gpkg", ".kml", ".shp", ".zip"}
"""Endings by which a file is known not to be a raster."""

RASTERS = frozenset({".tif", ".tiff", ".vrt", ".jp2", ".img"})
"""Endings by which a file is known not to hold zones."""

# Degrees of an arc that become one chord. By GDAL's own 4, a circle loses 0.08 % of its
# area, by these 0.0003 %.
_ARC_OPTION, _ARC_STEP = "OGR_ARC_STEPSIZE", "0.25"

SWAPPED = (
    "the zones come first and the raster second: zonal_stats(zones, raster). Were they "
    "swapped?"
)
"""Ends an error about a raster where zones should be."""


def read_zone_file(
    path: str,
    columns: Sequence[str] | None,
    *,
    layer: str | None = None,
    where: str | None = None,
) -> GeoDataFrame:
    """The features of a file, in its order, numbered from 0.

    Args:
        path: Anything that pyogrio opens, or GeoParquet.
        columns: Which to read beside the geometries; None means all.
        layer: Which layer, where there are several.
        where: A condition on columns, in SQL as OGR has it.

    Raises:
        RequestError: If it cannot be read, has several layers or no geometries.
    """
    if PurePath(path).suffix.lower() in PARQUET:
        return _read_parquet(path, columns, selected=bool(layer or where))
    pyogrio = load_library("pyogrio")
    chosen = layer or _only_layer(path)
    try:
        with _fine_arcs():
            found = pyogrio.read_dataframe(
                path, layer=chosen, where=where, columns=_known(path, chosen, columns)
            )
    except (RuntimeError, ValueError) as error:  # pyogrio's errors are the first
        raise RequestError(f"The zones of '{path}' cannot be read: {error}") from error
    if not isinstance(found, load_library("geopandas").GeoDataFrame):
        raise RequestError(f"'{path}' has no geometries")
    return found


@contextmanager
def _fine_arcs() -> Iterator[None]:
    """Arcs that are read in between become chords of ``_ARC_STEP``."""
    pyogrio = load_library("pyogrio")
    before = pyogrio.get_gdal_config_option(_ARC_OPTION)
    pyogrio.set_gdal_config_options({_ARC_OPTION: _ARC_STEP})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({_ARC_OPTION: before})


def _known(path: str, layer: str, columns: Sequence[str] | None) -> list[str] | None:
    """Those of the columns that the file has; the others are missed later, by name."""
    if columns is None:
        return None
    fields = load_library("pyogrio").read_info(path, layer=layer)["fields"]
    return [name for name in fields if name in columns]


def _only_layer(path: str) -> str:
    """The name of the only layer with geometries."""
    pyogrio = load_library("pyogrio")
    try:
        layers = pyogrio.list_layers(path)
    except (RuntimeError, ValueError) as error:
        why = f"'{path}' cannot be read as zones: {error}"
        if "No such file or directory" in str(error):
            why = f"'{path}' does not exist; check the path"
        elif PurePath(path).suffix.lower() in RASTERS:
            why = f"'{path}' is a raster, not a file of zones; {SWAPPED}"
        raise RequestError(why) from error
    names = [str(name) for name, kind in layers if kind is not None]
    if not names:
        raise RequestError(f"'{path}' has no layer with geometries")
    if len(names) > 1:
        listed = ", ".join(map(repr, names))
        raise RequestError(f"'{path}' has several layers; give layer= one of {listed}")
    return names[0]


def _read_parquet(
    path: str, columns: Sequence[str] | None, *, selected: bool
) -> GeoDataFrame:
    if selected:
        raise RequestError(
            "layer= and where= do not apply to Parquet; read the file with geopandas "
            "and select its rows: gdf[gdf['column'] == value]"
        )
    geopandas = load_library("geopandas")
    try:
        found: Any = geopandas.read_parquet(path)
    except FileNotFoundError as error:
        raise RequestError(f"'{path}' does not exist; check the path") from error
    except ImportError as error:
        raise RequestError(
            f"'{path}' cannot be read as zones: Parquet elsewhere takes fsspec, and "
            "s3fs for S3; install them, or download the file"
        ) from error
    except (OSError, ValueError) as error:
        raise RequestError(f"'{path}' cannot be read as zones: {error}") from error
    if columns is not None:
        kept = [*(c for c in found.columns if c in columns), found.geometry.name]
        found = found[list(dict.fromkeys(kept))]
    return found
