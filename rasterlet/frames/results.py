"""Columns of statistics as a table beside the zones that they are of."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from raster_core.errors import RequestError
from raster_core.zonal.columnar.columns import CATEGORIES
from raster_core.zonal.reading.classed import UNNAMED
from rasterlet.frames.names import FRACTIONS
from rasterlet.frames.zones.libraries import load_library

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray
    from pandas import DataFrame

    from raster_core.bands import BandInfo
    from raster_core.zonal.columnar.columns import ClassColumns, Columns
    from raster_core.zonal.results.columns import Numbers
    from rasterlet.frames.names import Wanted
    from rasterlet.frames.request import Layout

REASON = "reason"
"""Column that says why a zone has no values."""

NOTE = "note"
"""Column that says what was done to a zone before it was counted."""


GROUP = "group"
"""Column of the other raster's values, in a table by group."""

COVERED = "covered_percent"
"""The statistic that tells how much of a zone lies on the raster."""


@dataclass(frozen=True, slots=True)
class Table:
    """What stands in the columns of a table, and what they are called."""

    wanted: Wanted
    layout: Layout
    bands: tuple[BandInfo, ...]
    groups: Sequence[object] | None = None
    """What the rows' groups are called, (rows,), None for a row without; None for a
    table of whole zones."""

    def fixed_columns(self) -> list[str]:
        """Those that are known before anything is counted: all but classes'."""
        prefixes = prefix_bands(self.bands)
        names = [name for name, key in self.wanted.columns if key != CATEGORIES]
        own = [f"{prefix}{name}" for prefix in prefixes for name in names]
        if self.groups is not None:
            own.insert(0, GROUP)
        return [*own, *((REASON, NOTE) if self.layout.reasons else ())]


def prefix_bands(bands: Sequence[BandInfo]) -> list[str]:
    """What the columns of each band begin with: nothing, if there is one only.

    Else its name, or ``band_3`` for one without or where two have the same.
    """
    if len(bands) == 1:
        return [""]
    names = [band.name for band in bands]
    unnamed = [
        name == f"b{band.index}" for name, band in zip(names, bands, strict=True)
    ]
    if len(set(names)) < len(names) or any(unnamed):
        names = [f"band_{band.index}" for band in bands]
    return [f"{name}_" for name in names]


def check_columns(table: Table, frame: GeoDataFrame) -> None:
    """Refuse columns that the zones do not have, or that statistics are called by.

    Raises:
        RequestError: If there are some.
    """
    kept = table.layout.kept_columns()
    others = [name for name in frame.columns if name != frame.geometry.name]
    for name in kept or ():
        if name not in others:
            near = get_close_matches(str(name), map(str, others), n=3)
            shown = ", ".join(map(repr, near or others[:10])) or "only geometries"
            raise RequestError(
                f"include_columns has {name!r}, which the zones do not; they have "
                f"{shown}"
            )
    _refuse_taken(table.layout, frame, table.fixed_columns())


def make_table(
    table: Table, columns: Columns, frame: GeoDataFrame, notes: Mapping[int, str]
) -> DataFrame:
    """The table of a frame's zones, in its order and with its index.

    Args:
        table: What its columns are.
        columns: Statistics of each row.
        frame: The zones.
        notes: What was done to some, by position.

    Returns:
        float64, NaN where there is no value; Int64 for whole numbers; string for
        reasons and notes. A GeoDataFrame with geometries.

    Raises:
        RequestError: If a class is called like a column of the zones.
    """
    pandas = load_library("pandas")
    found: dict[str, object] = {}
    if table.groups is not None:
        found[GROUP] = _as_labels(table.groups)
    found |= _all_columns(table, columns)
    if table.layout.reasons:
        found[REASON] = pandas.array(columns.reasons, dtype="string")
        found[NOTE] = pandas.array(_all_notes(columns, notes), dtype="string")
    _refuse_taken(table.layout, frame, found)
    numbers: Any = pandas.DataFrame(found, index=frame.index)
    return join_zones(numbers, frame, table.layout)


