"""Every awkward file under two zones: the right numbers or a clear error.

The numbers come from rasterio and exact sums over the pixels. The zones are rectangles
in pixels, drawn point by point in longitude and latitude, so what they cover is known
without any polygon.
"""

from __future__ import annotations

import math
import re
import shutil
import subprocess
import sys
import warnings
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
import shapely
from pyproj import CRS, Transformer
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.errors import NotGeoreferencedWarning, RasterioIOError
from rasterio.windows import Window as RasterioWindow

from raster_core.errors import BudgetError, SourceError, ZoneError
from raster_core.grid import Grid
from raster_core.zonal.engine import Options, zonal_statistics
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, open_file, write_cog
from tests.memory import most_memory
from tests.world_grids import known_places
from tests.zonal.awkward_table import TABLE, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from affine import Affine
    from numpy.typing import NDArray
    from rasterio.io import DatasetReader

    from raster_core.grid import Window
    from raster_core.zonal.results.statistics import ZoneStatistics
    from tests.zonal.awkward_table import Rectangle, Row

ROOT = Path(__file__).resolve().parent.parent.parent

# Seconds after which a process counts as hanging.
PATIENCE = 60

# Bytes that a process may take for any of these files.
MEMORY = 2 * 2**30

HEAVY = (
    "derived/bomb_1000000.tif",
    "derived/ifd_loop.tif",
    "derived/sparse_16384.tif",
    "derived/tile_bytecount_huge.tif",
    "real/blacha_sparse.tiff",
    "real/usda_naip_512_jpeg_z5.tif",
)

SAME_ELEVATIONS = (
    "area_or_point_point.tif",
    "big_endian.tif",
    "bigtiff.tif",
    "ifd_loop.tif",
    "lerc_lossless.tif",
    "ovr_external.tif",
    "ovr_nonpow2.tif",
    "ovr_stale.tif",
    "south_up.tif",
    "tile_1024.tif",
    "west_left_negative_dx.tif",
    "zstd_pred3.tif",
)

# More pixels than this are read band by band and strip by strip, and the first only.
LARGE = 50_000_000


def test_the_table_has_every_file(test_data: Path):
    folder = test_data / "awkward"
    files = {str(path.relative_to(folder)) for path in folder.glob("*/*.tif*")}

    # Some disks cannot hold this one; the test of names below makes its own.
    assert files - {"derived/naïve name #1 50%.tif"} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_a_zone_that_covers_the_file(
    name: str, test_data: Path, read_windows: list[Window]
):
    row, path = TABLE[name], test_data / "awkward" / name
    header = read_header(path)
    rectangle = row.covered or (0, 0, header.width, header.height)

    check(row.covering, path, covering_zone(header, row), row, rectangle)
    assert sum(window.pixels for window in read_windows) <= header.width * header.height


@pytest.mark.parametrize("name", TABLE)
def test_a_small_zone_inside_the_file(
    name: str, test_data: Path, read_windows: list[Window]
):
    row, path = TABLE[name], test_data / "awkward" / name
    header = read_header(path)
    rectangle = row.rectangle or third(header.width, header.height)

    check(row.inside, path, rectangle_zone(header, rectangle), row, rectangle)
    assert sum(window.pixels for window in read_windows) <= header.width * header.height


@pytest.mark.parametrize(
    "name", [name for name, row in TABLE.items() if row.inside is Outcome.NUMBERS]
)
def test_quantiles_and_ground_of_a_small_zone(name: str, test_data: Path):
    row, path = TABLE[name], test_data / "awkward" / name
    header = read_header(path)
    rectangle = row.rectangle or third(header.width, header.height)
    zone = rectangle_zone(header, rectangle)
    figures = StatisticOptions(median=True, percentiles=(10.0,), areas=True)

    (found,) = zonal_statistics(
        open_file(path, *header.bands), [Zone(zone)], Options(statistics=figures)
    )

    with rasterio.open(path) as file:
        for band, own in zip(header.bands, found, strict=True):
            values, weights = read_values(file, band, row, rectangle)
            if own.reason:
                assert not values.size
                continue
            for share, value in ((0.5, own.median), (0.1, (own.percentiles or [0])[0])):
                check_quantile(value, share, values, weights)
    if not found[0].reason and not found[0].masked_pixels:
        ellipsoid = CRS(header.crs).get_geod()
        assert ellipsoid is not None
        ground, _ = ellipsoid.geometry_area_perimeter(zone)
        assert found[0].area_m2 == pytest.approx(abs(ground), rel=1e-3)


