"""The table of a layer's statistics in zones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.zonal.columnar.columns import CATEGORIES
from raster_core.zonal.reading.classed import class_layer
from rasterlet.frames.counting import count_zones, refuse_all_bad
from rasterlet.frames.extras import add_columns, add_weighted
from rasterlet.frames.names import read_statistics
from rasterlet.frames.progress import reporting
from rasterlet.frames.results import COVERED, Table, check_columns, make_table
from rasterlet.frames.tracks import check_kind, in_units, make_zones, units_of
from rasterlet.frames.zones.kinds import find_kind

if TYPE_CHECKING:
    from pandas import DataFrame

    from raster_core.raster import Layer
    from rasterlet.frames.request import Request
    from rasterlet.frames.zones.given import Given


def tabulate(layer: Layer, given: Given, request: Request) -> DataFrame:
    """Statistics of a frame's zones on all bands of a layer, one row per zone.

    Law: rows have the numbers that their zones have alone, and as over HTTP, to the
    bit; the index decides none of them.

    Args:
        layer: What is counted.
        given: The zones; without any, the table has its columns and no row.
        request: Statistics and columns; nothing to group by.

    Raises:
        RequestError: If the request contradicts the zones or the layer.
        ZoneError: If not one of the zones can be counted.
        BudgetError: If they take more pixels than the request allows.
        SourceError: If the raster cannot be read.
    """
    bands, kind = layer.info.bands, find_kind(given)
    wanted = read_statistics(request.stats, bands, categorical=request.categorical)
    wanted = add_weighted(wanted, request.weights)
    check_kind(kind, wanted.statistics, request.counting)
    if CATEGORIES in wanted.statistics:
        layer = class_layer(layer)
    options = request.counting.options(wanted)
    table = Table(wanted, request.layout, layer.info.bands)
    check_columns(table, given.frame)
    zones = make_zones(given, kind)
    refuse_all_bad(given, zones)
    names = wanted.statistics
    if request.layout.reasons:
        names = tuple(dict.fromkeys((*names, COVERED)))
    with reporting(request.progress) as report:
        columns = count_zones(layer, zones, options, names, report)
    refuse_all_bad(given, zones)
    columns = add_columns(columns, layer, zones, wanted, request)
    columns = in_units(columns, units_of(zones, kind, layer.info.grid))
    return make_table(table, columns, given.frame, zones.notes)
