"""The Item of a dataset as the service shows it: with its own URLs, not the files'.

It is valid STAC: every asset has an ``href`` that answers, and the members of the asset
describe that answer.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import numpy as np

from handlers.http.versions import dataset_key
from handlers.params.lists.rendering import VERSION
from handlers.platform.settings import MAX_ANSWER
from handlers.routes import linked_routes
from raster_core.drawing.request import MAX_BANDS
from raster_core.tile.grids.part import preview_grid

if TYPE_CHECKING:
    from handlers.contract.route import Route
    from raster_core.catalogue.dataset import Asset, Dataset
    from raster_core.documents import Json

_GEOTIFF = "image/tiff; application=geotiff"

# Pixels a side of an asset: a raster of no more comes as it is.
_MAX_SIDE = 1024

# Bytes of a preview's values: deflate makes noise a little longer, and headers come on
# top.
_MAX_VALUES = MAX_ANSWER * 9 // 10

# Members that STAC requires, with null where they do not apply.
_NULLABLE = frozenset({"geometry", "datetime"})

# Members that describe the bytes of an asset's file, which is not shown.
_OF_FILE = ("file:", "rasterlet:", "alternate", "storage:", "auth:")


def public_item(dataset: Dataset, base: str) -> Json:
    """The Item with the service's URLs in place of those of files.

    Args:
        dataset: A dataset of the catalogue.
        base: The base of the service's URLs, without a slash at the end.
    """
    address = f"{base}/datasets/{quote(dataset.id, safe='')}"
    written = dataset.item.get("assets")
    assets = written if isinstance(written, dict) else {}
    shown = _as_json("", dataset.item)
    return {
        **(shown if isinstance(shown, dict) else {}),
        "assets": {
            asset.key: _public_asset(dataset, asset, assets[asset.key], address)
            for asset in dataset.assets
        },
        "links": _links(dataset, base),
    }


def _public_asset(dataset: Dataset, asset: Asset, written: Json, address: str) -> Json:
    """An asset whose href is a GeoTIFF of its bands, small enough to be sent."""
    bands = [dataset.band(number) for number in asset.numbers[:MAX_BANDS]]
    size = len(bands) * max(np.dtype(band.dtype).itemsize for band in bands)
    side = min(_MAX_SIDE, math.isqrt(_MAX_VALUES // size))
    grid = preview_grid(asset.grid, side)
    query = [*(("bidx", str(band.index)) for band in bands), ("max_size", str(side))]
    key = dataset_key(dataset)
    query += [(VERSION.name, key)] if key else []
    kept = {k: v for k, v in written.items() if not k.startswith(_OF_FILE)}
    shown = _as_json("", kept)
    return {
        **(shown if isinstance(shown, dict) else {}),
        "href": f"{address}/preview.tif?{urlencode(query)}",
        "type": _GEOTIFF,
        "proj:shape": list(grid.shape),
        "proj:transform": list(grid.transform)[:6],
    }


def _links(dataset: Dataset, base: str) -> list[Json]:
    version = dataset_key(dataset)
    return [_link(dataset, base, version, route) for route in linked_routes()]


def _link(dataset: Dataset, base: str, version: str | None, route: Route) -> Json:
    """One link, as STAC's best practices and its extension web-map-links have it."""
    link = route.link
    assert link is not None  # noqa: S101  a linked route
    path = f"{route.path}{link.ending}".replace("{format}", "png")
    query = f"?{VERSION.name}={version}" if link.versioned and version else ""
    return {
        "rel": link.rel,
        "href": f"{base}{path.replace('{id}', quote(dataset.id, safe=''))}{query}",
        "type": route.answers.forms[0].media_type,
        **({"method": "POST"} if route.method == "POST" else {}),
        **({"wmts:layer": dataset.id} if link.rel == "wmts" else {}),
    }


def _as_json(name: str, value: object) -> object:
    """A member of an Item without hrefs, nulls, and numbers that JSON lacks."""
    if isinstance(value, dict):
        kept = {k: _as_json(k, part) for k, part in value.items() if k != "href"}
        return {k: v for k, v in kept.items() if v is not None or k in _NULLABLE}
    if isinstance(value, list):
        return [_as_json(name, part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        # STAC's own spelling, for the one member in which such a number has a meaning.
        return str(value) if name == "nodata" else None
    return value