def join_zones(numbers: DataFrame, frame: GeoDataFrame, layout: Layout) -> DataFrame:
    """A table between the columns and the geometries of its zones that are kept."""
    pandas = load_library("pandas")
    kept = layout.kept_columns()
    geometry = frame.geometry.name
    before = [c for c in frame.columns if c != geometry and (kept is None or c in kept)]
    if kept:
        before = list(kept)
    after = [geometry] if layout.include_geometry else []
    parts = [frame[before]] if before else []
    whole: Any = pandas.concat(
        [*parts, numbers, *([frame[after]] if after else [])], axis=1
    )
    if after:
        geopandas = load_library("geopandas")
        whole = geopandas.GeoDataFrame(whole, geometry=geometry, crs=frame.crs)
    elif before:
        whole = pandas.DataFrame(whole)
    return whole


def _as_labels(groups: Sequence[object]) -> object:
    """Values of groups as whole numbers, or their names as strings; some missing."""
    pandas = load_library("pandas")
    named = any(isinstance(group, str) for group in groups)
    return pandas.array(groups, dtype="string" if named else "Int64")


def _all_notes(columns: Columns, notes: Mapping[int, str]) -> NDArray[np.object_]:
    """What was done to each zone, and whether some of it lies off the raster."""
    words = np.full(len(columns.reasons), None)
    words[list(notes)] = list(notes.values())
    covered = columns.values[0][COVERED]  # noqa: PD011  not of a frame
    counted = columns.reasons == None  # noqa: E711  elementwise
    for row in np.flatnonzero(counted & (covered < 100.0)).tolist():
        percent = f"{covered[row]:.3g}"
        if float(percent) >= 100.0:  # rounded up: some of it is off, after all
            percent = "more than 99.9"
        part = f"partial: {percent} % of the zone lies on the raster"
        words[row] = f"{words[row]}; {part}" if words[row] else part
    return words


def _all_columns(table: Table, columns: Columns) -> Iterator[tuple[str, object]]:
    bands = zip(
        prefix_bands(table.bands),
        table.bands,
        columns.values,
        columns.classes,
        strict=True,
    )
    for prefix, band, values, classes in bands:
        for name, key in table.wanted.columns:
            if key != CATEGORIES:
                yield f"{prefix}{name}", _as_column(values[key])
            elif classes is not None:
                named = table.layout.class_names
                for own, column in _class_columns(band, classes, named=named):
                    yield f"{prefix}{FRACTIONS}_{own}", column


def _as_column(values: Numbers) -> object:
    """Whole numbers may be missing, and are where there is none."""
    if values.dtype.kind != "i":
        return values
    pandas = load_library("pandas")
    return pandas.arrays.IntegerArray(values, values == 0)


def _class_columns(
    band: BandInfo, classes: ClassColumns, *, named: bool
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Suffix and fractions of each class that the band names or some zone has."""
    known = [] if band.classes == UNNAMED else [each.value for each in band.classes]
    met = dict(zip(map(int, classes.values), classes.fractions.T, strict=True))
    empty = next(iter(met.values()), np.full(len(classes.fractions), np.nan)) * 0.0
    names = _class_names(band) if named else {}
    for value in sorted({*known, *met}):
        yield names.get(value, str(value)), met.get(value, empty)


def _class_names(band: BandInfo) -> dict[int, str]:
    """The names of classes by value; with it, where two have the same."""
    names = [each.name for each in band.classes]
    return {
        each.value: each.name
        if names.count(each.name) == 1
        else f"{each.name}_{each.value}"
        for each in band.classes
        if band.classes != UNNAMED
    }


def _refuse_taken(layout: Layout, frame: GeoDataFrame, columns: Iterable[str]) -> None:
    """Refuse columns of the zones that are called like one of the table's."""
    kept = layout.kept_columns()
    geometry = frame.geometry.name
    own = {c for c in frame.columns if c != geometry} if kept is None else {*kept}
    if layout.include_geometry:
        own.add(geometry)
    for name in columns:
        if name in own:
            raise RequestError(
                f"The zones' column {name!r} is called like a column of the table; "
                f"rename it: gdf.rename(columns={{{name!r}: …}}), or leave it out of "
                "include_columns"
            )
