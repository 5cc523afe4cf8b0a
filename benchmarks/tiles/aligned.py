"""Pictures whose blocks are tiles of Web Mercator's grid, as cog-tiles wants them.

Elevations of the zonal suite, lit and with grain, over 32 x 32 tiles of zoom 13: as
``gdal_translate -of COG -co TILING_SCHEME=GoogleMapsCompatible`` writes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import rasterio
from affine import Affine
from rasterio.windows import Window

from benchmarks.shared.cogs import Coding
from benchmarks.shared.paths import BUILD
from benchmarks.zonal.rasters import ELEVATION

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_ZOOM, _ACROSS = 13, 32
_SIDE = 256 * _ACROSS

# The first tile: a multiple of 32, so that overviews are tiles down to zoom 8.
_X, _Y = 42 * _ACROSS, 99 * _ACROSS
_REACH = 20037508.342789244
_TILE = 2 * _REACH / 2**_ZOOM

_STRIP = 512
_SEED = 20_263

_SCHEME = (
    ("tiling_scheme", "GoogleMapsCompatible"),
    ("add_alpha", "NO"),
    ("blocksize", "256"),
    ("overview_resampling", "AVERAGE"),
)

PATHS = {
    name: BUILD / f"aligned{name.lower()}_{_SIDE}_1.tif"
    for name in ("DEFLATE", "JPEG", "WebP")
}
FORMATS = {"DEFLATE": "png", "JPEG": "jpg", "WebP": "webp"}
CODINGS = {
    "DEFLATE": Coding("DEFLATE", "STANDARD", _SCHEME),
    "JPEG": Coding("JPEG", "NO", (*_SCHEME, ("quality", "85"))),
    "WebP": Coding("WEBP", "NO", (*_SCHEME, ("quality", "85"))),
}


def write(path: Path) -> None:
    """The picture, uncompressed."""
    random = np.random.default_rng(_SEED)
    scale = _TILE / 256
    left, top = _X * _TILE - _REACH, _REACH - _Y * _TILE
    with (
        rasterio.open(ELEVATION.path) as source,
        rasterio.open(
            path,
            "w",
            driver="GTiff",
            width=_SIDE,
            height=_SIDE,
            count=3,
            dtype="uint8",
            crs="EPSG:3857",
            transform=Affine(scale, 0.0, left, 0.0, -scale, top),
            tiled=True,
            photometric="RGB",
            interleave="pixel",
        ) as target,
    ):
        for row in range(0, _SIDE, _STRIP):
            window = Window(0, row, _SIDE, _STRIP)
            heights = source.read(1, window=window).astype(np.float32)
            grain = random.integers(-3, 4, (_STRIP, _SIDE))
            picture = np.clip(light(heights).astype(np.int16) + grain, 0, 255)
            target.write(picture.astype(np.uint8), window=window)


def light(height: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Brown, green and blue of heights in metres, lit: (3, rows, columns)."""
    slope = np.gradient(height, 30.0)
    light = np.clip(0.85 + 0.1 * (slope[0] + slope[1]), 0.7, 1.0)
    level = np.clip((height - 900.0) / 3000.0, 0.0, 1.0)
    colors = (120 + 120 * level, 110 + 130 * level**2, 80 + 170 * level**3)
    return np.stack([(color * light).astype(np.uint8) for color in colors])
