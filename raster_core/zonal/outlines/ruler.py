"""Pieces of outlines, here and in another CRS, and how far off their curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.errors import ZoneError
from raster_core.zonal.outlines.outline import snap_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats, PointTransform
    from raster_core.zonal.outlines.outline import Segments

# Where an edge is compared with its chord. The middle alone would pass an S-curve.
_PROBES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Pieces of edges, here and in the grid's CRS; points are (n, 2), the rest (n,)."""

    start: Floats
    end: Floats
    new_start: Floats
    new_end: Floats
    new_middle: Floats
    """Image of the middle, which is not between those of the ends."""
    sagitta: Floats
    """Pixels between curve and chord, at most."""
    ring: NDArray[np.intp]
    position: Floats
    """Where the piece begins: the number of its edge, and from 0 to 1 on the edge."""
    fraction: Floats
    """How much of its edge it is."""

    def pick(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Pieces:
        """Some of them, by mask or index, (m,)."""
        return Pieces(*(getattr(self, name)[which] for name in self.__slots__))


class _Positions(NamedTuple):
    """Where pieces lie on the outlines, (n,) each: as in ``Pieces``."""

    ring: NDArray[np.intp]
    position: Floats
    fraction: Floats


def join_pieces(parts: Sequence[Pieces]) -> Pieces:
    """The pieces of all parts, one after the other; there is at least one part."""
    columns = zip(
        *([getattr(part, name) for name in part.__slots__] for part in parts),
        strict=True,
    )
    return Pieces(*map(np.concatenate, columns))


class Ruler:
    """Projects pieces, and measures them in pixels of a grid."""

    def __init__(self, transform: PointTransform, grid: Grid) -> None:
        self.transform = transform
        into = ~grid.transform
        self.into = np.array([[into.a, into.d], [into.b, into.e]])
        """Differences of positions times this are differences of pixels."""
        self.pixels = abs(into.determinant)
        """Pixels in a square unit of the CRS."""
        self.finest = max(snap_within(grid))
        """Pixels that rounding may move a vertex by."""

    def begin(
        self, segments: Segments, moved: Segments, which: NDArray[np.intp]
    ) -> Pieces:
        """Some segments as one piece each.

        Args:
            segments: Before they are moved.
            moved: The same between the images of their ends.
            which: (m,): which of them.
        """
        at = _Positions(
            segments.ring[which], which.astype(np.float64), np.ones(len(which))
        )
        return self._measure(
            (segments.start[which], segments.end[which]),
            (moved.start[which], moved.end[which]),
            at,
        )

    def halve(self, pieces: Pieces) -> Pieces:
        """The first halves, then the second ones."""
        half = pieces.fraction / 2
        return self._measure(
            _halves(pieces.start, pieces.end, _between(pieces.start, pieces.end, 0.5)),
            _halves(pieces.new_start, pieces.new_end, pieces.new_middle),
            _Positions(
                np.tile(pieces.ring, 2),
                np.concatenate([pieces.position, pieces.position + half]),
                np.tile(half, 2),
            ),
        )

    def length(self, start: Floats, end: Floats) -> Floats:
        """Length in pixels, (n,), of each chord between points (n, 2)."""
        chord: Floats = (end - start) @ self.into
        return np.hypot(chord[:, 0], chord[:, 1])

    def to_pixels(self, points: Floats) -> Floats:
        """Images of points in pixels from somewhere, (n, 2) both; NaN without one."""
        with np.errstate(invalid="ignore"):  # inf * 0
            moved: Floats = np.stack(self.transform(*points.T), axis=1) @ self.into
        return moved

    def _measure(
        self, ends: tuple[Floats, Floats], new: tuple[Floats, Floats], at: _Positions
    ) -> Pieces:
        """Pieces between ``ends``, whose images are ``new``: pairs of points (n, 2)."""
        probes = [_project(self.transform, _between(*ends, part)) for part in _PROBES]
        sagitta = self._sagitta(new, probes)
        ring, position, fraction = at
        return Pieces(*ends, *new, probes[1], sagitta, ring, position, fraction)

    def _sagitta(self, ends: tuple[Floats, Floats], probes: Sequence[Floats]) -> Floats:
        """Largest distance of each curve from its chord at the probes, in pixels, (n,).

        Where the probes are not one after the other along the chord, as on both sides
        of a discontinuity, their distance from where they would be on it.
        """
        chord = (ends[1] - ends[0]) @ self.into
        square = (chord**2).sum(axis=1)
        away = [(probe - ends[0]) @ self.into for probe in probes]
        along = [(chord * offset).sum(axis=1) for offset in away]
        ordered = (
            (along[0] > 0)
            & (along[0] < along[1])
            & (along[1] < along[2])
            & (along[2] < square)
        )
        across = [
            np.abs(chord[:, 0] * offset[:, 1] - chord[:, 1] * offset[:, 0])
            for offset in away
        ]
        beside = [
            np.hypot(*(offset - chord * part).T)
            for part, offset in zip(_PROBES, away, strict=True)
        ]
        length = np.where(ordered, np.sqrt(square), 1.0)
        return np.where(
            ordered, np.max(across, axis=0) / length, np.max(beside, axis=0)
        )


def _project(transform: PointTransform, points: Floats) -> Floats:
    """Images of points, (n, 2) both; a ``ZoneError`` if one does not exist."""
    moved = np.stack(transform(points[:, 0], points[:, 1]), axis=1)
    if not np.isfinite(moved).all():
        raise ZoneError("The zone leaves the area in which the raster's CRS is defined")
    return moved


def transform_ends(
    transform: PointTransform, start: Floats, end: Floats
) -> tuple[Floats, Floats]:
    """Images of both ends, (n, 2) each; points that two pieces share are moved once."""
    new_start = _project(transform, start)
    met = np.zeros(len(start), bool)
    same = end[:-1] == start[1:]
    met[:-1] = same[:, 0] & same[:, 1]  # ten times as fast as all(axis=1)
    new_end = np.empty_like(new_start)
    new_end[met] = new_start[met.nonzero()[0] + 1]
    new_end[~met] = _project(transform, end[~met])
    return new_start, new_end


def _halves(start: Floats, end: Floats, middle: Floats) -> tuple[Floats, Floats]:
    """Starts and ends (2n, 2) of the first halves, then of the second ones."""
    return np.concatenate([start, middle]), np.concatenate([middle, end])


def _between(start: Floats, end: Floats, fraction: float) -> Floats:
    """Points (n, 2) from start to end; exactly the same from either end."""
    return start * (1 - fraction) + end * fraction
