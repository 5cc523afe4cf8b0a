"""``rasterlet.zonal_cells``: the cells of zones, a row for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rasterlet.entrance import open as open_raster
from rasterlet.raster import Raster

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas import DataFrame

    from rasterlet.opening.source import AnySource


def zonal_cells(  # noqa: PLR0913  every option by its name, as people type them
    zones: object,
    source: Raster | AnySource,
    *,
    crs: object = None,
    layer: str | None = None,
    where: str | None = None,
    coverage: str = "fraction",
    min_coverage: float = 0.0,
    unscale: bool = True,
    max_pixels: float | None = None,
    max_cells: int | None = None,
    include_columns: Sequence[str] | bool = (),
) -> DataFrame:
    """The cells with data that each zone has, as a table with a row per zone and cell.

    What ``zonal_stats`` makes statistics of, for those who make their own: of a zone,
    ``coverage`` adds up to ``count``, and ``coverage`` times ``value`` to ``sum``.

    Example:
        >>> import rasterlet, shapely
        >>> zone = shapely.box(10.1, 45.05, 10.175, 45.1)
        >>> path = "sample/landcover_global_2019.tif"
        >>> rasterlet.zonal_cells(zone, path)
           cell_id  center_x  center_y  coverage  value
        0  6469402    10.125    45.075       1.0     12
        0  6469403    10.175    45.075       0.5     12

    Args:
        zones: As for ``zonal_stats``: polygons, lines or points.
        source: One raster, as for ``zonal_stats``.
        crs: As for ``zonal_stats``.
        layer: Likewise.
        where: Likewise.
        coverage: Likewise.
        min_coverage: Likewise.
        unscale: Likewise.
        max_pixels: Likewise.
        max_cells: Refuse to return more rows; None means 50 million, of 40 bytes each.
        include_columns: Columns of the zones that are repeated for each of their cells.

    Returns:
        Under the index label of its zone, each cell's ``cell_id`` (row x width +
        column, as exactextract counts), ``center_x`` and ``center_y`` in the raster's
        CRS, ``coverage`` (the fraction that a polygon covers, metres of a line, how
        many points) and ``value``; with several bands, a column of values each, NaN
        where only others have data. Zones without such cells have no rows.

    Raises:
        RequestError: As ``zonal_stats``; a ``BudgetError`` beyond ``max_pixels`` or
            ``max_cells``, before anything is read.
        SourceError: If the raster cannot be read.
    """
    from raster_core.zonal.cells import MAX_CELLS  # noqa: PLC0415  when it is used
    from rasterlet.frames.cells import tabulate_cells  # noqa: PLC0415
    from rasterlet.frames.request import Counting, Layout, Request  # noqa: PLC0415
    from rasterlet.frames.zones.given import Selection, read_zones  # noqa: PLC0415

    layout = Layout(include_columns)
    counting = Counting(coverage, min_coverage, unscale=unscale, max_pixels=max_pixels)
    selection = Selection(crs, layer, where, layout.kept_columns())
    raster = source if isinstance(source, Raster) else open_raster(source)
    return tabulate_cells(
        raster.layer,
        read_zones(zones, selection),
        Request(counting=counting, layout=layout),
        max_cells=MAX_CELLS if max_cells is None else max_cells,
    )
