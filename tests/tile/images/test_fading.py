"""Partial alpha and pictures with nodata, against GDAL's warper."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image
from rasterio.enums import ColorInterp
from rasterio.enums import Resampling as GdalResampling
from rasterio.vrt import WarpedVRT

from raster_core.bands import BandInfo
from raster_core.grid import Grid, Window
from raster_core.layers.stored import read_as_image
from raster_core.raster import RasterArray, Resampling
from raster_core.sources.file.geotiff import encode_geotiff
from raster_core.sources.warp.opacity import keep_graded, opacity
from raster_core.sources.warp.plan import Blend, Gather
from raster_core.tile.colors.renderings import ClassColors, Composite, Ramp
from raster_core.tile.grids.tms import tile_grid
from raster_core.tile.images.encode import ImageFormat, encode_npy
from raster_core.tile.images.render import render_image
from tests.cogs import open_file
from tests.tile.warped import plan_of, usual_sizes

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PNG, WEBP, JPEG = ImageFormat.PNG, ImageFormat.WEBP, ImageFormat.JPEG

RGB = tuple(BandInfo(n, f"b{n}", "uint8") for n in (1, 2, 3))

AS_STORED = Composite(((0.0, 255.0),) * 3)

SIDE = 512

# Tiles that lie on the raster: at its own resolution, finer, on an overview, and whole.
TILES = {
    "own": tile_grid(13, 4436, 2786),
    "finer": tile_grid(15, 17746, 11146),
    "overview": tile_grid(12, 2218, 1393),
    "whole": tile_grid(10, 554, 348),
}


def write_picture(
    path: Path, values: NDArray[np.generic], nodata: float | None = None
) -> None:
    """A raster of 512 x 512 pixels of 10 m with overviews; four bands have an alpha."""
    profile = {
        "driver": "GTiff",
        "width": SIDE,
        "height": SIDE,
        "count": len(values),
        "dtype": values.dtype,
        "crs": "EPSG:32633",
        "transform": Affine(10, 0, 495_000, 0, -10, 5_515_000),
        "photometric": "RGB" if len(values) > 2 else "MINISBLACK",
        "alpha": "YES" if len(values) in (2, 4) else "NO",
        "nodata": nodata,
        "tiled": True,
        "blockxsize": 256,
        "blockysize": 256,
    }
    with rasterio.open(path, "w", **profile) as file:
        file.write(values)
        file.build_overviews([2, 4], GdalResampling.average)


def smooth_picture(dtype: str = "uint8", colors: int = 3) -> NDArray[np.generic]:
    """Colours and an alpha that fades, with a hole and an opaque part."""
    rows, cols = np.mgrid[:SIDE, :SIDE]
    planes = [100 + 60 * np.sin((rows + n * cols) / 40) for n in range(colors)]
    alpha = np.clip(cols * 0.7 - 40, 0, 255)
    alpha[200:280, 300:380] = 0
    unit = 1 if dtype == "uint8" else 257
    return (np.stack([*planes, alpha]).round() * unit).astype(dtype)


def warp_all(
    path: Path, grid: Grid, resampling: Resampling, *, add_alpha: bool
) -> NDArray[np.generic]:
    """All bands on a grid, as GDAL takes them from the level that tiles come from."""
    plan = plan_of(path, grid, resampling)
    assert isinstance(plan, Gather | Blend)
    level = plan.level
    options = {"overview_level": level - 1} if level else {}
    scales = {}
    if isinstance(plan, Blend):  # which GDAL guesses, and wrongly where a raster ends
        sizes = zip(("XSCALE", "YSCALE"), usual_sizes(plan), strict=True)
        scales = {name: str(1 / max(1.0, size)) for name, size in sizes}
    with (
        rasterio.open(path, **options) as dataset,
        WarpedVRT(
            dataset,
            crs=grid.crs,
            transform=grid.transform,
            width=grid.width,
            height=grid.height,
            resampling=GdalResampling[resampling.value],
            tolerance=0.01,
            add_alpha=add_alpha,
            **scales,
        ) as vrt,
    ):
        return vrt.read()


def pixels_of(content: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"))


def array_of(
    data: NDArray[np.generic],
    mask: NDArray[np.bool_],
    alpha: NDArray[np.uint8] | None,
) -> RasterArray:
    grid = Grid("EPSG:3857", Affine.scale(2, -2), data.shape[2], data.shape[1])
    return RasterArray(data, mask, grid, alpha)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``uint8.tif`` and ``uint16.tif``, faded, and ``rgb.tif``."""
    folder = tmp_path_factory.mktemp("pictures")
    for dtype in ("uint8", "uint16"):
        write_picture(folder / f"{dtype}.tif", smooth_picture(dtype))
    write_picture(folder / "rgb.tif", picture_with_holes(), nodata=0)
    return folder


