"""Columns that statistics of a layer alone do not have: weighted ones, and cells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from raster_core.errors import RequestError
from raster_core.zonal.cells import read_cells
from raster_core.zonal.weighted import weighted_statistics
from rasterlet.frames.counting import sound_zones
from rasterlet.frames.names import CELLS, WEIGHTED, Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from raster_core.raster import Layer
    from raster_core.zonal.cells import ZoneCells
    from raster_core.zonal.columnar.columns import Columns
    from raster_core.zonal.weighted import WeightedStatistics
    from rasterlet.frames.request import Request
    from rasterlet.frames.zones.polygons import PolygonZones


def add_weighted(wanted: Wanted, weights: Layer | None) -> Wanted:
    """The columns wanted, with all weighted ones if there are weights and none is.

    Raises:
        RequestError: If weighted columns are wanted without weights, or these have
            several bands.
    """
    named = wanted.has(WEIGHTED)
    if weights is None:
        if named:
            name = next(c for c, _ in wanted.columns if c in WEIGHTED)
            raise RequestError(f"{name} takes weights=, a raster to weight with")
        return wanted
    check_one_band(weights, "weights")
    if named:
        return wanted
    return replace(
        wanted, columns=(*wanted.columns, *((name, name) for name in WEIGHTED))
    )


def check_one_band(layer: Layer, name: str) -> None:
    """Refuse a second raster of several bands.

    Raises:
        RequestError: If it has them.
    """
    count = len(layer.info.bands)
    if count > 1:
        raise RequestError(
            f"{name} has {count} bands; choose one: {name}=rasterlet.open(…).select(1)"
        )


def add_columns(
    columns: Columns,
    layer: Layer,
    zones: PolygonZones,
    wanted: Wanted,
    request: Request,
) -> Columns:
    """The columns of statistics, and those of weights and cells that are wanted.

    Args:
        columns: Of all zones.
        layer: What is counted.
        zones: Those with faults have no cells.
        wanted: Names.
        request: How is counted, and with which weights.
    """
    names = [name for name, _ in wanted.columns if name in CELLS]
    if not names and request.weights is None:
        return columns
    options = request.counting.options(wanted)
    sound = sound_zones(layer, zones, options)
    bands: list[Any] = list(columns.values)
    if request.weights is not None:
        found = weighted_statistics(layer, request.weights, sound, options)
        own = _weighted_columns(found, len(bands))
        bands = [{**band, **more} for band, more in zip(bands, own, strict=True)]
        _note_missing(found, columns, zones)
    if names:
        cells = _cell_columns(read_cells(layer, sound, options), names, len(sound))
        bands = [{**band, **more} for band, more in zip(bands, cells, strict=True)]
    return replace(columns, values=tuple(bands))


def _weighted_columns(
    found: Sequence[tuple[WeightedStatistics, ...]], bands: int
) -> list[Mapping[str, NDArray[np.float64]]]:
    """The weighted columns of each band, (zones,) each; NaN where there is no value."""
    return [
        {
            name: np.array([getattr(own[band], name) for own in found], np.float64)
            for name in WEIGHTED
        }
        for band in range(bands)
    ]


def _note_missing(
    found: Sequence[tuple[WeightedStatistics, ...]],
    columns: Columns,
    zones: PolygonZones,
) -> None:
    """Note zones that have values, but none that is weighted, with the reason."""
    for position, own in enumerate(found):
        reason = next((band.reason for band in own if band.reason), None)
        if reason and columns.reasons[position] is None:
            words = [zones.notes.get(position), f"not weighted: {reason}"]
            zones.notes[position] = "; ".join(filter(None, words))


def _cell_columns(
    cells: ZoneCells, names: Sequence[str], zones: int
) -> list[dict[str, NDArray[np.object_]]]:
    """Columns of arrays, one array for each zone, of the cells with data.

    Args:
        cells: The cells of all zones.
        names: Some of ``CELLS``.
        zones: How many zones there are.

    Returns:
        For each band, (zones,) by name; a zone without cells has empty arrays.
    """
    every = cell_numbers(cells) if names else {}
    found = []
    for values, valid in zip(cells.values, cells.valid, strict=True):
        ends = np.searchsorted(cells.zone[valid], np.arange(1, zones))
        band = {"values": values, **every}
        found.append({name: _split(band[name][valid], ends, zones) for name in names})
    return found


def cell_numbers(cells: ZoneCells) -> dict[str, NDArray[np.generic]]:
    """What cells have whatever the band."""
    x, y = cells.centers()
    return {
        "cell_id": cells.cell_id,
        "center_x": x,
        "center_y": y,
        "coverage": cells.coverage,
    }


def _split(
    values: NDArray[np.generic], ends: NDArray[np.intp], zones: int
) -> NDArray[np.object_]:
    """Values (n,) cut at ``ends``, (zones - 1,), into an array for each zone."""
    found = np.empty(zones, object)
    for position, part in enumerate(np.split(values, ends)[:zones]):
        found[position] = part
    return found
