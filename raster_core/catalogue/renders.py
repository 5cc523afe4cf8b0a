"""How an Item wants to be drawn: its ``renders``.

Source: STAC render extension v2.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from raster_core.catalogue.bands import common_name
from raster_core.catalogue.dataset import RenderDefaults
from raster_core.catalogue.fields import (
    ItemError,
    as_array,
    as_number,
    as_whole,
    read_nodata,
    read_object,
    read_text,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.catalogue.dataset import Asset
    from raster_core.documents import Json


def read_rendering(
    properties: Json, bands: Sequence[Json], assets: Sequence[Asset]
) -> RenderDefaults:
    """The render named ``default``, else the first of ``renders``.

    Args:
        properties: The Item's.
        bands: What it says of all bands.
        assets: Where they are; a render may name them.

    Raises:
        ItemError: If a member is of the wrong type.
    """
    renders = read_object(properties, "renders")
    name = "default" if "default" in renders else next(iter(renders), "default")
    with within("renders"):
        render = read_object(renders, name)
    with within(f"renders.{name}"):
        return RenderDefaults(
            bands=_read_bands(render, assets) or _true_color(bands),
            rescale=_read_rescale(render),
            colormap_name=read_text(render, "colormap_name"),
            colormap=_read_colormap(render),
            color_formula=read_text(render, "color_formula"),
            expression=read_text(render, "expression"),
            resampling=read_text(render, "resampling"),
            nodata=read_nodata(render),
        )


def _read_bands(render: Json, assets: Sequence[Asset]) -> tuple[int, ...]:
    """Numbers of the bands that a render names: each asset's first, or its ``bidx``.

    Empty where it names an asset that is not served, such as a thumbnail.
    """
    given = as_array(render.get("bidx", ()), "bidx")
    indexes = tuple(
        as_whole(n, f"bidx[{position}]") for position, n in enumerate(given)
    )
    numbers = {asset.key: asset.numbers for asset in assets}
    keys = [str(key) for key in as_array(render.get("assets", ()), "assets")]
    if len(assets) > 1 and keys:
        indexes = indexes or (1,)
    else:
        # A render of the only raster, or of an overlay, need not name it.
        keys = list(numbers)[:1]
        numbers = {key: tuple(n for a in assets for n in a.numbers) for key in keys}
    if not all(key in numbers for key in keys):
        return ()
    count = min((len(numbers[key]) for key in keys), default=1)
    for index in indexes:
        if not 1 <= index <= count:
            raise ItemError(f"bidx has {index}, which is not one of 1 to {count}")
    return tuple(numbers[key][index - 1] for key in keys for index in indexes)


def _read_rescale(render: Json) -> tuple[tuple[float, float], ...]:
    """The ranges, also a single one that is written without its outer array.

    Ranges with an end that is not finite count as missing.
    """
    ranges = as_array(render.get("rescale", ()), "rescale")
    if len(ranges) == 2 and not any(isinstance(part, list) for part in ranges):
        ranges = [ranges]
    found = []
    for position, part in enumerate(ranges):
        pair = as_array(part, f"rescale[{position}]")
        if len(pair) != 2:
            raise ItemError(f"rescale[{position}] has {len(pair)} numbers, not 2")
        low, high = (as_number(end, f"rescale[{position}]") for end in pair)
        found.append((low, high))
    known = all(math.isfinite(end) for pair in found for end in pair)
    return tuple(found) if known else ()


def _read_colormap(render: Json) -> str | None:
    """A colormap of its own, as JSON text."""
    colormap = render.get("colormap")
    if not colormap:
        return None
    if not isinstance(colormap, dict | list):
        raise ItemError("colormap is not a JSON object or array")
    try:
        return json.dumps(colormap, allow_nan=False)
    except ValueError:
        raise ItemError("colormap has a number that is not finite") from None


def _true_color(bands: Sequence[Json]) -> tuple[int, ...]:
    """The red, the green and the blue band of an image, else the first band."""
    names = list(map(common_name, bands))
    colors = [name for name in names if name in ("red", "green", "blue")]
    is_image = all(band.get("data_type") == "uint8" for band in bands)
    if not is_image or sorted(map(str, colors)) != ["blue", "green", "red"]:
        return (1,)
    return tuple(names.index(name) + 1 for name in ("red", "green", "blue"))
