"""A STAC Item as a ``Dataset``: one file, or several whose bands are numbered on.

Read as the ecosystem writes it: STAC 1.1 bands (or 1.0's ``raster:bands`` and
``eo:bands``), projection v1 and v2, classification v2, render v2, raster v2, and two
fields of our own that spare a header request, ``rasterlet:block_shape`` and
``rasterlet:overviews``.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from raster_core.source.dataset import Asset, Dataset, RenderDefaults
from raster_core.source.ellipsoid import finest_grid
from raster_core.source.fields import (
    ItemError,
    Json,
    as_array,
    as_nodata,
    as_object,
    as_text,
    common_name,
    merge_bands,
    read_attribution,
    read_band,
    read_bounds,
    read_grid,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from raster_core.grid import BandInfo


@dataclass(frozen=True, slots=True)
class _File:
    """An asset and what it says of its bands."""

    asset: Asset
    bands: tuple[BandInfo, ...]
    described: tuple[Json, ...]


def read_item(item_id: str, item: Json, resolve: Callable[[str], str]) -> Dataset:
    """The dataset of an Item with files.

    Args:
        item_id: Its id.
        item: As written in the catalogue.
        resolve: From an href to where the file is; refuses what is not allowed.

    Raises:
        ItemError: It is not usable; so says a KeyError, TypeError, ValueError,
            LookupError, AttributeError or OverflowError.
    """
    properties = as_object(item["properties"])
    chosen = _data_assets(as_object(item["assets"]))
    files: list[_File] = []
    for key, fields in chosen.items():
        first = 1 + sum(len(file.bands) for file in files)
        # A lone file's bands are numbered; of several, the asset says what they show.
        names = key, key if len(chosen) > 1 else None
        files.append(_read_asset(names, {**properties, **fields}, first, resolve))
    assets = tuple(file.asset for file in files)
    finest = assets[finest_grid([asset.grid for asset in assets])]
    described = [band for file in files for band in file.described]
    return Dataset(
        id=item_id,
        title=str(properties.get("title") or item_id),
        description=str(properties.get("description") or ""),
        attribution=read_attribution(properties),
        version=_version(properties, assets),
        stated=read_bounds(item),
        grid=finest.grid,
        overviews=finest.overviews,
        bands=tuple(band for file in files for band in file.bands),
        rendering=read_rendering(properties, described, assets),
        item=item,
        assets=assets,
        names=_band_names(files),
    )


def _data_assets(assets: Json) -> dict[str, Json]:
    """The GeoTIFFs in the role ``data``; without one, the first asset of all."""
    every = {str(key): as_object(asset) for key, asset in assets.items()}
    data = {
        key: asset
        for key, asset in every.items()
        if "data" in cast("list[str]", asset.get("roles", ()))
    }
    tiffs = {k: a for k, a in data.items() if "tiff" in str(a.get("type", "tiff"))}
    first = list((data or every).items())[:1]
    if not first:
        raise ItemError("it has no asset")
    return tiffs or dict(first)


def _read_asset(
    names: tuple[str, str | None],
    fields: Json,
    first: int,
    resolve: Callable[[str], str],
) -> _File:
    """One asset; what is wrong with one of several is told with its name."""
    try:
        return _read_file(names, fields, first, resolve)
    except (ItemError, KeyError) as error:
        if names[1] is None:
            raise
        known = isinstance(error, ItemError)
        what = str(error) if known else f"{error.args[0]} is missing"
        raise ItemError(f"asset '{names[1][:80]}': {what}") from error


def _read_file(
    names: tuple[str, str | None],
    fields: Json,
    first: int,
    resolve: Callable[[str], str],
) -> _File:
    """One asset, whose first band has the number ``first``."""
    key, stem = names
    described = merge_bands(fields)
    numbers = range(first, first + len(described))
    bands = tuple(
        read_band(number, band, _default_name(stem, place, len(described)))
        for place, (number, band) in enumerate(zip(numbers, described, strict=True), 1)
    )
    asset = Asset(
        key=key,
        href=resolve(str(fields["href"])),
        version=str(fields.get("version") or fields.get("file:checksum") or ""),
        grid=read_grid(fields),
        overviews=tuple(
            int(factor) for factor in as_array(fields.get("rasterlet:overviews", ()))
        ),
        numbers=tuple(numbers),
    )
    return _File(asset, bands, tuple(described))


def _default_name(stem: str | None, place: int, count: int) -> str:
    """The name of a band that the Item has none for."""
    if stem is None:
        return f"b{place}"
    return stem if count == 1 else f"{stem}_b{place}"


def _version(properties: Json, assets: Sequence[Asset]) -> str:
    """The Item's, else the files'; empty if a file has none."""
    versions = list(dict.fromkeys(asset.version for asset in assets))
    if "" in versions:
        return ""
    if len(versions) == 1 or "version" in properties:
        return str(properties.get("version") or versions[0])
    return hashlib.sha256(" ".join(versions).encode()).hexdigest()[:16]


def _band_names(files: Sequence[_File]) -> dict[str, tuple[int, ...]]:
    """Numbers by band name, else by asset, else by common name."""
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
        known = set(names)
        for name, number in tier:
            if name and name not in known:
                names[name] = (*names.get(name, ()), number)
    return names


def read_rendering(
    properties: Json, bands: Sequence[Json], assets: Sequence[Asset]
) -> RenderDefaults:
    """The render named ``default``, else the first of ``renders``.

    Args:
        properties: The Item's.
        bands: What it says of all bands.
        assets: Where they are; a render may name them.

    Source: STAC render extension v2.
    """
    renders = as_object(properties.get("renders", {}))
    render = as_object(renders.get("default") or next(iter(renders.values()), {}))
    rescale = cast("Sequence[Sequence[float]]", render.get("rescale") or ())
    colormap = render.get("colormap")
    return RenderDefaults(
        bands=_rendered_bands(render, assets) or _true_color(bands),
        rescale=tuple((float(low), float(high)) for low, high in rescale),
        colormap_name=as_text(render, "colormap_name"),
        colormap=json.dumps(colormap) if colormap else None,
        expression=as_text(render, "expression"),
        resampling=as_text(render, "resampling"),
        nodata=as_nodata(render.get("nodata")),
    )


def _rendered_bands(render: Json, assets: Sequence[Asset]) -> tuple[int, ...]:
    """Numbers of the bands that a render names; of each asset, its first or bidx'."""
    indexes = tuple(map(int, as_array(render.get("bidx") or ())))
    by_key = {asset.key: asset.numbers for asset in assets}
    named = [str(key) for key in as_array(render.get("assets") or ())]
    if len(assets) <= 1 or not named:
        return indexes
    return tuple(by_key[key][index - 1] for key in named for index in indexes or (1,))


def _true_color(bands: Sequence[Json]) -> tuple[int, ...]:
    """The red, the green and the blue band of a picture, else the first band."""
    names = list(map(common_name, bands))
    colors = [name for name in names if name in ("red", "green", "blue")]
    picture = all(band.get("data_type") == "uint8" for band in bands)
    if not picture or sorted(map(str, colors)) != ["blue", "green", "red"]:
        return (1,)
    return tuple(names.index(name) + 1 for name in ("red", "green", "blue"))