@pytest.mark.parametrize("tile", TILES)
@pytest.mark.parametrize(
    ("resampling", "dtype"),
    [
        ("nearest", "uint8"),
        ("bilinear", "uint8"),
        ("average", "uint8"),
        ("cubic", "uint8"),
        ("bilinear", "uint16"),
    ],
)
def test_alpha_is_what_gdal_warps_it_to(
    pictures: Path, tile: str, resampling: str, dtype: str
):
    path, grid = pictures / f"{dtype}.tif", TILES[tile]
    kernel = Resampling(resampling)

    array = open_file(path, 1, 2, 3).read(grid, kernel)

    *colors, alpha = warp_all(path, grid, kernel, add_alpha=False)
    wanted = alpha / (1 if dtype == "uint8" else 257)
    assert array.alpha is not None
    shown = array.mask.all(axis=0)
    near = np.abs(array.alpha.astype(float) - wanted)
    # At the edges of the hole, where GDAL's mean is of nothing too.
    assert (near[shown] <= 4).mean() > 0.98
    assert (shown == (wanted > 0)).mean() > 0.98
    both = shown & (wanted > 20)
    limit = 3 * (1 if dtype == "uint8" else 257)
    for band, color in zip(array.data, colors, strict=True):
        assert (np.abs(band.astype(float) - color)[both] <= limit).mean() > 0.98


@pytest.mark.parametrize("form", [PNG, WEBP])
@pytest.mark.parametrize("colors", [1, 3])
def test_a_faded_picture_keeps_its_grades(
    tmp_path: Path, form: ImageFormat, colors: int
):
    path, grid = tmp_path / "faded.tif", TILES["own"]
    write_picture(path, smooth_picture(colors=colors))
    array = open_file(path, *range(1, colors + 1)).read(grid)
    rendering = AS_STORED if colors == 3 else Ramp(0.0, 255.0, "viridis")

    drawn = pixels_of(render_image(array, RGB[:colors], rendering, form))

    assert array.alpha is not None
    assert (drawn[..., 3] == array.alpha * array.mask[0]).all()
    assert len(np.unique(drawn[..., 3])) > 100


def test_a_faded_picture_is_put_on_white_as_jpeg():
    data = np.full((3, 32, 32), 100, np.uint8)
    alpha = np.full((32, 32), 51, np.uint8)
    array = array_of(data, np.ones(data.shape, bool), alpha)

    for bands, rendering in ((3, AS_STORED), (1, ClassColors((100,), ("#646464",)))):
        part = array_of(data[:bands], array.mask[:bands], alpha)
        drawn = pixels_of(render_image(part, RGB[:bands], rendering, JPEG))

        assert np.abs(drawn[..., :3].astype(int) - 224).max() <= 2  # 100/5 + 255*4/5


@given(
    hnp.arrays(np.uint8, (6, 9), elements=st.integers(0, 4)),
    # Pillow takes a transparency of b"\0\n" for b"\0": its pattern ends with "$".
    hnp.arrays(np.uint8, (6, 9), elements=st.integers(11, 255)),
    hnp.arrays(bool, (6, 9)),
)
def test_classes_fade_by_the_product_of_both_alphas(
    values: np.ndarray, alpha: np.ndarray, mask: np.ndarray
):
    colors = ClassColors((1, 2, 3), ("#ff0000", "#00ff0080", "#0000ff"))

    content = render_image(
        array_of(values[None], mask[None], alpha), RGB[:1], colors, PNG
    )

    own = np.array([0, 255, 128, 255, 0])[values] * mask
    wanted = np.floor(own * alpha.astype(int) / 255 + 0.5)
    assert Image.open(io.BytesIO(content)).mode == "P"  # few shades are a palette
    assert (pixels_of(content)[..., 3] == wanted).all()
    assert (pixels_of(content)[..., 0] == 255 * ((values == 1) & mask)).all()


@pytest.mark.parametrize("bands", [1, 3])
def test_an_alpha_of_on_and_off_changes_no_byte(tmp_path: Path, bands: int):
    values = smooth_picture(colors=bands)
    values[-1] = np.where(values[-1] > 90, 255, 0)
    path = tmp_path / "mask.tif"
    write_picture(path, values)
    numbers = range(1, bands + 1)

    array = open_file(path, *numbers).read(TILES["own"], Resampling.BILINEAR)

    assert array.alpha is None
    assert 0 < array.mask.mean() < 1


def test_alpha_of_16_bits_is_rounded_and_never_vanishes():
    stored = np.array([[0, 1, 128, 129, 257, 300, 32768, 65406, 65535]], np.uint16)

    assert opacity(stored).tolist() == [[0, 1, 1, 1, 1, 1, 128, 254, 255]]
    assert opacity(np.array([0.0, 0.2, 7.0])).tolist() == [0, 255, 255]
    assert keep_graded(np.array([[0, 255]], np.uint8)) is None
    for grade in (1, 254):
        assert keep_graded(np.array([[0, grade]], np.uint8)) is not None


def test_partial_alpha_is_data_and_alpha_of_nothing_is_not(tmp_path: Path):
    values = smooth_picture()
    path = tmp_path / "faded.tif"
    write_picture(path, values)
    layer = open_file(path, 1)

    array = layer.read(layer.info.grid)

    assert (array.mask[0] == (values[3] > 0)).all()
    assert (array.data[0] == values[0]).all()


