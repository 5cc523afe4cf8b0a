"""``rasterlet.zonal_stats``: zones and a raster in, a table out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from os import PathLike, fspath
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from raster_core.errors import RequestError
from rasterlet.entrance import open as open_raster
from rasterlet.frames.zones.files import RASTERS, SWAPPED, VECTORS
from rasterlet.raster import Raster
from rasterlet.zones import Several

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pandas import DataFrame

    from rasterlet.opening.source import AnySource


def zonal_stats(  # noqa: PLR0913  every option by its name, as people type them
    zones: object,
    source: Raster | AnySource | Sequence[Raster] | Mapping[str, Raster],
    *,
    stats: str | Sequence[str] | None = None,
    crs: object = None,
    layer: str | None = None,
    where: str | None = None,
    coverage: str = "fraction",
    min_coverage: float = 0.0,
    interpolate: bool = False,
    weights: object = None,
    group_by: object = None,
    categorical: bool = False,
    class_names: bool = False,
    unscale: bool = True,
    approximate: bool = False,
    max_pixels: float | None = None,
    include_columns: Sequence[str] | bool = (),
    include_geometry: bool = False,
    reasons: bool = True,
    progress: bool | Callable[[int, int], None] = False,
) -> DataFrame:
    """Statistics of a raster's cells in each zone, as a table with a row per zone.

    Rows have the order and the index of the zones, also where labels repeat. Missing
    and empty geometries, and zones beside the raster, are rows of NaN, and ``reason``
    says why. Zones are brought to the raster's CRS, whose cells are counted, each by
    the exact fraction that the zone covers; for lines by the metres on the ground that
    run through it, for points by their number.

    Example:
        >>> import rasterlet, shapely
        >>> parcels = [shapely.box(-60, -10, -50, -5), shapely.box(10, 45, 12, 46)]
        >>> path = "sample/landcover_global_2019.tif"
        >>> rasterlet.zonal_stats(parcels, path, stats=["count", "majority"])
             count  majority reason  note
        0  20000.0       2.0   <NA>  <NA>
        1    800.0      12.0   <NA>  <NA>

    Args:
        zones: A GeoDataFrame or GeoSeries; one geometry of shapely, or an iterable of
            them; GeoJSON as a dict, a text, or anything with ``__geo_interface__``, or
            an iterable of Features; or the path of a file that pyogrio reads (.gpkg,
            .shp, .fgb, .geojson, …) or of a .parquet.
        source: What ``rasterlet.open`` opens, or what it returned; all of its bands
            are counted. Several of them in a list, or in a dictionary by name, are each
            counted on their own pixels, and their columns begin with the file's or the
            given name: ``dem_mean``.
        stats: Names, as over HTTP: ``count``, ``min``, ``max``, ``mean``, ``sum``,
            ``std``, ``variance``, ``median``, ``majority``, ``minority``, ``unique``,
            ``valid_percent``, ``covered_percent``, ``area_m2`` and others; ``frac`` for
            the fraction of each class in a column ``frac_12``; ``p90`` for percentiles;
            ``values``, ``coverage``, ``cell_id``, ``center_x``, ``center_y`` for arrays
            of the zone's cells with data (a table of them has ``zonal_cells``).
            Defaults to ``count``, ``min``, ``max`` and ``mean``, and for bands with
            classes to ``count``, ``majority`` and ``frac``.
        crs: CRS of zones that do not name their own; geometries and GeoJSON are in
            longitude and latitude without it. x comes before y.
        layer: Layer of a file that has several.
        where: Condition that features of a file meet, in SQL as OGR has it.
        coverage: Which cells count: each by the ``fraction`` that is covered, whole
            ones whose ``centre`` is inside, or whole ones that are ``all_touched``.
        min_coverage: Leave out cells of which a zone covers a smaller fraction.
        interpolate: Whether medians and percentiles may lie between two values, as
            exactextract's do, and not be values of the raster.
        weights: A raster of one band, sampled at the cells' centres: adds the columns
            ``weighted_mean``, ``weighted_sum`` and ``weight_sum``, in which each cell
            counts by coverage times weight.
        group_by: A raster of one band of classes: a row per zone and class that it has,
            in a column ``group``.
        categorical: Whether to add the fraction of each value, whether or not values
            have names.
        class_names: Whether columns of classes end in their names, not in their values.
        unscale: Whether values are physical (scale x stored + offset), or stored ones.
        approximate: Whether an overview may stand for the insides of zones beyond
            ``max_pixels``.
        max_pixels: Refuse to read more pixels; None means no limit, or with
            ``approximate`` that of the service, 500 million.
        include_columns: Columns of the zones that come along, or True for all.
        include_geometry: Whether to return a GeoDataFrame with the zones' geometries.
        reasons: Whether the table ends with the columns ``reason``, why a zone has no
            values, and ``note``, how it was repaired or understood.
        progress: True for a bar with rate and time left, or a function that is called
            with the number of finished zones, and of all.

    Returns:
        A DataFrame, or a GeoDataFrame with ``include_geometry``. Statistics are
        float64, NaN without a value; ``unique`` is Int64; ``reason`` and ``note`` are
        strings. With several bands, columns begin with the band's name, or with
        ``band_2_``. No zones give no rows, and the same columns but for those of
        classes without names.

    Raises:
        RequestError: If the zones, or a name, cannot be understood; the message says
            what to do. ``ZoneError`` if not one of the zones can be counted;
            ``BudgetError`` beyond ``max_pixels``.
        SourceError: If the raster cannot be read.
    """
    _refuse_swapped(zones, source)
    return _open_rasters(source).zonal_stats(
        zones,
        stats=stats,
        crs=crs,
        layer=layer,
        where=where,
        coverage=coverage,
        min_coverage=min_coverage,
        interpolate=interpolate,
        weights=weights,
        group_by=group_by,
        categorical=categorical,
        class_names=class_names,
        unscale=unscale,
        approximate=approximate,
        max_pixels=max_pixels,
        include_columns=include_columns,
        include_geometry=include_geometry,
        reasons=reasons,
        progress=progress,
    )


def _open_rasters(source: Any) -> Raster | Several:
    """One raster, or several by name.

    Raises:
        RequestError: If two have the same name, or there are none.
        SourceError: If one cannot be opened.
    """
    if isinstance(source, Raster):
        return source
    if isinstance(source, Mapping) and not _is_item(source):
        return Several({str(name): _open(each) for name, each in source.items()})
    if not isinstance(source, list | tuple) or not source:
        return open_raster(source)
    rasters = list(map(_open, source))
    names = [raster.dataset.id for raster in rasters]
    for name, times in Counter(names).items():
        if times > 1:
            raise RequestError(
                f"{times} of the rasters are called {name!r}; name them in a "
                "dictionary: {'first': …, 'second': …}"
            )
    return Several(dict(zip(names, rasters, strict=True)))


def _open(source: Any) -> Raster:
    return source if isinstance(source, Raster) else open_raster(source)


def _is_item(source: Mapping[Any, Any]) -> bool:
    """Whether a dictionary is a STAC Item, and not of rasters by name."""
    return not source or "stac_version" in source or "assets" in source


def _refuse_swapped(zones: object, source: object) -> None:
    """Refuse a raster before its zones, before either is opened.

    Raises:
        RequestError: If both say what they are.
    """
    is_raster = isinstance(zones, Raster) or _has_ending(zones, RASTERS)
    library = type(source).__module__.partition(".")[0]
    are_zones = library in {"geopandas", "shapely"} or _has_ending(source, VECTORS)
    if is_raster and are_zones:
        raise RequestError(f"The zones are a raster; {SWAPPED}")
    if are_zones and library in {"geopandas", "shapely"}:
        raise RequestError(f"The raster is a {type(source).__name__}; {SWAPPED}")


def _has_ending(value: object, endings: frozenset[str]) -> bool:
    if not isinstance(value, str | PathLike):
        return False
    return PurePath(str(fspath(value))).suffix.lower() in endings