def read_values(
    file: DatasetReader, band: int, row: Row, rectangle: Rectangle
) -> tuple[NDArray[np.generic], NDArray[np.float64]]:
    """Valid values, physical unless they are integers as stored, and their weights."""
    values, weights = [], []
    for window, shares in strips(rectangle):
        used = valid_pixels(file, band, row, window) & (shares > 0)
        values.append(file.read(band, window=window)[used])
        weights.append(shares[used])
    stored = np.concatenate(values)
    scale, offset = file.scales[band - 1], file.offsets[band - 1]
    if stored.dtype.kind == "f" or (scale, offset) != (1, 0):
        stored = stored.astype(np.float64) * scale + offset
    return stored, np.concatenate(weights)


def check_quantile(
    value: float | None,
    share: float,
    values: NDArray[np.generic],
    weights: NDArray[np.float64],
) -> None:
    """It is one of the values, less than the share lies below, and no less up to it."""
    assert value is not None
    if values.dtype.kind in "iu":
        assert value == int(value)
        value = int(value)  # exact, where a float would not be
    same = values == np.array(value).astype(values.dtype)
    assert same.any()
    whole = weights.sum()
    below = weights[values < values[same][0]].sum()
    # The zone is drawn in degrees, so that a weight may be off by a millionth.
    assert below / whole <= share + 1e-6
    assert (below + weights[same].sum()) / whole >= share - 1e-6


