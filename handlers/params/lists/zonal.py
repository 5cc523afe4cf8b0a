"""Positions and zones: where values are read, and what is counted of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.params.boxes import zone_box
from handlers.params.lists import images
from handlers.params.lists.source import BIDX, SOURCE
from handlers.params.param import ListParam, Param
from handlers.params.parsers import (
    Choice,
    Deferred,
    anything,
    flag,
    integer,
    interval,
    number,
    one_of,
)
from raster_core.sources.crs.crs import MAX_LATITUDE, MAX_LONGITUDE
from raster_core.zonal.reading.cost import MAX_TOUCHED

if TYPE_CHECKING:
    from handlers.params.parsers import Parser
    from raster_core.zonal.coverage.cover import Mode

MAX_DATASETS = 4
"""Datasets of a cross-tabulation: with more, tables get too long to read."""

# The values of 16 bits, signed or not.
_LOWEST, _HIGHEST = -(2**15), 2**16 - 1


@Deferred
def _statistics() -> Choice[str]:
    from raster_core.zonal.results.statistics import NAMES  # noqa: PLC0415  with numpy

    return one_of(NAMES)


@Deferred
def _coverage() -> Parser[Mode]:
    from raster_core.zonal.coverage.cover import Mode  # noqa: PLC0415  with what counts

    return Choice({mode.value: mode for mode in Mode})


@Deferred
def _samples() -> Parser[int]:
    from raster_core.zonal.profile import MAX_SAMPLES  # noqa: PLC0415  likewise

    return integer(2, MAX_SAMPLES)


LON = Param(
    "lon",
    number(-MAX_LONGITUDE, MAX_LONGITUDE),
    "Longitude in degrees.",
    default=None,
    example=-119.3,
    required=True,
)

LAT = Param(
    "lat",
    number(-MAX_LATITUDE, MAX_LATITUDE),
    "Latitude in degrees.",
    default=None,
    example=37.9,
    required=True,
)

STATS = ListParam(
    "stats",
    _statistics,
    "Statistics by name; defaults to all that one pass over the pixels yields.",
    example=["mean", "count"],
)

COVERAGE = Param(
    "coverage",
    _coverage,
    "Which cells count: each by its covered fraction, whole cells whose centre is "
    "inside, or whole cells that are touched.",
    default="fraction",
)

P = ListParam("p", number(0, 100), "Percentiles.")

HISTOGRAM_BINS = Param(
    "histogram_bins",
    integer(1, 256),
    "Bins of the histogram, for integers of up to 16 bits.",
    default=10,
)

HISTOGRAM_RANGE = Param(
    "histogram_range",
    interval,
    "First and last edge of the histogram, `min,max`.",
    default=None,
)

AREA_WEIGHTED = Param(
    "area_weighted", flag, "Add the mean weighted by ground area.", default=False
)

CATEGORICAL = Param("categorical", flag, "Add a count of each value.", default=False)

UNSCALE = Param(
    "unscale",
    flag,
    "Physical values instead of stored ones; not with an expression or an overlay.",
    default=True,
)

APPROXIMATE = Param(
    "approximate",
    flag,
    "Beyond `max_pixels`, read an overview for what lies inside of zones.",
    default=False,
)

MAX_PIXELS = Param(
    "max_pixels",
    integer(1, MAX_TOUCHED),
    "Pixels that may be read, below the limit of the service.",
    default=None,
)

GROUP_BY = Param(
    "group_by",
    anything("a dataset"),
    "A dataset: adds the statistics for each of its values.",
    default=None,
)

WEIGHTS = Param(
    "weights",
    anything("a dataset"),
    "A dataset: adds the mean and sum weighted by its values.",
    default=None,
)

INCLUDE_GEOMETRY = Param(
    "include_geometry",
    flag,
    "Return zones with their statistics; not with `f=csv`.",
    default=False,
)

F = Param(
    "f",
    one_of(("geojson", "json", "ndjson", "csv")),
    "Format of the answer.",
    default="geojson",
)

BBOX = Param(
    "bbox",
    zone_box,
    images.BOX_TEXT,
    default=None,
    example=images.BBOX.example,
)

CRS = Param(
    "crs",
    images.crs_rule(examples=["EPSG:3857"]),
    "CRS of the body's coordinates; defaults to longitude and latitude. A code of "
    "EPSG or ESRI, its URN or URL, WKT or PROJJSON.",
    default=None,
)

CLASSES = ListParam(
    "classes",
    integer(_LOWEST, _HIGHEST),
    "Stored values; defaults to all that occur.",
)

SAMPLES = Param("samples", _samples, "Number of positions.", default=None, example=100)

DATASETS = ListParam(
    "dataset",
    anything("the id of a dataset"),
    "Ids of the datasets; the first one's pixels are counted.",
    commas=False,
    least=2,
    most=MAX_DATASETS,
    example=["landcover", "landcover"],
    required=True,
)

BANDS = replace(
    BIDX,
    text="A band of each dataset, by number or name.",
    least=2,
    most=MAX_DATASETS,
    example=None,
)

POSITION = (LON, LAT)

POINT = (*POSITION, *SOURCE)

HISTOGRAM = (HISTOGRAM_BINS, HISTOGRAM_RANGE)

_EITHER = (
    *SOURCE,
    STATS,
    COVERAGE,
    P,
    *HISTOGRAM,
    AREA_WEIGHTED,
    CATEGORICAL,
    UNSCALE,
    APPROXIMATE,
    MAX_PIXELS,
    GROUP_BY,
    WEIGHTS,
    INCLUDE_GEOMETRY,
    F,
)

STATISTICS = (BBOX, *_EITHER)

ZONE_STATISTICS = (*_EITHER, CRS)

FEATURES = (*SOURCE, CRS, CLASSES)

PROFILE = (*SOURCE, CRS, SAMPLES)

CROSSTAB = (DATASETS, BANDS, CRS, COVERAGE, INCLUDE_GEOMETRY)
