"""The values of a layer along a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import BudgetError
from raster_core.layers.stored import read_planes
from raster_core.sources.crs.crs import (
    LONGITUDE_LATITUDE,
    apply_affine,
    column_period,
    is_geographic,
    keep_turns,
)
from raster_core.sources.crs.operations import point_transform
from raster_core.sources.extent.seams import find_seams
from raster_core.zonal.coverage.blockplan import plan_blocks
from raster_core.zonal.coverage.cover import Coverage
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.point import physical_value
from raster_core.zonal.reading.cost import MAX_TOUCHED
from raster_core.zonal.tracks.points import locate_positions
from raster_core.zonal.zones.line import measure_line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.grid import Grid
    from raster_core.raster import Layer
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.zones.line import Line

MAX_SAMPLES = 5000
"""What a chart can show, and 0.5 MB of answer per band."""

DEFAULT_SAMPLES = 1000
"""At most, when the caller names no number."""


@dataclass(frozen=True, slots=True)
class BandProfile:
    """One band along a line; tuples have one entry per sample."""

    band: BandInfo
    values: tuple[float | None, ...]
    """Physical; ints if stored values are integers without scale and offset."""
    labels: tuple[str | None, ...] | None
    """Names of classes; None for a band without."""
    reasons: tuple[str | None, ...]
    """``outside_raster``, ``no_valid_pixels`` or ``overflow`` if there is no value."""


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Samples along a line, the first at its start and the last at its end."""

    distance: Floats
    """(n,): metres from the start, along the line."""
    positions: Line
    """(n, 2): longitude and latitude."""
    bands: tuple[BandProfile, ...]


def read_profile(layer: Layer, line: Line, samples: int | None = None) -> Profile:
    """The values at positions evenly spaced along a line.

    Law: the value of a sample is that of ``read_point`` at its position.

    Args:
        layer: What to read, pixels of its native grid.
        line: As from ``read_line``.
        samples: How many, from 2; None means as many as the pixels that the line meets,
            but at most ``DEFAULT_SAMPLES``.

    Raises:
        ZoneError: If the line has no length.
        BudgetError: If the samples lie in too many blocks.
        SourceError: If the raster cannot be read.
    """
    track = measure_line(line)
    if samples is None:
        crossed = _count_pixels(layer.info.grid, track.points)
        samples = min(max(crossed, 2), DEFAULT_SAMPLES)
    distance, positions = track.positions(samples)
    return Profile(distance, positions, _read_bands(layer, positions))


def _count_pixels(grid: Grid, line: Line) -> int:
    """Pixels that the line meets: one more than the sides that it crosses."""
    transform = point_transform(LONGITUDE_LATITUDE, grid)
    if is_geographic(grid.crs):
        transform = keep_turns(transform)
    cols, rows = apply_affine(~grid.transform, *transform(*line.T))
    with np.errstate(invalid="ignore"):  # inf - inf outside of the CRS
        across, down = np.diff(np.floor(cols)), np.abs(np.diff(np.floor(rows)))
        sides = np.abs(across - _leaps(across, line, grid)) + down
    crossed = float(sides[np.isfinite(sides)].sum())
    return 1 + round(min(crossed, MAX_SAMPLES))


def _leaps(across: Floats, line: Line, grid: Grid) -> Floats:
    """Columns of each piece from one end of a world map to the other, (n - 1,)."""
    period = column_period(grid)
    if period is not None:
        return np.asarray(period * np.rint(across / period))
    turns = (line[:, :1] - np.array(find_seams(grid.crs))) / 360.0
    low, high = np.minimum(turns[1:], turns[:-1]), np.maximum(turns[1:], turns[:-1])
    return np.where((np.ceil(low) <= np.floor(high)).any(axis=1), across, 0.0)


def _read_bands(layer: Layer, positions: Line) -> tuple[BandProfile, ...]:
    grid, bands = layer.info.grid, layer.info.bands
    cols, rows, inside = locate_positions(grid, positions)
    values = [np.zeros(len(inside), band.dtype) for band in bands]
    valid = np.zeros((len(bands), len(inside)), bool)
    cells = Coverage(
        zone=np.flatnonzero(inside),
        row=rows[inside],
        start=cols[inside],
        stop=cols[inside] + 1,
        weight=np.full(int(inside.sum()), WHOLE),
    )
    plan = plan_blocks(cells, grid, layer.info.block_shape)
    planes = layer.info.planes
    if plan.pixels * planes > MAX_TOUCHED:
        many = f" in {planes} bands" if planes > 1 else ""
        raise BudgetError(
            f"The samples lie in blocks of {plan.pixels} pixels{many}, which exceeds "
            f"{MAX_TOUCHED}; ask for fewer samples or a shorter line"
        )
    for chunk in plan.chunks(planes):
        read = read_planes(layer, grid.crop(chunk.window))
        for block in chunk.blocks:
            runs = block.runs
            index = runs.row - chunk.window.row, runs.start - chunk.window.col
            for number, (data, mask) in enumerate(read):
                values[number][runs.zone] = data[index]
                valid[number, runs.zone] = mask[index]
    return tuple(
        _describe(band, values[number], valid[number], inside)
        for number, band in enumerate(bands)
    )


def _describe(
    band: BandInfo,
    stored: NDArray[np.generic],
    valid: NDArray[np.bool_],
    inside: NDArray[np.bool_],
) -> BandProfile:
    """A band along a line.

    Args:
        band: The band.
        stored: (n,): stored values at the positions.
        valid: (n,): where they are data.
        inside: (n,): where the positions lie on the raster.
    """
    names = band.class_names
    numbers, shown = stored.tolist(), valid.tolist()
    values = [
        physical_value(value, band) if ok else None
        for value, ok in zip(numbers, shown, strict=True)
    ]
    labels = [
        names.get(value) if ok else None
        for value, ok in zip(numbers, shown, strict=True)
    ]
    missing = [
        "overflow" if ok else "no_valid_pixels" if there else "outside_raster"
        for ok, there in zip(shown, inside.tolist(), strict=True)
    ]
    reasons = [
        reason if value is None else None
        for value, reason in zip(values, missing, strict=True)
    ]
    return BandProfile(
        band, tuple(values), tuple(labels) if names else None, tuple(reasons)
    )
