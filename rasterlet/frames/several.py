"""Statistics of several rasters in the same zones, side by side in one table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from raster_core.errors import RequestError
from rasterlet.frames.results import NOTE, join_zones
from rasterlet.frames.zonal import tabulate
from rasterlet.frames.zones.libraries import load_library

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandas import DataFrame

    from raster_core.raster import Layer
    from rasterlet.frames.request import Request
    from rasterlet.frames.zones.given import Given


def tabulate_several(
    layers: Mapping[str, Layer], given: Given, request: Request
) -> DataFrame:
    """The tables of several layers side by side, each counted on its own grid.

    Law: the columns ``NAME_…`` are those of ``tabulate`` for that layer.

    Args:
        layers: By the name that columns begin with; at least one.
        given: The zones.
        request: For all layers; columns of the zones come once, and what was done to
            zones too, if it is the same for all.

    Raises:
        RequestError: If two columns would be called alike, or as for ``tabulate``,
            then naming the layer.
        ZoneError, BudgetError, SourceError: As ``tabulate``.
    """
    pandas = load_library("pandas")
    if request.group_by is not None:
        raise RequestError(
            "group_by= takes one raster at a time; ask for each by itself"
        )
    alone = replace(request.layout, include_columns=(), include_geometry=False)
    tables: list[Any] = []
    for name, layer in layers.items():
        own: Any = tabulate(layer, given, replace(request, layout=alone))
        tables.append(own.add_prefix(f"{name}_"))
    joined: Any = pandas.concat(tables, axis=1)
    twice = joined.columns[joined.columns.duplicated()]
    if len(twice):
        raise RequestError(
            f"Two columns are called {twice[0]!r}; name the rasters otherwise: "
            "{'name': source, …}"
        )
    return join_zones(_one_note(joined, list(layers)), given.frame, request.layout)


def _one_note(table: Any, names: list[str]) -> Any:
    """The table with one column of notes, where those of all layers say the same."""
    notes = [f"{name}_{NOTE}" for name in names]
    if notes[0] not in table or any(
        not table[notes[0]].equals(table[note]) for note in notes[1:]
    ):
        return table
    first = table[notes[0]]
    table = table.drop(columns=notes)
    table[NOTE] = first
    return table
