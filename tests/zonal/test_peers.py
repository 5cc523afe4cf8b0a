"""Real rasters under real zones, beside exactextract, GDAL and rasterstats.

Every pair that overlaps is in the table. A figure that differs from a peer's is in a
table too, with the reason, and GEOS' overlay in float64 decides who is right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterstats
import shapely
from pyproj import Transformer
from rasterio.features import rasterize

from raster_core.errors import BudgetError
from raster_core.grid import Window
from raster_core.sources.extent.extent import geographic_bounds
from raster_core.sources.file.cog import open_cog
from raster_core.zonal.coverage.cover import Mode, cover
from raster_core.zonal.engine import Options, zonal_statistics
from raster_core.zonal.outlines.projecting import project_zones
from raster_core.zonal.reading.cost import MAX_TOUCHED
from tests.cogs import open_file
from tests.zonal.peers import (
    PEER_NAMES,
    ask_exactextract,
    exactextract_shares,
    open_classes,
    overlay_cells,
    project_outlines,
    read_zones,
    to_pixels,
    zones_on,
)
from tests.zonal.peers_table import (
    BORDER,
    CURVED_PAIRS,
    DEVIATIONS,
    KOPPEN,
    MODE_PAIRS,
    OVERLAPS,
    PAIRS,
    RASTERSTATS_PAIRS,
    Deviation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.zonal.results.statistics import ZoneStatistics
    from tests.zonal.peers import LabelledZone


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """A raster and the zones on it, with our figures."""

    path: Path
    grid: Grid
    zones: list[LabelledZone]
    outlines: list[shapely.MultiPolygon]
    found: list[tuple[ZoneStatistics, ...]]
    deviations: dict[str, Deviation]
    """The statistics of exactextract, by label."""

    @property
    def has_classes(self) -> bool:
        return self.path.parent.name == "landcover"


@pytest.fixture(scope="module", params=PAIRS, ids="-".join)
def pair(request: pytest.FixtureRequest, test_data: Path) -> Pair:
    """One pair after the other; all tests of a pair share its figures."""
    raster, zones = request.param
    path = test_data / raster
    grid = open_cog(str(path), "test").levels[0]
    met = zones_on(grid, read_zones(test_data / "zones" / f"{zones}.geojson"))
    found = zonal_statistics(open_classes(path), [each.zone for each in met])
    deviations = DEVIATIONS.get((raster, zones), {})
    return Pair(path, grid, met, project_outlines(met, grid), found, deviations)


def test_the_table_has_every_pair_that_overlaps(test_data: Path):
    files = sorted(test_data.glob("zones/*.geojson"))
    rasters = sorted(
        p
        for p in test_data.glob("*/*.tif")
        if p.parent.name not in ("awkward", "field")
    )

    met = {
        str(path.relative_to(test_data)): {
            file.stem
            for file in files
            if zones_on(open_cog(str(path), "test").levels[0], read_zones(file))
        }
        for path in rasters
    }

    assert met == {raster: set(zones.split()) for raster, zones in OVERLAPS.items()}


def test_figures_agree_with_exactextract(pair: Pair):
    on_grid = [n for n, outline in enumerate(pair.outlines) if not outline.is_empty]
    shares = ["unique", "frac"] if pair.has_classes else []
    peers = ask_exactextract(
        pair.path,
        [pair.outlines[n] for n in on_grid],
        [*PEER_NAMES.values(), *shares],
    )

    wrong = []
    for n, peer in zip(on_grid, peers, strict=True):
        known = pair.deviations.get(pair.zones[n].label)
        for band, (own, other) in enumerate(zip(pair.found[n], peer, strict=True)):
            unlike = differing_figures(own, other)
            if pair.has_classes and not known and differ_in_shares(own, other):
                unlike.add("categories")
            if unlike != set(known.figures if known else ()):
                wrong.append((pair.zones[n].label, band, sorted(unlike), own, other))

    assert wrong == []


def differing_figures(own: ZoneStatistics, peer: dict[str, Any]) -> set[str]:
    """Ours that are not the peer's to a millionth; null where no pixel is valid."""
    if own.count == 0:
        has_none = peer["count"] == 0 and own.mean is own.min is own.sum is None
        return set() if has_none else {"count"}
    return {
        name
        for name, peer_name in PEER_NAMES.items()
        if (figure := getattr(own, name)) is not None
        and figure != pytest.approx(peer[peer_name], rel=1e-6, abs=1e-6)
    }


def differ_in_shares(own: ZoneStatistics, peer: dict[str, Any]) -> bool:
    """Whether the classes met, or the share of any, are not the peer's."""
    shares = {each.value: each.fraction for each in own.categories or ()}
    expected = dict(zip(peer["unique"], peer["frac"], strict=True))
    return shares.keys() != expected.keys() or shares != pytest.approx(
        expected, abs=1e-6
    )