def test_alpha_hides_any_number_of_bands_as_gdals_warper_has_it(tmp_path: Path):
    """GDAL's own masks know of it in files of two and four bands only."""
    values = np.full((5, 32, 32), 100, np.uint8)
    values[-1] = np.arange(32) * 8
    path = tmp_path / "infrared.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=32,
        height=32,
        count=5,
        dtype="uint8",
        crs="EPSG:3857",
        transform=Affine(10, 0, 0, 0, -10, 0),
        photometric="RGB",
        alpha="NO",
    ) as file:
        file.colorinterp = [*file.colorinterp[:-1], ColorInterp.alpha]
        file.write(values)
    layer = open_file(path, 4)

    array = layer.read(layer.info.grid)

    assert array.alpha is not None
    assert (array.alpha == values[-1]).all()
    assert (array.mask[0] == (values[-1] > 0)).all()


def test_npy_has_the_alpha_for_its_mask():
    data = np.arange(8, dtype=np.float32).reshape(2, 2, 2)
    mask = np.ones(data.shape, bool)
    mask[1, 0, 0] = False
    alpha = np.array([[9, 10], [11, 255]], np.uint8)

    stack = np.load(io.BytesIO(encode_npy(data, mask, alpha)))

    assert stack[-1].tolist() == [[0, 10], [11, 255]]


@pytest.mark.parametrize(("dtype", "unit"), [("uint8", 1), ("uint16", 257)])
@pytest.mark.parametrize("colors", [1, 3])
def test_a_geotiff_carries_the_alpha(dtype: str, unit: int, colors: int):
    data = np.arange(colors * 6, dtype=dtype).reshape(colors, 2, 3)
    mask = np.ones(data.shape, bool)
    mask[:, 1, 2] = False
    alpha = np.array([[1, 2, 3], [100, 254, 0]], np.uint8)
    bands = [BandInfo(n, f"b{n}", dtype) for n in range(1, colors + 1)]

    content = encode_geotiff(array_of(data, mask, alpha), bands)

    with rasterio.MemoryFile(content) as memory, memory.open() as file:
        assert file.colorinterp[-1].name == "alpha"
        assert file.nodata is None
        assert (file.read(colors + 1) == alpha * np.array(unit, dtype)).all()
        assert (file.read()[:-1] == data).all()
        assert file.descriptions[0] == "b1"


def test_floats_with_an_alpha_keep_what_is_hidden():
    data = np.ones((1, 1, 3), np.float32)
    mask = np.array([[[True, True, False]]])
    alpha = np.array([[100, 255, 0]], np.uint8)

    content = encode_geotiff(array_of(data, mask, alpha), [BandInfo(1, "b", "float32")])

    with rasterio.MemoryFile(content) as memory, memory.open() as file:
        assert file.count == 1
        assert (file.read_masks(1) > 0).tolist() == mask[0].tolist()


def picture_with_holes() -> NDArray[np.uint8]:
    """Colours of which one channel is 0, and a rim that has none at all."""
    values = np.full((3, SIDE, SIDE), 90, np.uint8)
    values[:, :64] = 0
    values[:, 100:200, 100:200] = np.array([200, 0, 0], np.uint8)[:, None, None]
    values[:, 240:400, 150:350] = np.array([0, 13, 40], np.uint8)[:, None, None]
    return values


@pytest.mark.parametrize("tile", TILES)
@pytest.mark.parametrize("resampling", ["nearest", "bilinear", "average"])
def test_a_picture_shows_what_is_valid_in_any_band(
    pictures: Path, tile: str, resampling: str
):
    """GDAL's warper with UNIFIED_SRC_NODATA, which rasterio and so rio-tiler set."""
    path, grid, kernel = pictures / "rgb.tif", TILES[tile], Resampling(resampling)

    array = read_as_image(open_file(path, 1, 2, 3)).read(grid, kernel)
    drawn = pixels_of(render_image(array, RGB, AS_STORED, PNG))

    *wanted, alpha = warp_all(path, grid, kernel, add_alpha=True)
    both = (drawn[..., 3] > 0) & (alpha > 0)
    assert ((drawn[..., 3] > 0) == (alpha > 0)).mean() > 0.99
    assert (both & (drawn[..., 0] == 0)).any() or tile == "finer"
    for band, color in enumerate(wanted):
        difference = np.abs(drawn[..., band].astype(int) - color)
        assert (difference[both] <= 6).mean() > 0.98


def test_what_is_not_finite_stays_missing_in_its_band(tmp_path: Path):
    values = picture_with_holes().astype(np.float32)
    values[0, 300, 300] = np.nan
    path = tmp_path / "floats.tif"
    write_picture(path, values, nodata=0)
    layer = read_as_image(open_file(path, 1, 2, 3))

    array = layer.read(layer.info.grid.crop(Window(299, 299, 2, 2)))

    assert array.mask[:, 1, 1].tolist() == [False, True, True]
    assert array.mask[:, 0, 0].all()
