"""Single cells of zones in a table of their own, a row for each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from raster_core.zonal.cells import MAX_CELLS, read_cells
from rasterlet.frames.counting import refuse_all_bad, sound_zones
from rasterlet.frames.extras import cell_numbers
from rasterlet.frames.names import Wanted
from rasterlet.frames.results import Table, check_columns, prefix_bands
from rasterlet.frames.tracks import check_kind, make_zones
from rasterlet.frames.zones.kinds import find_kind
from rasterlet.frames.zones.libraries import load_library

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from pandas import DataFrame

    from raster_core.raster import Layer
    from rasterlet.frames.request import Request
    from rasterlet.frames.zones.given import Given


def tabulate_cells(
    layer: Layer, given: Given, request: Request, *, max_cells: int = MAX_CELLS
) -> DataFrame:
    """A table with a row for each zone and cell with data.

    Args:
        layer: What is read.
        given: The zones.
        request: How cells are counted, and which columns of the zones are kept.
        max_cells: How many cells there may be.

    Returns:
        Under each zone's index label, row by row: ``cell_id``, ``center_x``,
        ``center_y``, ``coverage`` and ``value``; with several bands, a column of values
        by each one's name, NaN where only others have data.

    Raises:
        RequestError: If the request contradicts the zones or the layer.
        ZoneError: If not one of the zones can be counted.
        BudgetError: If there are more cells, or they take too many pixels.
        SourceError: If the raster cannot be read.
    """
    kind = find_kind(given)
    check_kind(kind, (), request.counting)
    names = [prefix.removesuffix("_") for prefix in prefix_bands(layer.info.bands)]
    names = names if len(names) > 1 else ["value"]
    shown = ("cell_id", "center_x", "center_y", "coverage", *names)
    wanted = Wanted((), (), tuple((name, name) for name in shown))
    layout = replace(request.layout, include_geometry=False, reasons=False)
    check_columns(Table(wanted, layout, layer.info.bands[:1]), given.frame)
    zones = make_zones(given, kind)
    refuse_all_bad(given, zones)
    options = request.counting.options(wanted)
    sound = sound_zones(layer, zones, options)
    refuse_all_bad(given, zones)
    cells = read_cells(layer, sound, options, max_cells=max_cells)
    kept = np.logical_or.reduce(cells.valid)
    columns = {name: own[kept] for name, own in cell_numbers(cells).items()}
    columns |= {
        name: _with_gaps(values[kept], valid[kept])
        for name, values, valid in zip(names, cells.values, cells.valid, strict=True)
    }
    return _beside_zones(columns, cells.zone[kept], given, layout.kept_columns())


def _beside_zones(
    columns: Mapping[str, NDArray[np.generic]],
    rows: NDArray[np.integer],
    given: Given,
    kept: Sequence[str] | None,
) -> DataFrame:
    """Columns after those of the zones that rows (n,) are of, under their index."""
    pandas = load_library("pandas")
    frame = given.frame
    if kept is None:
        kept = [name for name in frame.columns if name != frame.geometry.name]
    found: Any = pandas.DataFrame(dict(columns), index=frame.index.take(rows))
    if kept:
        own = pandas.DataFrame(frame[list(kept)]).take(rows)
        found = pandas.concat([own, found], axis=1)
    return found


def _with_gaps(
    values: NDArray[np.generic], valid: NDArray[np.bool_]
) -> NDArray[np.generic]:
    """Values (n,), in float64 with NaN where some are missing."""
    return values if valid.all() else np.where(valid, values.astype(np.float64), np.nan)
