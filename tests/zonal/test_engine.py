"""Zonal statistics of files: chunking, many zones, and exactextract as oracle."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import exactextract
import numpy as np
import pytest
import shapely
from affine import Affine

from raster_core.errors import BudgetError
from raster_core.grid import Grid
from raster_core.zonal.coverage.blockplan import CHUNK_PIXELS, plan_blocks, stack_blocks
from raster_core.zonal.coverage.cover import cover
from raster_core.zonal.engine import Options, plan_zones, zonal_statistics
from raster_core.zonal.outlines.projecting import project_zones
from raster_core.zonal.partials.merge import merge
from raster_core.zonal.reading.summarise import summarise
from raster_core.zonal.zones.zone import Zone, read_zone
from testing.geojson import feature, from_shape
from tests.cogs import NODATA, Recipe, open_file, write_cog
from tests.fake_layer import CountingLayer

if TYPE_CHECKING:
    from pathlib import Path


PEER_NAMES = {
    "count": "count",
    "mean": "mean",
    "min": "min",
    "max": "max",
    "std": "stdev",
}


def peer_figures(path: Path, zones: list[shapely.Geometry]) -> list[dict[str, float]]:
    names = list(PEER_NAMES.values())
    found = exactextract.exact_extract(
        str(path), [feature(from_shape(z)) for z in zones], names
    )
    return [entry["properties"] for entry in found]


def some_zones() -> list[shapely.Geometry]:
    rng = np.random.default_rng(7)
    blobs = [
        shapely.Point(x, y).buffer(r, quad_segs=5)
        for x, y, r in zip(
            rng.uniform(10, 12, 30),
            rng.uniform(45, 46.5, 30),
            rng.uniform(0.003, 0.4, 30),
            strict=True,
        )
    ]
    ring = shapely.Point(11, 45.8).buffer(0.5) - shapely.Point(11.1, 45.8).buffer(0.3)
    return [*blobs, ring, shapely.box(9.5, 44.9, 10.3, 47)]


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(),
        Recipe(dtype="float32"),
        Recipe(dtype="int32"),
        Recipe(dtype="uint8", nodata=255),
        Recipe(dtype="float64", nodata=None),
    ],
    ids=["int16", "float32", "int32", "uint8", "no nodata"],
)
def test_figures_agree_with_exactextract(tmp_path: Path, recipe: Recipe):
    path = tmp_path / "raster.tif"
    write_cog(path, recipe)
    zones = some_zones()

    found = zonal_statistics(open_file(path), [Zone(zone) for zone in zones])

    for (own,), peer in zip(found, peer_figures(path, zones), strict=True):
        if own.count == 0:
            assert peer["count"] == pytest.approx(0, abs=1e-6)
            continue
        for name, peer_name in PEER_NAMES.items():
            assert getattr(own, name) == pytest.approx(
                peer[peer_name], rel=1e-5, abs=1e-5
            )


def test_a_south_up_file_gives_the_figures_of_the_same_file_north_up(tmp_path: Path):
    south_up = Recipe(transform=Affine(0.01, 0, 10, 0, 0.01, 45))
    values = write_cog(tmp_path / "south.tif", south_up)
    write_cog(tmp_path / "north.tif", Recipe(), values[:, ::-1])
    zones = [Zone(zone) for zone in some_zones()]

    south, north = (
        zonal_statistics(open_file(tmp_path / name), zones)
        for name in ("south.tif", "north.tif")
    )

    for (turned,), (straight,) in zip(south, north, strict=True):
        assert turned.count == pytest.approx(straight.count, abs=1e-9)
        assert turned.mean == pytest.approx(straight.mean, rel=1e-12)
        assert turned.unique == straight.unique


def test_any_chunking_gives_identical_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "raster.tif"
    write_cog(path, Recipe(dtype="float32"))
    zones = [Zone(zone) for zone in some_zones()]
    layer = open_file(path)
    whole = zonal_statistics(layer, zones)

    monkeypatch.setattr("raster_core.zonal.coverage.blockplan.CHUNK_PIXELS", 1)

    assert zonal_statistics(layer, zones) == whole


def test_the_block_size_of_a_file_does_not_change_histogram_figures(tmp_path: Path):
    zones = [Zone(zone) for zone in some_zones()]
    found = []
    for blocksize in (128, 256):
        path = tmp_path / f"{blocksize}.tif"
        write_cog(path, Recipe(blocksize=blocksize))
        found.append(zonal_statistics(open_file(path), zones))

    assert found[0] == found[1]


def test_disjoint_zones_add_up_to_their_union(tmp_path: Path):
    path = tmp_path / "raster.tif"
    write_cog(path, Recipe())
    left, right = (
        shapely.box(10.101, 45.2, 10.9, 46.103),
        shapely.box(10.9, 45.2, 11.7, 46.103),
    )
    union = shapely.box(10.101, 45.2, 11.7, 46.103)

    found = zonal_statistics(open_file(path), [Zone(z) for z in (left, right, union)])

    (first,), (second,), (both,) = found
    assert first.sum is not None
    assert second.sum is not None
    assert both.count == pytest.approx(first.count + second.count, abs=1e-9)
    assert both.sum == pytest.approx(first.sum + second.sum, rel=1e-12)
    assert both.min == min(first.min or 0, second.min or 0)


def test_each_touched_block_is_read_once_for_all_zones(tmp_path: Path):
    path = tmp_path / "raster.tif"
    write_cog(path, Recipe(width=1024, height=1024, blocksize=256))
    layer = CountingLayer(open_file(path))
    corner = shapely.box(10.01, 46.41, 10.05, 46.45)
    zones = [Zone(corner), Zone(shapely.affinity.translate(corner, 0.01, 0.01))]

    zonal_statistics(layer, zones)

    assert layer.read_pixels == [256 * 256]


def test_a_zone_far_from_the_raster_reads_nothing(tmp_path: Path):
    path = tmp_path / "raster.tif"
    write_cog(path, Recipe())
    layer = CountingLayer(open_file(path))

    ((found,),) = zonal_statistics(layer, [Zone(shapely.box(100, 10, 101, 11))])

    assert layer.read_pixels == []
    assert found.reason == "outside_raster"


def test_no_more_than_a_chunk_is_in_memory(tmp_path: Path):
    path = tmp_path / "raster.tif"
    recipe = Recipe(width=6000, height=600, dtype="uint8", nodata=None, blocksize=512)
    write_cog(path, recipe, np.ones((1, 600, 6000), np.uint8))
    layer = CountingLayer(open_file(path))

    ((found,),) = zonal_statistics(layer, [Zone(shapely.box(0, 0, 80, 80))])

    assert found.count == 6000 * 600
    assert max(layer.read_pixels) <= CHUNK_PIXELS
    assert sum(layer.read_pixels) == 6000 * 600


def test_a_request_over_budget_is_refused_before_reading(tmp_path: Path):
    path = tmp_path / "raster.tif"
    write_cog(path, Recipe())
    layer = CountingLayer(open_file(path))

    with pytest.raises(
        BudgetError, match=r"touch \d+ pixels in \d+ blocks.*exceeds 1000"
    ):
        zonal_statistics(
            layer, [Zone(shapely.box(10, 45, 12, 46))], Options(max_pixels=1000)
        )

    assert layer.read_pixels == []


def test_outlines_may_cross_any_number_of_pixels_that_the_caller_allows(tmp_path: Path):
    write_cog(tmp_path / "a.tif", Recipe())
    layer = CountingLayer(open_file(tmp_path / "a.tif"))
    zones = [Zone(shapely.box(10.005, 45.005, 11.905, 46.405))] * 8000  # 2.2 million
    few = zones[:5]

    with pytest.raises(BudgetError, match=r"cross 1400 .* exceeds 1000"):
        zonal_statistics(layer, few, Options(max_crossings=1000))
    assert layer.read_pixels == []

    assert len(zonal_statistics(layer, few, Options(max_crossings=1400))) == 5
    assert plan_zones(layer, zones).coverage.zone[-1] == 7999


def test_blocks_of_one_row_are_stacked():
    grid = Grid("EPSG:4326", Affine.identity(), 4000, 3000)

    assert stack_blocks((1, 4000), grid) == (17, 4000)
    assert stack_blocks((512, 512), grid) == (512, 512)


def test_a_plan_is_in_file_order_and_counts_its_pixels(tmp_path: Path):
    path = tmp_path / "raster.tif"
    write_cog(path, Recipe(width=1024, height=1024, blocksize=256))
    layer = open_file(path)
    zones = [Zone(shapely.box(10.5, 45, 13, 46.4)), Zone(shapely.box(10, 46, 11, 46.5))]

    plan = plan_zones(layer, zones)

    assert plan.blocks.tolist() == sorted(set(plan.blocks.tolist()))
    assert plan.pixels == len(plan.blocks) * 256 * 256
    read = [block.window for chunk in plan.chunks() for block in chunk.blocks]
    assert len(read) == len(plan.blocks)


def test_runs_cut_at_blocks_are_the_runs():
    grid = Grid("EPSG:4326", Affine(0.01, 0, 10, 0, -0.01, 46.5), 1000, 1000)
    zones = [Zone(zone) for zone in some_zones()]
    runs = cover(project_zones(zones, grid), grid.window)

    plan = plan_blocks(runs, grid, (64, 512))

    def total(part: object) -> int:
        return sum(((part.stop - part.start) * (part.weight >> 10)).tolist())  # type: ignore[attr-defined]

    assert total(plan.runs) == total(runs)
    assert (plan.runs.start // 512 == (plan.runs.stop - 1) // 512).all()


def test_a_mask_band_hides_pixels(tmp_path: Path):
    path = tmp_path / "raster.tif"
    values = write_cog(path, Recipe(mask_band=True, nodata=None, dtype="uint8"))
    row, col = np.mgrid[:150, :200]
    shown = (row + 2 * col) % 5 != 0

    ((found,),) = zonal_statistics(open_file(path), [Zone(shapely.box(9, 44, 13, 47))])

    assert found.count == shown.sum()
    assert found.sum == values[0][shown].sum()
    assert found.masked_pixels == (~shown).sum()


def test_scale_and_offset_of_the_file_are_applied(tmp_path: Path):
    path = tmp_path / "raster.tif"
    recipe = Recipe(scale=0.5, offset=10.0)
    values = write_cog(path, recipe)
    valid = values[values != NODATA]

    ((found,),) = zonal_statistics(open_file(path), [Zone(shapely.box(9, 44, 13, 47))])

    assert found.mean == pytest.approx(valid.mean() * 0.5 + 10)
    assert found.max == valid.max() * 0.5 + 10


def test_every_band_has_its_own_figures(tmp_path: Path):
    path = tmp_path / "raster.tif"
    write_cog(path, Recipe(bands=3))

    (found,) = zonal_statistics(
        open_file(path, 3, 1), [Zone(shapely.box(10, 45, 11, 46))]
    )

    third, first = found
    assert third.mean is not None
    assert third.mean == pytest.approx((first.mean or 0) + 2)


# exactextract loses the cells at a vertex that lies on a cell's corner: its count is
# 2.0 and 1.0 cells short of the polygon's area divided by the cell's, ours is not.
PEER_LOSES_CELLS = {"Greenland": 2.0, "Australia": 1.0}


def test_all_countries_over_the_land_cover_agree_with_exactextract(sample: Path):
    features = json.loads((sample / "countries.geojson").read_text())["features"]
    zones = [read_zone(feature["geometry"]) for feature in features]
    path = sample / "landcover_global_2019.tif"
    peer = exactextract.exact_extract(str(path), features, ["count", "frac", "unique"])

    found = zonal_statistics(open_file(path), zones)

    assert not any(zone.repaired for zone in zones)
    for entry, zone, (own,), other in zip(features, zones, found, peer, strict=True):
        name, figures = entry["properties"]["name"], other["properties"]
        cells = zone.geometry.area / 0.05**2
        assert own.count == pytest.approx(cells, rel=1e-9)
        lost = PEER_LOSES_CELLS.get(name, 0.0)
        assert figures["count"] == pytest.approx(cells - lost, rel=1e-6)
        if lost:
            continue
        assert own.histogram is not None
        shares = dict(zip(figures["unique"], figures["frac"], strict=True))
        layer_shares = share_of_values(path, zone)
        assert layer_shares.keys() == shares.keys()
        for value, share in layer_shares.items():
            assert share == pytest.approx(shares[value], abs=1e-6)


def share_of_values(path: Path, zone: Zone) -> dict[int, float]:
    """Fractions by value, from the partial itself: the file alone has no classes."""
    layer = open_file(path)
    partials = [s.partial for s in summarise(layer, plan_zones(layer, [zone]))]
    merged = merge(partials, layer.info.bands[0])
    weights = merged.weights()  # type: ignore[union-attr]
    total = sum(weights)
    return {
        value: weight / total
        for value, weight in zip(merged.values.tolist(), weights, strict=True)  # type: ignore[union-attr]
    }


def test_the_counties_over_the_elevation_agree_with_exactextract(sample: Path):
    features = json.loads((sample / "counties_yosemite.geojson").read_text())[
        "features"
    ]
    path = sample / "elevation_yosemite.tif"
    names = list(PEER_NAMES.values())
    peer = exactextract.exact_extract(str(path), features, names)

    found = zonal_statistics(
        open_file(path), [read_zone(feature["geometry"]) for feature in features]
    )

    for (own,), other in zip(found, peer, strict=True):
        for name, peer_name in PEER_NAMES.items():
            expected = other["properties"][peer_name]
            assert getattr(own, name) == pytest.approx(expected, rel=1e-6)
