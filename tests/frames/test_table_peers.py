"""A table of real zones beside exactextract's, which has the same frame and file."""

from __future__ import annotations

import exactextract
import geopandas
import numpy as np
import pytest

import rasterlet

OURS = {
    "count": "count",
    "mean": "mean",
    "min": "min",
    "max": "max",
    "sum": "sum",
    "std": "stdev",
    "unique": "variety",
    "majority": "mode",
}
"""Our name of a statistic, exactextract's."""

WIDE = ["count", "mean", "min", "max", "sum", "std"]


@pytest.mark.parametrize(
    ("raster", "zones", "stats"),
    [
        ("dem/srtm90_sierra_nevada.tif", "us_counties", list(OURS)),
        ("continuous/philadelphia_elevation_3857.tif", "schuylkill_huc12", WIDE),
        ("dem/alexandria_dsm_2m.tif", "alexandria_buildings", WIDE),
    ],
)
def test_a_table_is_exactextract_s(test_data, raster, zones, stats):
    path = test_data / raster
    frame = geopandas.read_file(test_data / "zones" / f"{zones}.geojson")
    frame = frame[
        ~frame.is_empty
    ].reset_index()  # of which exactextract refuses the whole frame
    # In the raster's CRS, where both have straight edges.
    frame = frame.to_crs(rasterlet.open(path).crs)

    ours = rasterlet.zonal_stats(frame, path, stats=stats)
    theirs = exactextract.exact_extract(
        path, frame, [OURS[name] for name in stats], output="pandas"
    )

    on = ours["reason"].isna()
    assert on.sum() > 3
    assert (ours["count"] > 0).equals(theirs["count"] > 0)
    for name in stats:
        own = ours.loc[on, name].to_numpy(dtype=float)
        peer = theirs.loc[on, OURS[name]].to_numpy(dtype=float)
        np.testing.assert_allclose(own, peer, rtol=1e-6, atol=1e-9, err_msg=name)


def test_interpolated_quantiles_are_exactextract_s(test_data):
    path = test_data / "continuous/philadelphia_elevation_3857.tif"
    frame = geopandas.read_file(test_data / "zones/schuylkill_huc12.geojson")
    frame = frame.to_crs(3857)

    ours = rasterlet.zonal_stats(frame, path, stats="median p10 p90", interpolate=True)
    theirs = exactextract.exact_extract(
        path, frame, ["median", "quantile(q=0.1)", "quantile(q=0.9)"], output="pandas"
    )

    on = ours["reason"].isna()
    assert on.sum() > 3
    for own, peer in zip(ours.columns[:3], theirs.columns, strict=True):
        np.testing.assert_allclose(ours.loc[on, own], theirs.loc[on, peer], rtol=1e-6)
