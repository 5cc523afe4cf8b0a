"""Tiles that are blocks of their file."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.enums import ColorInterp
from rasterio.shutil import copy

from raster_core.drawing.image import Opened, draw_image, stored_image
from raster_core.layers.file import FileLayer, describe_file
from raster_core.raster import Resampling
from raster_core.sources.file.cog import forget
from raster_core.tile.colors.renderings import Composite
from raster_core.tile.grids.tms import tile_grid
from raster_core.tile.images.encode import ImageFormat

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.grid import Grid

ZOOM, COLUMN, ROW, TILES = 12, 700, 1600, 3

_CHANNELS = ColorInterp.red, ColorInterp.green, ColorInterp.blue

FORMS = {"JPEG": ImageFormat.JPEG, "WEBP": ImageFormat.WEBP}


@dataclass(frozen=True)
class Made:
    """A file whose blocks are tiles, and its layer."""

    path: Path
    layer: FileLayer


def make_file(folder: Path, compression: str, **options: object) -> Made:
    bands = int(str(options.pop("count", 3)))
    hole, nodata = options.pop("hole", False), options.pop("nodata", None)
    grid, side = tile_grid(ZOOM, COLUMN, ROW), 256 * TILES
    rows, cols = np.mgrid[:side, :side]
    pixels = np.stack([cols // 3, rows // 3, (rows + cols) // 6, rows * 0 + 255])
    plain, path = folder / "plain.tif", folder / f"{compression}.tif"
    profile = {
        "width": side,
        "height": side,
        "count": bands,
        "dtype": "uint8",
        "crs": grid.crs,
        "transform": grid.transform,
        "nodata": nodata,
        "photometric": "RGB",
        "driver": "GTiff",
    }
    with (
        rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True),
        rasterio.open(plain, "w", **profile) as target,
    ):
        target.colorinterp = (*_CHANNELS, ColorInterp.alpha)[:bands]
        target.write(pixels[:bands].astype(np.uint8))
        if hole:
            target.write_mask((rows > 10) | (cols > 300))
    copy(
        *(plain, path),
        **{"driver": "COG", "blocksize": 256, "compress": compression, **options},
    )
    # A file that is as new as its being opened may be another one since.
    changed = path.stat().st_ctime
    while time.time() < changed + 0.1:
        time.sleep(0.01)
    layer = describe_file(str(path), 1, 2, 3).open().as_image()
    return Made(path, layer)


def tile(col: int = 0, row: int = 0, size: int = 256) -> Grid:
    return tile_grid(ZOOM, COLUMN + col, ROW + row, size=size)


def opened(layer: FileLayer, rendering: Composite | None = None) -> Opened:
    whole = Composite(((0.0, 255.0),) * 3)
    return Opened(layer, rendering or whole, Resampling.NEAREST)


def decode(image: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(image)).convert("RGB")).transpose(2, 0, 1)


@pytest.mark.parametrize("compression", ["JPEG", "WEBP"])
def test_a_tile_that_is_a_block_shows_its_pixels_exactly(
    tmp_path: Path, compression: str
):
    made, form = make_file(tmp_path, compression), FORMS[compression]

    image = stored_image(opened(made.layer), tile(1, 2), form)

    with rasterio.open(made.path) as dataset:
        stored = dataset.read(window=((512, 768), (256, 512)))
    assert image is not None
    assert (decode(image) == stored).all()
    drawn = draw_image(made.layer.read(tile(1, 2)), opened(made.layer), form)
    assert abs(decode(drawn).astype(int) - decode(image)).mean() < 4


def test_blocks_of_overviews_are_handed_out(tmp_path: Path):
    made = make_file(tmp_path, "JPEG", overview_resampling="nearest")
    grid = tile_grid(ZOOM - 1, COLUMN // 2, ROW // 2)

    image = stored_image(opened(made.layer), grid, ImageFormat.JPEG)

    with rasterio.open(made.path, overview_level=0) as dataset:
        stored = dataset.read(window=((0, 256), (0, 256)))
    assert image is not None
    assert (decode(image) == stored).all()


@pytest.mark.parametrize("compression", ["JPEG", "WEBP", "DEFLATE"])
def test_another_format_is_drawn(tmp_path: Path, compression: str):
    made = make_file(tmp_path, compression)

    others = [form for form in ImageFormat if form is not FORMS.get(compression)]

    for form in others:
        assert stored_image(opened(made.layer), tile(), form) is None


@pytest.mark.parametrize(
    "grid",
    [tile(-1), tile(TILES), tile(size=512), tile_grid(13, 2 * COLUMN, 2 * ROW)],
)
def test_what_is_no_block_is_drawn(tmp_path: Path, grid: Grid):
    made = make_file(tmp_path, "JPEG")

    assert stored_image(opened(made.layer), grid, ImageFormat.JPEG) is None


def test_other_colours_are_drawn(tmp_path: Path):
    made = make_file(tmp_path, "JPEG")
    first, *others = made.layer.info.bands
    turned = replace(made.layer.info, bands=(*others, first))
    hidden = replace(made.layer.info, bands=(replace(first, nodata=7), *others))

    for wanted in (
        opened(made.layer, Composite(((0.0, 254.0),) * 3)),
        opened(made.layer, Composite(((0.0, 255.0),) * 3, exact=True)),
        opened(replace(made.layer, info=turned)),
        opened(replace(made.layer, info=hidden)),
        Opened(made.layer, None, Resampling.NEAREST),
    ):
        assert stored_image(wanted, tile(), ImageFormat.JPEG) is None


def test_a_block_with_a_hole_is_drawn_and_its_neighbour_is_not(tmp_path: Path):
    made = make_file(tmp_path, "JPEG", hole=True)

    assert stored_image(opened(made.layer), tile(), ImageFormat.JPEG) is None
    assert stored_image(opened(made.layer), tile(2, 2), ImageFormat.JPEG) is not None


def test_a_webp_keeps_its_alpha(tmp_path: Path):
    made = make_file(tmp_path, "WEBP", count=4)

    image = stored_image(opened(made.layer), tile(), ImageFormat.WEBP)

    assert image is not None
    assert Image.open(io.BytesIO(image)).size == (256, 256)


def test_bytes_of_a_file_that_has_taken_the_name_are_not_handed_out(tmp_path: Path):
    made = make_file(tmp_path, "JPEG")
    assert stored_image(opened(made.layer), tile(), ImageFormat.JPEG) is not None

    made.path.rename(tmp_path / "old.tif")
    (tmp_path / "old.tif").with_name("new.tif").write_bytes(bytes(100_000))
    (tmp_path / "new.tif").rename(made.path)

    assert stored_image(opened(made.layer), tile(), ImageFormat.JPEG) is None
    forget(str(made.path))
