"""A STAC Item as a ``Dataset``: one file, or several with consecutive band numbers.

Read as other programs write it: STAC 1.1 bands (or 1.0's ``raster:bands`` and
``eo:bands``), projection v1 and v2, classification, render v2, raster v1 and v2, and
two fields of our own that spare a header request, ``rasterlet:block_shape`` and
``rasterlet:overviews``. What is read from the Items of which provider stands in
docs/stac.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.catalogue.assets import choose_assets, read_file
from raster_core.catalogue.bands import common_name
from raster_core.catalogue.colormaps import read_colormaps
from raster_core.catalogue.dataset import Dataset
from raster_core.catalogue.fields import (
    ItemError,
    as_object,
    read_attribution,
    read_bounds,
    read_required,
    read_text,
    within,
)
from raster_core.catalogue.renders import read_rendering
from raster_core.raster import digest_versions
from raster_core.sources.crs.ellipsoid import finest_grid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from raster_core.catalogue.assets import File
    from raster_core.catalogue.dataset import Asset
    from raster_core.documents import Json


def read_item(
    item_id: str, item: Json, written: Json, resolve: Callable[[str], str]
) -> Dataset:
    """The dataset of an Item with files.

    Args:
        item_id: Its id.
        item: The Item without its nulls.
        written: The Item as written in the catalogue.
        resolve: From an href to where the file is; refuses what is not allowed.

    Raises:
        ItemError: If it is not usable; names the member.
    """
    properties = as_object(read_required(item, "properties"), "properties")
    files = _read_files(item, properties, resolve)
    assets = tuple(file.asset for file in files)
    finest = assets[finest_grid([asset.grid for asset in assets])]
    described = [band for file in files for band in file.described]
    return Dataset(
        id=item_id,
        title=read_text(properties, "title") or item_id,
        description=read_text(properties, "description") or "",
        attribution=read_attribution(properties),
        version=_version(properties, assets),
        stated=read_bounds(item),
        grid=finest.grid,
        overviews=finest.overviews,
        bands=tuple(band for file in files for band in file.bands),
        rendering=read_rendering(properties, described, assets),
        item=written,
        assets=assets,
        names=_band_names(files),
        colormaps=read_colormaps(properties),
    )


def _read_files(
    item: Json, properties: Json, resolve: Callable[[str], str]
) -> list[File]:
    """The served assets; an error in one names its key."""
    files: list[File] = []
    chosen = choose_assets(as_object(read_required(item, "assets"), "assets"))
    for asset in chosen:
        first = 1 + sum(len(file.bands) for file in files)
        try:
            with within(f"asset '{asset.key[:80]}'"):
                files.append(read_file(asset, properties, first, resolve))
        except ItemError:
            if not asset.optional:
                raise
    return files


def _version(properties: Json, assets: Sequence[Asset]) -> str:
    """The Item's, else the files'; empty if a file has none."""
    versions = list(dict.fromkeys(asset.version for asset in assets))
    if "" in versions:
        return ""
    if len(versions) == 1 or "version" in properties:
        return read_text(properties, "version") or versions[0]
    return digest_versions(versions)


def _band_names(files: Sequence[File]) -> dict[str, tuple[int, ...]]:
    """Numbers by band name, else by asset, else by common name."""
    owner = {number: file for file in files for number in file.asset.numbers}
    own: list[tuple[str | None, int]] = []
    keys: list[tuple[str | None, int]] = []
    common: list[tuple[str | None, int]] = []
    for file in files:
        for band, described in zip(file.bands, file.described, strict=True):
            own.append((band.name, band.index))
            common.append((common_name(described), band.index))
        if len(file.bands) == 1:
            keys.append((file.asset.key, file.bands[0].index))
    names: dict[str, tuple[int, ...]] = {}
    for tier in (own, keys, common):
        found: dict[str, list[int]] = {}
        for name, number in tier:
            if name and name not in names:
                found.setdefault(name, []).append(number)
        names |= {n: _prefer(n, numbers, owner) for n, numbers in found.items()}
    return names


def _prefer(
    name: str, numbers: Sequence[int], owner: dict[int, File]
) -> tuple[int, ...]:
    """Those of several bands of one name that are meant, preferably one.

    The band of the asset of that name counts first, then bands in files of their own
    rather than in a composite; among copies of one band, that of the finest file.
    """
    called = [n for n in numbers if owner[n].asset.key == name]
    alone = [n for n in called or numbers if len(owner[n].bands) == 1]
    left = alone or called or list(numbers)
    own = {owner[n].bands[n - owner[n].asset.numbers[0]].name for n in left}
    if len(left) > 1 and len(own) == 1 and alone:
        finest = finest_grid([owner[n].asset.grid for n in left])
        left = [left[finest]]
    return tuple(left)
