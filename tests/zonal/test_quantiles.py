"""Exact quantiles in passes, against numpy's inverted distribution function."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from raster_core.zonal.engine import Options, plan_zones, zonal_statistics
from raster_core.zonal.figures import FigureOptions
from raster_core.zonal.geometry import Zone
from raster_core.zonal.quantiles import find_quantiles, order_bits
from tests.cogs import Recipe, open_file, write_cog

if TYPE_CHECKING:
    from pathlib import Path

WIDE = ("float32", "float64", "int32", "uint32", "int64")
EVERYWHERE = Zone(shapely.box(9, 44, 13, 47))


@given(
    st.sampled_from(WIDE).flatmap(
        lambda dtype: hnp.arrays(
            dtype, 20, elements={"allow_nan": False} if dtype[0] == "f" else None
        )
    )
)
def test_bits_are_in_the_order_of_the_values(values: np.ndarray):
    order = np.argsort(values, kind="stable")

    bits = order_bits(values)

    assert (np.sort(bits) == bits[order]).all()
    assert ((bits[:-1] == bits[1:]) == (values[:-1] == values[1:])).all()


@pytest.mark.parametrize("dtype", WIDE)
def test_quantiles_of_a_raster_are_numpys(tmp_path: Path, dtype: str):
    rng = np.random.default_rng(3)
    values = (rng.normal(0, 1e5, (1, 150, 200))).round(2).astype(dtype)
    write_cog(tmp_path / "raster.tif", Recipe(dtype=dtype, nodata=None), values)
    layer = open_file(tmp_path / "raster.tif")
    shares = [Fraction(share, 1000) for share in (0, 1, 250, 500, 999, 1000)]

    found = find_quantiles(layer, plan_zones(layer, [EVERYWHERE]), 0, shares)

    expected = np.quantile(values, [float(s) for s in shares], method="inverted_cdf")
    assert found == {0: tuple(expected.tolist())}


def test_the_weighted_median_of_a_float_raster_is_that_of_its_integers(tmp_path: Path):
    write_cog(tmp_path / "whole.tif", Recipe())
    layer = open_file(tmp_path / "whole.tif")
    values = layer.read(layer.info.grid)
    floats = np.where(values.mask, values.data, np.nan).astype(np.float32)
    write_cog(tmp_path / "float.tif", Recipe(dtype="float32", nodata=None), floats)
    zones = [Zone(shapely.Point(11, 45.7).buffer(r)) for r in (0.004, 0.1, 0.6)]
    options = Options(figures=FigureOptions(percentiles=(2.5, 97.5), median=True))

    whole = zonal_statistics(layer, zones, options)
    wide = zonal_statistics(open_file(tmp_path / "float.tif"), zones, options)

    for (exact,), (found,) in zip(whole, wide, strict=True):
        assert found.median == exact.median
        assert found.percentiles == exact.percentiles


def test_a_zone_without_values_has_no_quantiles(tmp_path: Path):
    nothing = np.full((1, 150, 200), np.nan, np.float32)
    write_cog(tmp_path / "raster.tif", Recipe(dtype="float32", nodata=None), nothing)
    options = Options(figures=FigureOptions(percentiles=(50.0,), median=True))

    ((found,),) = zonal_statistics(
        open_file(tmp_path / "raster.tif"), [EVERYWHERE], options
    )

    assert found.median is None
    assert found.reason == "no_valid_pixels"
