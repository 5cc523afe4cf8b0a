"""MapServer's side: a mapfile per raster that draws what the other sides draw.

As its documentation of rasters advises: GeoTIFF with overviews, the dataset kept open
(``CLOSE_CONNECTION=DEFER``), CRS by their codes, nearest resampling. Its defaults are
left where another value was faster: ``OVERSAMPLE_RATIO=1`` (reads half as many pixels
a side), values of 16 bits classified in 256 steps, PNG with zlib's level 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import rasterio
from rio_tiler.colormap import cmap

from benchmarks.shared.paths import BUILD

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.tiles.rasters import Raster

# Steps of the ramp, each drawn as a gradient between its ends: within 2 of 255.
_STEPS = 16

_MAP = """MAP
  SIZE 256 256
  EXTENT -20037508 -20037508 20037508 20037508
  PROJECTION "init=epsg:3857" END
  IMAGETYPE "tile"
  OUTPUTFORMAT
    NAME "tile"
    DRIVER "AGG/PNG"
    MIMETYPE "image/png"
    IMAGEMODE RGBA
    TRANSPARENT ON
    FORMATOPTION "COMPRESSION=1"
  END
  LAYER
    NAME "raster"
    TYPE RASTER
    STATUS DEFAULT
    DATA "{path}"
    PROJECTION "init={crs}" END
    PROCESSING "CLOSE_CONNECTION=DEFER"
    PROCESSING "OVERSAMPLE_RATIO=1.0"
{drawing}
  END
END
"""

_CLASS = """    CLASS
      EXPRESSION ({where})
      STYLE
        RANGEITEM "pixel"
        DATARANGE {low} {high}
        COLORRANGE {colors}
      END
    END"""


def write_mapfile(raster: Raster) -> Path:
    """The raster's mapfile, written anew."""
    with rasterio.open(raster.path) as dataset:
        crs = f"epsg:{dataset.crs.to_epsg()}"
    if "rescale" in dict(raster.rendering):
        drawing = _ramp(dict(raster.rendering))
    elif raster.rendering:
        drawing = '    PROCESSING "BANDS=1,2,3"'
    else:
        drawing = "    OFFSITE 255 255 255"
    path = BUILD / f"{raster.path.stem}.map"
    path.write_text(_MAP.format(path=raster.path, crs=crs, drawing=drawing))
    return path


def _ramp(rendering: dict[str, str]) -> str:
    """A named colormap over a range, beyond which its ends go on."""
    low, high = map(float, rendering["rescale"].split(","))
    colors = cmap.get(rendering["colormap_name"])
    lines = [
        f'    PROCESSING "SCALE={low:g},{high:g}"',
        '    PROCESSING "SCALE_BUCKETS=256"',
    ]
    for step in range(_STEPS):
        ends = [low + (high - low) * (step + end) / _STEPS for end in (0, 1)]
        above = [f"[pixel] >= {ends[0]:g}"] if step else ["[pixel] > -32768"]
        below = [f"[pixel] < {ends[1]:g}"] if step < _STEPS - 1 else []
        both = [colors[round(255 * (step + end) / _STEPS)][:3] for end in (0, 1)]
        lines.append(
            _CLASS.format(
                where=" AND ".join((*above, *below)),
                low=f"{ends[0]:g}",
                high=f"{ends[1]:g}",
                colors=" ".join(str(int(v)) for color in both for v in color),
            )
        )
    return "\n".join(lines)
