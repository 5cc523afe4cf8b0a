"""Every difference from exactextract and rasterstats that docs/statistics.md states.

Each test names the peer, shows what it does, and what Rasterlet does. One that fails
after an update of a peer means that the page is out of date.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
import rasterio.features
import rasterstats
import shapely
from affine import Affine
from pyproj import Geod

from raster_core.grid import Grid
from raster_core.zonal.coverage.cover import Mode, cover
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.engine import Options, zonal_statistics
from raster_core.zonal.outlines.projecting import project_zones
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.tracks.meeting import zone_units
from raster_core.zonal.zones.zone import Zone, read_zone
from testing.geojson import from_shape
from tests.cogs import open_file
from tests.zonal.peers import ask_exactextract, open_classes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from raster_core.zonal.results.statistics import ZoneStatistics

pytestmark = [
    pytest.mark.filterwarnings("ignore:Setting nodata to"),
    pytest.mark.filterwarnings("ignore:Use `@` matmul"),
]


def write(path: Path, values: Sequence[Sequence[float]], dtype: str) -> Path:
    """A raster of degrees from (0, 0) to the north-east; nothing is nodata."""
    plane = np.array(values, dtype)
    height, width = plane.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=width,
        height=height,
        count=1,
        dtype=dtype,
        crs="EPSG:4326",
        transform=Affine(1, 0, 0, 0, -1, height),
    ) as file:
        file.write(plane, 1)
    return path


def row_of(path: Path, values: Sequence[float], dtype: str) -> shapely.Polygon:
    """Write values side by side; the zone that covers them."""
    write(path, [values], dtype)
    return shapely.box(0, 0, len(values), 1)


def ours(path: Path, shape: Any, **options: Any) -> ZoneStatistics:
    figures = StatisticOptions(median=True, percentiles=(25.0,))
    ((found,),) = zonal_statistics(
        open_file(path), [Zone(shape)], Options(statistics=figures, **options)
    )
    return found


def exactextract_of(path: Path, shape: Any, *names: str) -> dict[str, Any]:
    ((found,),) = ask_exactextract(path, [shape], names)
    return found


def rasterstats_of(path: Path, shape: Any, *names: str, **how: Any) -> dict[str, Any]:
    (found,) = rasterstats.zonal_stats([shape], str(path), stats=list(names), **how)
    return dict(found)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "raster.tif"


def test_exactextract_keeps_shares_as_32_bit_floats(path: Path):
    write(path, np.ones((60, 60)).tolist(), "float32")
    rng = np.random.default_rng(0)
    worst = {"own": 0.0, "peer": 0.0}

    for x, y, radius in rng.uniform((25, 25, 3), (35, 35, 20), (20, 3)).tolist():
        shape = shapely.Point(x, y).buffer(radius)
        peer = exactextract_of(path, shape, "coverage", "cell_id")
        rows, cols = np.divmod(peer["cell_id"], 60)
        boxes = shapely.box(cols, 59 - rows, cols + 1, 60 - rows)
        shares = shapely.area(shapely.intersection(boxes, shape))
        layer = open_file(path)
        edges = project_zones([Zone(shape)], layer.info.grid)
        plane = np.zeros((60, 60))
        runs = cover(edges, layer.info.grid.window)
        for row, start, stop, weight in zip(
            runs.row, runs.start, runs.stop, runs.weight, strict=True
        ):
            plane[row, start:stop] = weight / WHOLE
        own = np.abs(plane[rows, cols] - shares).max()
        worst["own"] = max(worst["own"], own)
        worst["peer"] = max(worst["peer"], np.abs(peer["coverage"] - shares).max())

    assert 1e-8 < worst["peer"] < 6e-8
    assert worst["own"] < 2e-12


@pytest.mark.parametrize(("country", "lost"), [("Greenland", 2), ("Australia", 1)])
def test_exactextract_loses_cells_at_whose_corner_a_vertex_lies(
    country: str, lost: int, sample: Path
):
    features = json.loads((sample / "countries.geojson").read_text())["features"]
    named = {f["properties"]["name"]: f["geometry"] for f in features}
    shape = read_zone(named[country]).geometry
    path = sample / "landcover_global_2019.tif"
    with rasterio.open(path) as file:
        cell = abs(file.transform.determinant)

    peer = exactextract_of(path, shape, "count")
    ((own,),) = zonal_statistics(open_classes(path), [Zone(shape)])

    assert own.count + own.masked_pixels == pytest.approx(shape.area / cell, rel=1e-11)
    assert own.count - peer["count"] == pytest.approx(lost, abs=0.05)


def test_exactextract_interpolates_quantiles(path: Path):
    shape = row_of(path, [0, 0, 0, 10], "float32")

    assert exactextract_of(path, shape, "median")["median"] == 5
    assert ours(path, shape).median == 0


def test_exactextract_cuts_quantiles_of_integers_off(path: Path):
    shape = row_of(path, [0, 1, 4, 10], "int16")

    assert exactextract_of(path, shape, "median")["median"] == 2
    assert ours(path, shape).median == 1


def test_exactextract_gives_ties_to_the_largest_value(path: Path):
    shape = row_of(path, [5, 2, 9, 1, 9, 2, 1, 5], "int16")

    peer = exactextract_of(path, shape, "majority", "minority")
    own = ours(path, shape)

    assert (peer["majority"], peer["minority"]) == (9, 1)
    assert (own.majority, own.minority) == (1, 1)


def test_exactextract_counts_infinities(path: Path):
    shape = row_of(path, [1, np.nan, np.inf, 3], "float32")

    peer = exactextract_of(path, shape, "count", "mean")
    own = ours(path, shape)

    assert (peer["count"], peer["mean"]) == (3, np.inf)
    assert (own.count, own.mean, own.masked_pixels) == (2, 2, 2)


def test_exactextract_counts_what_parts_share_twice(path: Path):
    write(path, np.ones((4, 4)).tolist(), "float32")
    parts = [shapely.box(0, 0, 3, 3), shapely.box(1, 1, 4, 4)]
    geometry = from_shape(shapely.MultiPolygon(parts))

    zone = read_zone(geometry)
    ((own,),) = zonal_statistics(open_file(path), [zone])

    peer = exactextract_of(path, shapely.MultiPolygon(parts), "count")
    assert peer["count"] == 18
    assert own.count == 14
    assert zone.repaired is not None


def test_exactextract_takes_a_bow_tie_for_something_else(path: Path):
    write(path, np.ones((4, 4)).tolist(), "float32")
    tie = shapely.Polygon([(0, 0), (4, 4), (4, 0), (0, 4)])
    zone = read_zone(from_shape(tie))

    peer = exactextract_of(path, tie, "count")
    ((own,),) = zonal_statistics(open_file(path), [zone])

    assert peer["count"] == 6
    assert own.count == 8


@pytest.mark.parametrize(
    ("all_touched", "mode"), [(False, Mode.CENTRE), (True, Mode.ALL_TOUCHED)]
)
def test_rasterstats_sees_small_zones_not_at_all_or_too_large(
    path: Path, mode: Mode, *, all_touched: bool
):
    write(path, np.arange(16).reshape(4, 4).tolist(), "float32")
    speck = shapely.box(1.9, 1.9, 2.1, 2.1)

    peer = rasterstats_of(path, speck, "count", all_touched=all_touched)

    assert peer["count"] == (4 if all_touched else 0)
    assert ours(path, speck, mode=mode).count == peer["count"]
    assert ours(path, speck).count == pytest.approx(0.04)


def test_rasterstats_counts_zeros_beyond_a_raster_that_declares_no_nodata(path: Path):
    write(path, np.full((4, 4), 7).tolist(), "int16")
    half_off = shapely.box(2, 0, 6, 4)

    peer = rasterstats_of(path, half_off, "count", "mean")
    own = ours(path, half_off)

    assert (peer["count"], peer["mean"]) == (16, 3.5)
    assert (own.count, own.mean) == (8, 7)
    assert own.covered_percent == pytest.approx(50, abs=0.1)


def test_rasterstats_takes_minus_999_for_nodata_that_nobody_declared(path: Path):
    shape = row_of(path, [-999, 1, 2, 3], "int16")

    peer = rasterstats_of(path, shape, "count", "min")
    own = ours(path, shape)

    assert (peer["count"], peer["min"]) == (3, 1)
    assert (own.count, own.min) == (4, -999)


def test_rasterstats_adds_32_bit_floats_up_in_32_bits(path: Path):
    values = np.random.default_rng(2).uniform(0, 1e5, (80, 300)).astype(np.float32)
    write(path, values.tolist(), "float32")
    true = values.sum(dtype=np.float64)
    shape = shapely.box(0, 0, 300, 80)

    peer = rasterstats_of(path, shape, "sum", "count")
    own = ours(path, shape)

    assert own.count == peer["count"] == 24_000
    assert own.sum == pytest.approx(true, rel=1e-15)
    assert abs(peer["sum"] / true - 1) > 1e-9


def test_rasterstats_gives_stored_values(path: Path):
    shape = row_of(path, [10, 20], "int16")
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = [0.5], [100]

    assert rasterstats_of(path, shape, "mean")["mean"] == 15
    assert exactextract_of(path, shape, "mean")["mean"] == 107.5
    assert ours(path, shape).mean == 107.5


def test_rasterstats_takes_the_middle_between_two_values_for_the_median(path: Path):
    shape = row_of(path, [0, 1, 4, 10], "int16")

    assert rasterstats_of(path, shape, "median")["median"] == 2.5
    assert ours(path, shape).median == 1


def test_rasterstats_counts_infinities(path: Path):
    shape = row_of(path, [1, np.nan, np.inf, 3], "float32")

    peer = rasterstats_of(path, shape, "count", "mean")

    assert (peer["count"], peer["mean"]) == (3, np.inf)


def test_all_touched_of_rasterstats_has_what_is_only_touched_from_outside(path: Path):
    write(path, np.ones((6, 6)).tolist(), "float32")
    # The tip on the right lies on the border between two columns.
    shape = shapely.Polygon([(2.5, 3.75), (4, 4.5), (2.75, 4.25)])

    peer = rasterstats_of(path, shape, "count", all_touched=True)
    own = ours(path, shape, mode=Mode.ALL_TOUCHED)

    assert (peer["count"], own.count) == (4, 3)


@pytest.mark.parametrize("end", [(3.5, 1.5), (0.5, 0.5)], ids=["level", "upright"])
def test_exactextract_has_no_cells_for_lines_along_an_axis(
    tmp_path: Path, end: tuple[float, float]
):
    path = write(tmp_path / "a.tif", [[1, 2, 3, 4], [5, 6, 7, 8]], "int16")
    line = shapely.LineString([(0.5, 1.5), end])

    ((theirs,),) = ask_exactextract(path, [line], ["count"])
    ((ours,),) = zonal_statistics(open_file(path), [Zone(line)])

    assert theirs["count"] == 0
    assert ours.mean == pytest.approx(2.5 if end[0] > 1 else 3, rel=1e-5)


def test_exactextract_measures_lines_in_units_of_the_crs(tmp_path: Path):
    path = write(tmp_path / "a.tif", [[1]] * 60, "int16")
    line = shapely.LineString([(0.1, 59.1), (0.5, 59.5), (0.5001, 50.5)])
    zone = Zone(line)

    ((theirs,),) = ask_exactextract(path, [line], ["count"])
    ((ours,),) = zonal_statistics(open_file(path), [zone])

    layer = open_file(path)
    (unit,) = zone_units([zone], layer.info.grid)
    assert theirs["count"] == pytest.approx(line.length)
    metres = Geod(ellps="WGS84").geometry_length(line)
    assert ours.count * unit == pytest.approx(metres, rel=1e-5)


def test_gdal_counts_a_centre_on_a_level_border_for_both_neighbours():
    grid = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 6), 6, 6)
    parts = {
        "upper and lower": (shapely.box(1, 3.5, 5, 5), shapely.box(1, 1, 5, 3.5)),
        "left and right": (shapely.box(1, 1, 2.5, 5), shapely.box(2.5, 1, 5, 5)),
    }
    counts = {
        name: (
            [
                int(
                    rasterio.features.rasterize(
                        [part], (6, 6), transform=grid.transform
                    ).sum()
                )
                for part in both
            ],
            [count_centres(part, grid) for part in both],
        )
        for name, both in parts.items()
    }

    assert counts == {
        "upper and lower": ([8, 12], [4, 12]),
        "left and right": ([8, 8], [8, 8]),
    }


def count_centres(zone: shapely.Geometry, grid: Grid) -> int:
    runs = cover(project_zones([Zone(zone)], grid), grid.window, Mode.CENTRE)
    return int((runs.stop - runs.start).sum())
