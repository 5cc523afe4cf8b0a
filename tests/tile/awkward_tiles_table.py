"""What must come of a tile of every awkward file, decided from what the file is.

Files that cannot be opened, or of which no pixel can be read, are those of
``tests/zonal/awkward_table.py``; what tiles have of their own stands here. Two tiles
each: ``close``, whose pixels are about as large as the raster's, left of its middle,
and ``whole``, which shows all of it and may do with an overview.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tests.zonal.awkward_table import TABLE as ZONAL
from tests.zonal.awkward_table import Outcome as ZonalOutcome


class Outcome(StrEnum):
    """What a read comes to."""

    GDALS = "the pixels that GDAL's warper takes"
    OWN = "pixels, which GDAL takes otherwise"
    UNHELPED = "pixels, where GDAL fails: it reads more than it needs"
    SOURCE = "SourceError"
    BUDGET = "BudgetError"


@dataclass(frozen=True, slots=True)
class Row:
    """One file."""

    note: str
    close: Outcome = Outcome.GDALS
    whole: Outcome = Outcome.GDALS


OWN_OUTCOMES = {
    "derived/alpha_and_nodata0.tif": Row(
        "nodata and alpha both hide; GDAL heeds nodata alone", Outcome.OWN, Outcome.OWN
    ),
    "derived/corrupt_tile.tif": Row(
        "the bad tile is one of full resolution; overviews are sound", Outcome.SOURCE
    ),
    "derived/global_0_360.tif": Row(
        "of half the world, GDAL draws nothing at zoom 0", whole=Outcome.OWN
    ),
    "derived/interrupted_goode.tif": Row(
        "between its lobes, the projection leads back into others",
    ),
    "derived/nodata_fraction_u8.tif": Row(
        "nodata 1.5 in bytes; GDAL masks 1", Outcome.OWN, Outcome.OWN
    ),
    "derived/nodata_garbage_u8.tif": Row("nodata 'abc', which GDAL reads as 0"),
    "derived/sparse_16384.tif": Row(
        "no overviews: the whole would be 268 million pixels", whole=Outcome.BUDGET
    ),
    "derived/tile_bytecount_huge.tif": Row(
        "the bad tile is one of full resolution; overviews are sound", Outcome.SOURCE
    ),
    "derived/truncated_cog_half.tif": Row(
        "overviews come first in the file, and are all there", Outcome.SOURCE
    ),
    "derived/truncated_ifd_missing.tif": Row(
        "the first 5 of 12 tiles", Outcome.SOURCE, Outcome.SOURCE
    ),
    "real/jpeg-test-deflate-small.tif": Row("two bad strips of 262, elsewhere"),
    "real/rasterio_goes.tif": Row(
        "at the rim of the Earth's disc, GDAL stops short", whole=Outcome.OWN
    ),
    "real/riocogeo_image_geos.tif": Row(
        "at the rim of the Earth's disc, GDAL stops short", whole=Outcome.OWN
    ),
    "real/rasterio_corrupt.tif": Row(
        "three of four tiles; those are enough for this one", Outcome.UNHELPED
    ),
}


def _row(name: str) -> Row:
    """The row of a file that is the same for statistics and for tiles."""
    zonal = ZONAL[name]
    if zonal.covering == zonal.inside == ZonalOutcome.SOURCE:
        return Row(zonal.note, Outcome.SOURCE, Outcome.SOURCE)
    if zonal.covering == zonal.inside == ZonalOutcome.BUDGET:
        return Row(zonal.note, Outcome.BUDGET, Outcome.BUDGET)
    return Row(zonal.note)


TABLE = {name: OWN_OUTCOMES.get(name) or _row(name) for name in ZONAL}
