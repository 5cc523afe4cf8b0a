"""Names of statistics as people write them."""

from __future__ import annotations

import pytest

from raster_core.bands import BandInfo, RasterClass
from raster_core.errors import RequestError
from raster_core.zonal.results.statistics import NAMES
from rasterlet.frames.names import DEFAULT, KNOWN, read_statistics

QUANTITY = BandInfo(1, "height", "int16")
WIDE = BandInfo(1, "height", "float32")
CLASSED = BandInfo(1, "cover", "uint8", classes=(RasterClass(1, "Forest", None),))


def columns(stats, *bands: BandInfo, categorical: bool = False) -> list[str]:
    wanted = read_statistics(stats, bands or (QUANTITY,), categorical=categorical)
    return [column for column, _ in wanted.columns]


@pytest.mark.parametrize(
    ("stats", "expected"),
    [
        ("mean", ["mean"]),
        ("min max mean", ["min", "max", "mean"]),
        ("min,max, mean", ["min", "max", "mean"]),
        (["sum"], ["sum"]),
        (("p90", "median"), ["p90", "median"]),
        ("p2.5 percentile_98 quantile(q=0.07)", ["p2.5", "p98", "p7"]),
        ("quantile(q = 0.5) mean", ["p50", "mean"]),
        (["categories"], ["frac"]),
    ],
)
def test_names_become_columns_in_their_order(stats, expected):
    assert columns(stats) == expected


def test_every_statistic_of_the_service_but_histograms_is_known():
    assert set(KNOWN) == set(NAMES) - {"histogram", "categories"} | {"frac"}
    assert columns(list(KNOWN)) == list(KNOWN)


def test_defaults_say_something_of_the_bands():
    assert columns(None) == list(DEFAULT)
    assert columns(None, CLASSED) == ["count", "majority", "frac"]
    assert columns(None, CLASSED, QUANTITY) == list(DEFAULT)
    assert columns("mean", categorical=True) == ["mean", "frac"]
    assert columns("frac mean", categorical=True) == ["frac", "mean"]


def test_percentiles_are_asked_for_once():
    wanted = read_statistics("p90 mean p10", [QUANTITY], categorical=False)

    assert wanted.percentiles == (90.0, 10.0)
    assert wanted.statistics == ("mean",)


@pytest.mark.parametrize(
    ("stats", "message"),
    [
        ("meen", "'meen' is not a statistic; did you mean 'mean'"),
        ("stdev", "Rasterlet calls it 'std'"),
        ("Mode", "Rasterlet calls it 'majority'"),
        ("variety", "Rasterlet calls it 'unique'"),
        ("xyzzy", "there are valid_pixels, .* and p0 to p100"),
        ("histogram", "a table has valid_pixels"),
        ("p101", "'p101' is not a percentile from 0 to 100"),
        ("quantile(q=5)", "not a percentile from 0 to 100"),
        (["mean", "mean"], "'mean' twice"),
        (["p90", "quantile(q=0.9)"], "'p90' twice"),
        ([], "stats is empty"),
        ([90], "stats has 90, which is not the name"),
    ],
)
def test_what_is_no_statistic_is_told_the_nearest(stats, message):
    with pytest.raises(RequestError, match=message):
        columns(stats)


@pytest.mark.parametrize("name", ["frac", "majority", "minority", "unique"])
def test_what_takes_a_histogram_is_refused_by_the_name_that_was_given(name):
    with pytest.raises(RequestError, match=f"'{name}' takes integers of up to 16 bits"):
        columns(["mean", name], WIDE)
    assert columns("median p90", WIDE) == ["median", "p90"]
