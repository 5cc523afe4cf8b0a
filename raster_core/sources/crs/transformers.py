"""PROJ's transformers: how one is made and called, and how one of many is chosen."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import SourceError
from raster_core.sources.crs.crs import read_crs

if TYPE_CHECKING:
    from pyproj import CRS, Transformer

    from raster_core.sources.crs.crs import Floats

type Region = tuple[float, float, float, float]
"""West, south, east, north in degrees; west > east over the antimeridian."""

HUB = "EPSG:4326"
"""WGS 84, as GDAL's target: of OGC:CRS84, PROJ knows other operations."""

# Fractions of a region's sides at which PROJ is asked for its choice, the middle first.
_SHARES = (1 / 2, 1 / 6, 5 / 6)


def make_transformer(src: CRS, dst: CRS, region: Region | None = None) -> Transformer:
    """PROJ's ways from one CRS to another, x before y, best for a region.

    Raises:
        SourceError: If it knows none.
    """
    from pyproj import Transformer  # noqa: PLC0415  see crs.py
    from pyproj.exceptions import ProjError  # noqa: PLC0415
    from pyproj.transformer import AreaOfInterest  # noqa: PLC0415

    try:
        return Transformer.from_crs(
            src,
            dst,
            always_xy=True,
            area_of_interest=AreaOfInterest(*region) if region else None,
        )
    except ProjError as error:  # of another planet, or not known to PROJ
        raise SourceError(
            "The raster's coordinate system does not lead to longitude and latitude"
        ) from error


def convert(
    transformer: Transformer, x: Floats, y: Floats, *, inverse: bool = False
) -> tuple[Floats, Floats]:
    """Coordinates (n,) through a transformer, (n,); inf for what has no image."""
    xs, ys = transformer.transform(x, y, direction="INVERSE" if inverse else "FORWARD")
    return np.asarray(xs), np.asarray(ys)


@lru_cache(maxsize=64)  # it takes milliseconds to make, 50 kB to keep
def hub_transformer(crs: str, region: Region | None) -> Transformer:
    """The one operation of a CRS to WGS 84 for a region.

    The one that PROJ takes at most of nine positions in it, of those whose grids are
    installed; of equals, that in the middle. Where PROJ knows none, it leaves the datum
    as it is ("ballpark"): that counts only if it is so at all of them.
    """
    choices = make_transformer(read_crs(crs), read_crs(HUB), region)
    found = _operations_at(choices, region) if region else []
    if not found:
        return choices
    found = [o for o in found if o.accuracy >= 0] or found
    names = [operation.definition for operation in found]
    return found[names.index(max(names, key=names.count))]


def _operations_at(choices: Transformer, region: Region) -> list[Transformer]:
    """What PROJ takes at positions in a region, the middle first."""
    from pyproj.exceptions import ProjError  # noqa: PLC0415  see crs.py

    west, south, east, north = region
    east += 360.0 * (west > east)
    found: list[Transformer] = []
    for down in _SHARES:
        for across in _SHARES:
            longitude = west + (east - west) * across
            position = longitude, south + (north - south) * down
            own = choices.transform(*position, direction="INVERSE")
            if np.isfinite(choices.transform(*own)).all():
                try:
                    found.append(choices.get_last_used_operation())
                except ProjError:  # there is one only, which needs no choice
                    return []
    return found