@pytest.mark.parametrize("name", HEAVY)
def test_no_file_takes_the_memory_it_claims(name: str, test_data: Path):
    module = "tests.zonal.test_awkward_files"
    code = f"import sys; from {module} import probe; probe(sys.argv[1])"

    done = subprocess.run(
        [sys.executable, "-c", code, str(test_data / "awkward" / name)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )

    outcome, memory = done.stdout.split()
    assert outcome == TABLE[name].covering
    assert int(memory) < MEMORY


@pytest.mark.parametrize("name", SAME_ELEVATIONS)
def test_the_same_pixels_give_the_same_figures_however_they_are_stored(
    name: str, test_data: Path
):
    """Half a pixel, a flip or a stale overview would show."""
    folder = test_data / "awkward" / "derived"
    plain = folder / "striped_no_overviews.tif"
    header = read_header(plain)
    zone = Zone(rectangle_zone(header, third(header.width, header.height)))

    ((own,),) = zonal_statistics(open_file(folder / name), [zone])

    ((truth,),) = zonal_statistics(open_file(plain), [zone])
    assert (own.min, own.max) == (truth.min, truth.max)
    assert (own.count, own.mean, own.std) == pytest.approx(
        (truth.count, truth.mean, truth.std), rel=1e-9
    )


@pytest.mark.parametrize(
    "name",
    ["naïve name #1 50%.tif", "what?why=1&x=2.tif", "100%25 żółw.tif", "a.vrt"],
)
def test_a_file_may_have_any_name(name: str, tmp_path: Path):
    write_cog(tmp_path / "plain.tif", Recipe(bands=2))
    shutil.copy(tmp_path / "plain.tif", tmp_path / name)
    zone = Zone(shapely.box(10.203, 45.207, 11, 46))

    assert zonal_statistics(open_file(tmp_path / name), [zone]) == zonal_statistics(
        open_file(tmp_path / "plain.tif"), [zone]
    )


def probe(path: str) -> None:
    """Print what comes of a zone that covers a file, and the memory it took."""
    file = Path(path)
    row = TABLE["/".join(file.parts[-2:])]
    outcome = Outcome.NUMBERS
    try:
        zonal_statistics(
            open_file(file, 1), [Zone(covering_zone(read_header(file), row))]
        )
    except (SourceError, BudgetError, ZoneError) as error:
        outcome = outcome_of(error)
    print(outcome, most_memory())  # noqa: T201  read by the test


def outcome_of(error: Exception) -> Outcome:
    """The kind of an error that the table knows."""
    known = {str(outcome) for outcome in Outcome}
    return Outcome(
        next(kind.__name__ for kind in type(error).__mro__ if kind.__name__ in known)
    )


REFUSALS = {Outcome.REFUSED, Outcome.HONEST}


def check(
    outcome: Outcome, path: Path, zone: shapely.Polygon, row: Row, rectangle: Rectangle
) -> None:
    """What comes of a zone is what the table says, and no path shows."""
    try:
        layer = open_file(path, *read_header(path).bands)
        (found,) = zonal_statistics(layer, [Zone(zone)])
    except (SourceError, BudgetError, ZoneError) as error:
        assert outcome in {outcome_of(error), *REFUSALS}  # noqa: PT017
        assert path.name not in str(error)  # noqa: PT017
    else:
        assert outcome in {Outcome.NUMBERS, Outcome.HONEST, Outcome.EARTH}
        if outcome is Outcome.EARTH:
            check_on_earth(path, found, row)
        else:
            check_figures(path, found, row, rectangle)


def check_on_earth(path: Path, found: Sequence[ZoneStatistics], row: Row) -> None:
    """The figures of every band are those of the pixels with a place on Earth."""
    with rasterio.open(path) as file:
        grid = Grid(read_header(path).crs, file.transform, file.width, file.height)
        cols, rows = np.meshgrid(
            np.arange(grid.width) + 0.5, np.arange(grid.height) + 0.5
        )
        _, _, known = known_places(grid, cols, rows)
        window = RasterioWindow(0, 0, grid.width, grid.height)
        for own, band in zip(found, read_header(path).bands, strict=True):
            valid = known & valid_pixels(file, band, row, window)
            total = own.valid_pixels + own.masked_pixels
            assert total == pytest.approx(known.sum(), rel=0.01)
            assert own.count == pytest.approx(valid.sum(), rel=0.01)
            values = file.read(band)[valid]
            assert own.mean == pytest.approx(values.mean(), rel=0.01)


def check_figures(
    path: Path, found: Sequence[ZoneStatistics], row: Row, rectangle: Rectangle
) -> None:
    """The figures of every band are those of the pixels in a rectangle."""
    with rasterio.open(path) as file:
        truths = [
            measure(file, band, row, rectangle) for band in read_header(path).bands
        ]
    for own, truth in zip(found, truths, strict=True):
        total = own.valid_pixels + own.masked_pixels
        assert total == pytest.approx(truth.count + truth.masked, rel=1e-7)
        assert own.count == pytest.approx(truth.count, rel=1e-7, abs=1e-9)
        check_values(own, truth, row.accuracy)


def check_values(own: ZoneStatistics, truth: Truth, accuracy: float) -> None:
    if truth.count == 0:
        assert (own.reason, own.sum, own.mean) == ("no_valid_pixels", None, None)
        return
    assert (own.min, own.max) == pytest.approx((truth.min, truth.max), rel=1e-15)
    scale = max(abs(truth.min), abs(truth.max))
    assert own.mean == pytest.approx(truth.mean, rel=accuracy, abs=1e-9 * scale)
    assert own.sum == pytest.approx(
        truth.sum, rel=accuracy, abs=1e-9 * scale * truth.count
    )
    assert own.std == pytest.approx(truth.std, rel=1e-5, abs=0)


@dataclass(frozen=True, slots=True)
class Truth:
    """Figures of the pixels in a rectangle, exactly rounded."""

    count: float
    masked: float
    sum: float = 0.0
    mean: float = 0.0
    std: float = 0.0
    min: float = 0.0
    max: float = 0.0


def measure(file: DatasetReader, band: int, row: Row, rectangle: Rectangle) -> Truth:
    """The truth about one band."""
    values, weights, masked = [], [], 0.0
    for window, shares in strips(rectangle):
        stored = file.read(band, window=window)
        valid = valid_pixels(file, band, row, window)
        values.append(stored[valid & (shares > 0)])
        weights.append(shares[valid & (shares > 0)])
        masked += float(shares[~valid].sum())  # sixteenths: no rounding
    scale, offset = file.scales[band - 1], file.offsets[band - 1]
    return summarise(
        np.concatenate(values), np.concatenate(weights), masked, (scale, offset)
    )


def summarise(
    values: NDArray[np.generic],
    weights: NDArray[np.float64],
    masked: float,
    scaling: tuple[float, float],
) -> Truth:
    """Exact sums about the least value, by steps of the largest: nothing overflows."""
    if not values.size:
        return Truth(0.0, masked)
    pivot = values.min()
    # Whole numbers differ exactly, whatever their size; floats are widened first.
    steps = (
        (values - pivot).astype(np.float64)
        if values.dtype.kind in "iu"
        else values.astype(np.float64) - float(pivot)
    )
    unit = float(steps.max()) or 1.0
    steps /= unit
    count = math.fsum(weights)
    mean = math.fsum(weights * steps) / count
    spread = math.sqrt(math.fsum(weights * np.square(steps - mean)) / count)
    scale, offset = map(Fraction, scaling)
    least = Fraction(pivot.item())
    ends = sorted(float(least * scale + offset) for least in (least, max_of(values)))
    physical = (least + Fraction(mean) * Fraction(unit)) * scale + offset
    return Truth(
        count=count,
        masked=masked,
        sum=float(physical * Fraction(count)),
        mean=float(physical),
        std=abs(float(scale)) * spread * unit,
        min=ends[0],
        max=ends[1],
    )


def max_of(values: NDArray[np.generic]) -> Fraction:
    return Fraction(values.max().item())


def valid_pixels(
    file: DatasetReader, band: int, row: Row, window: RasterioWindow
) -> NDArray[np.bool_]:
    """What neither the value nor nodata nor alpha hides; a mask band hides alone."""
    stored = file.read(band, window=window)
    valid = np.ones(stored.shape, bool)
    if stored.dtype.kind == "f":
        valid = np.isfinite(stored)
    nodata = file.nodatavals[band - 1]
    if MaskFlags.per_dataset in file.mask_flag_enums[band - 1]:
        valid &= file.read_masks(band, window=window) > 0
    elif nodata is not None and row.has_nodata:
        valid &= stored != np.asarray(nodata).astype(stored.dtype)
    for other, meaning in enumerate(file.colorinterp, start=1):
        if meaning is ColorInterp.alpha:
            valid &= file.read(other, window=window) > 0
    return valid


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a file; made up where the file is not a raster."""

    crs: str | None = None
    """None for what has no place on Earth."""
    transform: Affine | None = None
    width: int = 100
    height: int = 100
    bands: tuple[int, ...] = ()
    """Those that are no alpha band; of a large file, the first."""


def read_header(path: Path) -> Header:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        try:
            with rasterio.open(path) as file:
                return describe(file)
        except RasterioIOError:
            return Header()


def describe(file: DatasetReader) -> Header:
    crs = None
    if file.crs and not {"MARS", "EUROPA"} & set(re.findall(r"[A-Z]+", file.crs.wkt)):
        code = file.crs.to_epsg()
        crs = f"EPSG:{code}" if code else file.crs.to_wkt()
    bands = tuple(
        band
        for band, meaning in enumerate(file.colorinterp, start=1)
        if meaning is not ColorInterp.alpha
    )
    if file.width * file.height > LARGE:
        bands = bands[:1]
    return Header(crs, file.transform, file.width, file.height, bands)


def strips(
    rectangle: Rectangle,
) -> Iterator[tuple[RasterioWindow, NDArray[np.float64]]]:
    """Windows over a rectangle, and the share of each pixel that lies in it."""
    left, top, right, bottom = rectangle
    col, width = math.floor(left), math.ceil(right) - math.floor(left)
    height = max(1, 20_000_000 // width)
    for row in range(math.floor(top), math.ceil(bottom), height):
        rows = min(height, math.ceil(bottom) - row)
        shares = np.outer(
            overlaps(row, rows, top, bottom), overlaps(col, width, left, right)
        )
        yield RasterioWindow(col, row, width, rows), shares


def overlaps(first: int, count: int, low: float, high: float) -> NDArray[np.float64]:
    """How much of each unit from ``first`` on lies between low and high."""
    start = np.arange(first, first + count)
    return np.clip(np.minimum(start + 1, high) - np.maximum(start, low), 0, 1)


def third(width: int, height: int) -> Rectangle:
    """A rectangle that cuts pixels at its border, left of the middle."""
    return (
        math.floor(width * 0.3) + 0.25,
        math.floor(height * 0.2) + 0.5,
        math.floor(width * 0.6) + 0.75,
        math.floor(height * 0.55) + 0.25,
    )


def covering_zone(header: Header, row: Row) -> shapely.Polygon:
    """A box in longitude and latitude around a file; anything, if it has no place."""
    if row.box:
        return shapely.box(*row.box)
    border = rectangle_zone(header, (0, 0, header.width, header.height))
    left, bottom, right, top = border.bounds
    width, height = right - left, top - bottom
    return shapely.box(
        left - width / 100,
        max(bottom - height / 100, -90),
        right + width / 100,
        min(top + height / 100, 90),
    )


def rectangle_zone(header: Header, rectangle: Rectangle) -> shapely.Polygon:
    """A rectangle of pixels, drawn in longitude and latitude point by point."""
    if header.crs is None or header.transform is None:
        return shapely.box(8, 47, 9, 48)
    # 20 points a pixel: even around a pole, chords stay within a thousandth of it.
    box = shapely.box(*rectangle)
    fine = shapely.segmentize(box, max(0.05, shapely.length(box) / 80_000))
    xs, ys = header.transform @ tuple(shapely.get_coordinates(fine).T)
    to_degrees = Transformer.from_crs(header.crs, "OGC:CRS84", always_xy=True)
    longitudes, latitudes = to_degrees.transform(xs, ys)
    # Without a jump from 180 to -180.
    longitudes = np.unwrap(longitudes, period=360)
    return shapely.Polygon(np.stack([longitudes, latitudes], axis=1))
