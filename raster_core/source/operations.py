"""Operations: functions from the coordinates of one CRS to those of another."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import SourceError
from raster_core.source.crs import (
    KNOWN,
    LONGITUDE_LATITUDE,
    apply_affine,
    read_crs,
    same_crs,
)
from raster_core.source.mercator import WEB_MERCATOR, project, unproject

if TYPE_CHECKING:
    from pyproj import Transformer

    from raster_core.grid import Grid
    from raster_core.source.crs import Floats, PointTransform


@lru_cache(maxsize=64)  # a Transformer takes milliseconds to make, 50 kB to keep
def point_transform(src_crs: str, dst_crs: str) -> PointTransform:
    """The function from coordinates of one CRS to those of another.

    Raises:
        SourceError: There is no way from one to the other.
    """
    if same_crs(src_crs, dst_crs):
        return lambda x, y: (x, y)
    if {src_crs, dst_crs} <= KNOWN:
        return project if dst_crs == WEB_MERCATOR else unproject
    transformer = make_transformer(src_crs, dst_crs)

    def transform(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        xs, ys = transformer.transform(x, y)
        return np.asarray(xs), np.asarray(ys)

    return transform


def make_transformer(src_crs: str, dst_crs: str) -> Transformer:
    """PROJ's way from one CRS to another, x before y.

    Raises:
        SourceError: There is none.
    """
    from pyproj import Transformer  # noqa: PLC0415  see the module's docstring
    from pyproj.exceptions import ProjError  # noqa: PLC0415

    try:
        return Transformer.from_crs(src_crs, dst_crs, always_xy=True)
    except ProjError as error:  # of another planet, or not known to PROJ
        raise SourceError(
            "The raster's coordinate system does not lead to longitude and latitude"
        ) from error


@lru_cache(maxsize=64)
def is_planar(crs: str) -> bool:
    """Whether a CRS is known, has two axes, and leads to longitude and latitude."""
    if crs in KNOWN:
        return True
    try:
        known = read_crs(crs)
        point_transform(crs, LONGITUDE_LATITUDE)
    except SourceError:
        return False
    return len(known.axis_info) == 2 and (known.is_projected or known.is_geographic)


def pixel_transform(src: Grid, dst: Grid) -> PointTransform:
    """The function from pixel (col, row) of ``dst`` to pixel (col, row) of ``src``."""
    to_src = point_transform(dst.crs, src.crs)
    from_dst, into_src = dst.transform, ~src.transform

    def transform(cols: Floats, rows: Floats) -> tuple[Floats, Floats]:
        x, y = to_src(*apply_affine(from_dst, cols, rows))
        return apply_affine(into_src, x, y)

    return transform