@pytest.mark.parametrize("pair", list(DEVIATIONS), ids="-".join, indirect=True)
def test_where_exactextract_deviates_an_overlay_of_boxes_decides_for_us(pair: Pair):
    for n, each in enumerate(pair.zones):
        if each.label not in pair.deviations:
            continue
        ((peer,),) = ask_exactextract(
            pair.path, [pair.outlines[n]], list(PEER_NAMES.values())
        )
        own = pair.found[n][0]

        figures = overlay_cells(pair.path, pair.outlines[n]).figures()

        for name, value in figures.items():
            assert getattr(own, name) == pytest.approx(value, rel=1e-9)
        for name in pair.deviations[each.label].figures:
            assert peer[PEER_NAMES[name]] != pytest.approx(figures[name], rel=1e-6)


@pytest.mark.parametrize("pair", list(DEVIATIONS), ids="-".join, indirect=True)
def test_exactextract_deviates_for_the_reason_in_the_table(pair: Pair):
    for each, outline in zip(pair.zones, pair.outlines, strict=True):
        if each.label not in pair.deviations:
            continue
        cells = overlay_cells(pair.path, outline)
        peer = exactextract_shares(pair.path, outline, cells.window)
        shares = np.pad(cells.shares, 1)

        if pair.deviations[each.label].why is BORDER:
            extra = peer[(shares == 0) & (peer > 0)]
            assert 0 < extra.sum() < 1e-20
        else:
            ((row, col),) = np.argwhere(np.abs(peer - shares) > 1e-5)
            assert abs(peer - shares)[row, col] == 1
            col, row = col + cells.window.col_off - 1, row + cells.window.row_off - 1
            box = shapely.box(col, row, col + 1, row + 1)
            border = to_pixels(outline, pair.grid.transform).boundary
            assert shapely.distance(border, box) < 1e-9
            assert shapely.length(shapely.intersection(border, box)) < 1e-9


def test_all_cells_together_weigh_what_lies_on_the_raster(pair: Pair):
    whole = shapely.box(0, 0, pair.grid.width, pair.grid.height)
    shapes = [to_pixels(outline, pair.grid.transform) for outline in pair.outlines]

    areas = shapely.area(shapely.intersection(shapely.make_valid(shapes), whole))

    for (own, *_), area, each in zip(pair.found, areas, pair.zones, strict=True):
        weight = own.valid_pixels + own.masked_pixels
        assert weight == pytest.approx(area, rel=1e-9, abs=1e-8), each.label


@pytest.mark.parametrize("pair", CURVED_PAIRS, ids="-".join, indirect=True)
def test_outlines_follow_the_true_curve_to_a_tenth_of_a_pixel(pair: Pair):
    to_grid = Transformer.from_crs("OGC:CRS84", pair.grid.crs, always_xy=True)
    box = shapely.box(*geographic_bounds(pair.grid))

    for each, outline in zip(pair.zones, pair.outlines, strict=True):
        border = shapely.intersection(each.zone.geometry.boundary, box)
        fine = shapely.segmentize(border, shapely.length(box) / 2000)
        points = np.stack(to_grid.transform(*shapely.get_coordinates(fine).T), axis=1)
        pixels = np.stack(~pair.grid.transform @ tuple(points.T), axis=1)
        inside = (pixels > 0).all(axis=1) & (pixels < pair.grid.shape[::-1]).all(axis=1)
        lines = to_pixels(outline, pair.grid.transform).boundary
        shapely.prepare(lines)
        distances = shapely.distance(lines, shapely.points(pixels[inside]))
        assert np.max(distances, initial=0) <= 0.1 + 1e-6, each.label


@pytest.mark.parametrize("pair", MODE_PAIRS, ids="-".join, indirect=True)
def test_centres_in_zones_are_those_that_gdal_finds(pair: Pair):
    for zone in sampled_zones(pair, Mode.CENTRE):
        rows, cols = np.nonzero(zone.own != zone.gdal)
        centres = shapely.points(cols + zone.col + 0.5, rows + zone.row + 0.5)

        distances = shapely.distance(zone.shape.boundary, centres)

        assert np.max(distances, initial=0) <= 1e-9, zone.label


@pytest.mark.parametrize("pair", MODE_PAIRS, ids="-".join, indirect=True)
def test_touched_cells_are_those_of_gdal_but_for_its_hundredth_of_a_pixel(pair: Pair):
    """GDAL takes an edge that rises less than 0.01 of a cell for a level one.

    Source: GDALdllImageLineAllTouched in alg/llrasterize.cpp. It so misses cells of
    which the zone covers a sliver, and burns cells beside the outline; and it burns
    cells that the outline meets from outside, on their border.
    """
    for zone in sampled_zones(pair, Mode.ALL_TOUCHED):
        rows, cols = np.nonzero(zone.own != zone.gdal)
        cols, rows = cols + zone.col, rows + zone.row
        cells = shapely.box(cols, rows, cols + 1, rows + 1)
        is_own = zone.own[zone.own != zone.gdal]

        shares = shapely.area(shapely.intersection(cells, zone.shape))
        distances = shapely.distance(cells, zone.shape)

        assert (shares[is_own] > 0).all(), zone.label
        assert np.max(shares[is_own], initial=0) < 0.01, zone.label
        assert np.max(shares[~is_own], initial=0) < 1e-12, zone.label
        assert np.max(distances[~is_own], initial=0) < 0.01, zone.label


