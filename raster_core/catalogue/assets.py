"""Which assets of an Item are served, and what it says of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from raster_core.catalogue.bands import merge_bands, read_band, state_offset
from raster_core.catalogue.dataset import Asset
from raster_core.catalogue.fields import (
    ItemError,
    as_array,
    as_object,
    as_whole,
    read_grid,
    read_required,
    read_text,
    within,
)
from raster_core.errors import SourceError
from raster_core.sources.companion.limits import MAX_TEXT
from raster_core.sources.companion.siblings import MASK, check_mask_place

if TYPE_CHECKING:
    from collections.abc import Callable

    from raster_core.documents import Json
    from raster_core.stated import StatedBand

# Roles of images and documents that belong to a raster.
_BESIDE = frozenset({"thumbnail", "overview", "metadata", "visual"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """An asset that is served."""

    key: str
    fields: Json
    alone: bool
    """Whether it is the Item's only raster: properties then describe its bands, and
    bands without a name are numbered. Otherwise the key says what they show."""
    optional: bool
    """Whether it is left out if it cannot be read."""

    def name(self, position: int, count: int) -> str:
        """What the band at a position is called if the Item does not say."""
        if self.alone:
            return f"b{position}"
        return self.key if count == 1 else f"{self.key}_b{position}"


@dataclass(frozen=True, slots=True)
class File:
    """An asset and what is said of its bands."""

    asset: Asset
    bands: tuple[StatedBand, ...]
    described: tuple[Json, ...]


def choose_assets(assets: Json) -> list[Chosen]:
    """The GeoTIFFs of an Item, without its thumbnails, overviews and the like.

    Those in the role ``data`` come first. The role alone does not tell: quality bands
    are ``cloud`` or ``saturation``, and some reflectances just ``reflectance``.

    Raises:
        ItemError: If there is none.
    """
    every = {key: as_object(asset, f"asset '{key}'") for key, asset in assets.items()}
    roles = {key: _read_roles(key, asset) for key, asset in every.items()}
    rasters = [key for key in every if _is_raster(key, every[key], roles[key])]
    if not rasters:
        raise ItemError("it has no GeoTIFF among its assets")
    data = [key for key in rasters if "data" in roles[key]]
    others = [key for key in rasters if not roles[key] & (_BESIDE | {"data"})]
    # If an Item has nothing but images, these are its rasters.
    main = data or others or rasters
    beside = others if data else []
    return [
        *(Chosen(key, every[key], len(main) == 1, optional=False) for key in main),
        *(Chosen(key, every[key], alone=False, optional=True) for key in beside),
    ]


def _read_roles(key: str, asset: Json) -> frozenset[str]:
    """The roles of an asset; some catalogues write ``role``."""
    with within(f"asset '{key}'"):
        roles = asset.get("roles", asset.get("role", ()))
        listed = [roles] if isinstance(roles, str) else as_array(roles, "roles")
        return frozenset(map(str, listed))


def _is_raster(key: str, asset: Json, roles: frozenset[str]) -> bool:
    """Whether an asset is a GeoTIFF, by its type, else by its name or its role."""
    with within(f"asset '{key}'"):
        kind, href = read_text(asset, "type"), read_text(asset, "href") or ""
    if kind is not None:
        return "tiff" in kind.lower()
    path = urlsplit(href).path if "://" in href else href
    return path.lower().endswith((".tif", ".tiff")) or "data" in roles


def read_file(
    chosen: Chosen, properties: Json, first: int, resolve: Callable[[str], str]
) -> File:
    """What an Item says of a file.

    Args:
        chosen: The asset.
        properties: The Item's.
        first: Number of its first band in the dataset.
        resolve: From an href to where the file is.

    Raises:
        ItemError: If a member is missing or of the wrong kind.
    """
    fields = {**properties, **chosen.fields}
    described = merge_bands(chosen.fields, properties, alone=chosen.alone)
    bands = []
    for position, band in enumerate(described):
        with within(f"bands[{position}]"):
            stated = state_offset(band, properties, alone=len(described) == 1)
            name = chosen.name(position + 1, len(described))
            bands.append(read_band(first + position, stated, name))
    href = resolve(str(read_required(chosen.fields, "href")))
    _check_sidecars(chosen.fields, href)
    if read_text(chosen.fields, "rasterlet:alpha") == "data":
        bands = [replace(band, alpha_is_mask=False) for band in bands]
    asset = Asset(
        key=chosen.key,
        href=href,
        version=read_text(fields, "version")
        or read_text(fields, "file:checksum")
        or "",
        grid=read_grid(fields),
        overviews=_read_overviews(chosen.fields),
        numbers=tuple(range(first, first + len(bands))),
        carried=_read_carried(chosen.fields),
    )
    return File(asset, tuple(bands), tuple(described))


def _check_sidecars(fields: Json, href: str) -> None:
    """Refuse a mask beside a file in a store, as those that describe it do."""
    name = "rasterlet:sidecars"
    if MASK in as_array(fields.get(name, ()), name):
        try:
            check_mask_place(href)
        except SourceError as error:
            raise ItemError(str(error)) from error


def _read_carried(fields: Json) -> str:
    """What an Item carries of a file's header; what is in it, its opening checks."""
    name = "rasterlet:opening"
    carried = read_text(fields, name) or ""
    if len(carried) > MAX_TEXT:
        raise ItemError(f"{name} has {len(carried)} characters; {MAX_TEXT} at most")
    return carried


def _read_overviews(fields: Json) -> tuple[int, ...]:
    """Decimation factors of the overviews."""
    name = "rasterlet:overviews"
    factors = tuple(
        as_whole(factor, f"{name}[{position}]")
        for position, factor in enumerate(as_array(fields.get(name, ()), name))
    )
    if any(factor < 1 for factor in factors):
        raise ItemError(f"{name} has a factor below 1")
    return factors