@dataclass(frozen=True, slots=True, eq=False)
class SampledZone:
    """The cells around a zone that we and GDAL take for inside; (height, width)."""

    number: int
    label: str
    shape: shapely.MultiPolygon
    """In pixel coordinates."""
    col: int
    row: int
    own: NDArray[np.bool_]
    gdal: NDArray[np.bool_]


def sampled_zones(pair: Pair, mode: Mode) -> Iterator[SampledZone]:
    """Every zone of a pair that has cells on the raster."""
    edges = project_zones([each.zone for each in pair.zones], pair.grid)
    runs = cover(edges, pair.grid.window, mode)
    limits = np.searchsorted(runs.zone, np.arange(len(pair.zones) + 1)).tolist()
    for n, (each, outline) in enumerate(zip(pair.zones, pair.outlines, strict=True)):
        shape = to_pixels(outline, pair.grid.transform)
        window = window_around(shape).intersection(pair.grid.window)
        if not window.pixels:
            continue
        own = np.zeros((window.height, window.width), bool)
        for k in range(limits[n], limits[n + 1]):
            columns = slice(runs.start[k] - window.col, runs.stop[k] - window.col)
            own[runs.row[k] - window.row, columns] = True
        burnt = burn(pair, outline, window, mode)
        yield SampledZone(n, each.label, shape, window.col, window.row, own, burnt)


def burn(
    pair: Pair, outline: shapely.MultiPolygon, window: Window, mode: Mode
) -> NDArray[np.bool_]:
    """What GDAL takes for inside, also beyond the raster."""
    burnt = rasterize(
        [outline],
        out_shape=(window.height, window.width),
        transform=pair.grid.crop(window).transform,
        all_touched=mode is Mode.ALL_TOUCHED,
        dtype="uint8",
    )
    return np.asarray(burnt) > 0


def window_around(shape: shapely.MultiPolygon) -> Window:
    """All cells that a shape touches and one more on every side; empty for none."""
    if shape.is_empty:
        return Window(0, 0, 0, 0)
    left, top, right, bottom = shapely.bounds(shape).tolist()
    col, row = math.floor(left) - 1, math.floor(top) - 1
    return Window(col, row, math.ceil(right) + 1 - col, math.ceil(bottom) + 1 - row)


RASTERSTATS_NAMES = ("count", "min", "max", "mean", "sum", "std")


@pytest.mark.filterwarnings("ignore:Setting nodata to -999")
@pytest.mark.filterwarnings("ignore:Use `@` matmul")
@pytest.mark.parametrize("mode", [Mode.CENTRE, Mode.ALL_TOUCHED])
@pytest.mark.parametrize("pair", RASTERSTATS_PAIRS, ids="-".join, indirect=True)
def test_figures_of_whole_cells_agree_with_rasterstats(pair: Pair, mode: Mode):
    """Where the cells are the same ones: the tests above say which."""
    zones = [each.zone for each in pair.zones]
    peers = rasterstats.zonal_stats(
        pair.outlines,
        str(pair.path),
        stats=list(RASTERSTATS_NAMES),
        all_touched=mode is Mode.ALL_TOUCHED,
    )

    layer = open_file(pair.path, 1)
    found = zonal_statistics(layer, zones, Options(mode=mode))

    declares_nodata = layer.info.bands[0].nodata is not None
    everyone = list(sampled_zones(pair, mode))
    alike = [sampled for sampled in everyone if (sampled.own == sampled.gdal).all()]
    assert len(alike) > 0.5 * len(everyone)
    for sampled in alike:
        ((own,), peer) = found[sampled.number], peers[sampled.number]
        figures = {name: getattr(own, name) for name in RASTERSTATS_NAMES}
        beyond = 0 if declares_nodata else cells_beyond(pair, sampled, mode)
        if beyond:
            # rasterstats reads zeros there, and they count.
            assert peer["count"] == own.count + beyond, sampled.label
            assert peer["sum"] == (own.sum or 0)
        elif own.count == 0:
            assert {*figures.values(), *peer.values()} == {0, None}
        else:
            assert figures == pytest.approx(peer, rel=1e-5, abs=1e-6), sampled.label


def cells_beyond(pair: Pair, sampled: SampledZone, mode: Mode) -> int:
    """How many cells beyond the raster GDAL would burn."""
    everywhere = burn(
        pair, pair.outlines[sampled.number], window_around(sampled.shape), mode
    )
    return int(everywhere.sum() - sampled.gdal.sum())


def test_a_world_of_one_row_blocks_is_beyond_the_budget(test_data: Path):
    zones = read_zones(test_data / "zones" / "countries_110m.geojson")
    service = Options(max_pixels=MAX_TOUCHED)

    with pytest.raises(BudgetError, match=r"touch \d+ pixels"):
        zonal_statistics(
            open_file(test_data / KOPPEN), [each.zone for each in zones], service
        )
