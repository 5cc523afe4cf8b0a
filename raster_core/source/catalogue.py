"""The catalogue: STAC Items, from bytes to ``Dataset`` values.

Fetches nothing and opens no raster. An Item is read as the ecosystem writes it: STAC
1.1 bands, projection v2, classification v2, render v2, raster v2, and two fields of
our own that spare a header request, ``rasterlet:block_shape`` and
``rasterlet:overviews``.
"""

from __future__ import annotations

import json
import math
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlsplit

from affine import Affine

from raster_core.errors import NotFoundError, RequestError, SourceError
from raster_core.grid import BandInfo, Bounds, Grid, RasterClass

if TYPE_CHECKING:
    from collections.abc import Iterable

type Json = Mapping[str, object]


class ItemError(SourceError):
    """What makes one Item unusable; shown to callers, so it quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class RenderDefaults:
    """How a dataset wants to be drawn when the request does not say."""

    band: int = 1
    rescale: tuple[float, float] | None = None
    """Physical values of the first and last colour."""
    colormap_name: str | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """One raster of the catalogue."""

    id: str
    title: str
    description: str
    attribution: str
    href: str
    """Resolved against the catalogue and inside the allow-list."""
    version: str
    bounds: Bounds
    """Longitude and latitude; left > right over the antimeridian (RFC 7946)."""
    grid: Grid
    overviews: tuple[int, ...]
    """Decimation factors, ascending."""
    bands: tuple[BandInfo, ...]
    rendering: RenderDefaults
    item: Json
    """The STAC Item as written in the catalogue."""

    def band(self, index: int) -> BandInfo:
        """The band of a 1-based index.

        Raises:
            RequestError: The dataset has no such band.
        """
        if not 1 <= index <= len(self.bands):
            raise RequestError(f"Band {index} is not one of 1 to {len(self.bands)}")
        return self.bands[index - 1]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Datasets by id, and what is wrong with the Items that are none."""

    datasets: Mapping[str, Dataset]
    faults: Mapping[str, str]
    """Item id to what makes it unusable. One bad Item must not hide the others."""

    def dataset(self, dataset_id: str) -> Dataset:
        """The dataset of an id.

        Raises:
            NotFoundError: The catalogue has no such Item.
            SourceError: It has, but the Item is not usable.
        """
        if dataset_id in self.faults:
            raise SourceError(
                f"Dataset '{dataset_id}' is not usable: {self.faults[dataset_id]}"
            )
        if dataset_id not in self.datasets:
            raise NotFoundError(f"There is no dataset '{dataset_id}'")
        return self.datasets[dataset_id]


def parse_catalogue(
    content: bytes, location: str, *, allowed: Sequence[str] = ()
) -> Catalogue:
    """Read a FeatureCollection of Items that stands at ``location``.

    Args:
        content: JSON text.
        location: Path or URL of the catalogue; relative hrefs start there.
        allowed: Prefixes that an href may have; none means the catalogue's folder.

    Raises:
        SourceError: It is not a FeatureCollection.
    """
    try:
        # Python writes NaN where JSON has none; as text, STAC's own spelling of it.
        features = list(json.loads(content, parse_constant=str)["features"])
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise SourceError("The catalogue is not a collection of STAC Items") from error

    prefixes = tuple(allowed) or (posixpath.dirname(location) or ".",)
    datasets: dict[str, Dataset] = {}
    faults: dict[str, str] = {}
    for number, item in enumerate(features):
        item_id = f"feature {number}"
        try:
            item_id = str(_object(item)["id"])
            datasets[item_id] = _dataset(item_id, item, location, prefixes)
        except KeyError as error:
            faults[item_id] = f"{error.args[0]} is missing"
        except ItemError as error:
            faults[item_id] = str(error)
        except (TypeError, ValueError, LookupError, AttributeError, OverflowError):
            # Python's own words may quote the Item, and so name a bucket.
            faults[item_id] = "a field has a value of the wrong kind"
    return Catalogue(datasets, faults)


def resolve_href(href: str, location: str, allowed: Iterable[str]) -> str:
    """``href`` as seen from the document at ``location``, if it is allowed.

    Dot segments are folded, also percent-encoded ones, before the prefixes are
    compared, and a prefix ends at a separator: ``s3://b/a`` does not allow
    ``s3://b/abc``.

    Raises:
        ItemError: It lies under none of the ``allowed`` prefixes.
    """
    absolute = "://" in href or href.startswith("/")
    full = href if absolute else posixpath.join(posixpath.dirname(location), href)
    resolved = _fold(full)
    for prefix in map(_fold, allowed):
        if resolved.startswith(prefix.rstrip("/") + "/"):
            return resolved
        local = "://" not in resolved and not resolved.startswith(("/", ".."))
        if prefix == "." and local:
            return resolved
    raise ItemError("its href is outside the allowed prefixes")


def _fold(href: str) -> str:
    """``href`` without dot segments in its path."""
    if "://" not in href:
        return posixpath.normpath(href)
    parts = urlsplit(href)
    if ".." in unquote(parts.path).split("/"):
        raise ItemError("its href has '..' segments")
    return href


def _dataset(
    item_id: str, item: Json, location: str, allowed: tuple[str, ...]
) -> Dataset:
    properties = _object(item["properties"])
    asset = _data_asset(item)
    fields = {**properties, **asset}
    return Dataset(
        id=item_id,
        title=str(properties.get("title") or item_id),
        description=str(properties.get("description") or ""),
        attribution=_attribution(properties),
        href=resolve_href(str(asset["href"]), location, allowed),
        version=str(properties.get("version") or asset["file:checksum"]),
        bounds=_bounds(item),
        grid=_grid(fields),
        overviews=tuple(int(f) for f in _array(asset.get("rasterlet:overviews", ()))),
        bands=tuple(
            _band(index, _object(band))
            for index, band in enumerate(_array(asset["bands"]), start=1)
        ),
        rendering=_rendering(properties),
        item=item,
    )


def _object(value: object) -> Json:
    if not isinstance(value, Mapping):
        raise ItemError("a field is not a JSON object")
    return value


def _array(value: object) -> Sequence[float]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ItemError("a field is not a JSON array")
    return value


def _number(value: object) -> float | None:
    """A JSON number, also in STAC's spelling of NaN as a string."""
    return None if value is None else float(cast("float", value))


def _data_asset(item: Json) -> Json:
    """The first asset in the role ``data``, else the first."""
    assets = [_object(asset) for asset in _object(item["assets"]).values()]
    with_data = (a for a in assets if "data" in cast("list[str]", a.get("roles", ())))
    return next(with_data, None) or assets[0]


def _bounds(item: Json) -> Bounds:
    """The Item's box; heights between the corners are left out."""
    left, bottom, *_, right, top = map(float, _array(item["bbox"]))
    bounds = Bounds(left, bottom, right, top)
    if not all(map(math.isfinite, bounds)):
        raise ItemError("bbox is not finite")
    return bounds


def _attribution(properties: Json) -> str:
    providers = cast("Sequence[Json]", properties.get("providers", ()))
    return ", ".join(str(provider["name"]) for provider in providers)


def _grid(fields: Json) -> Grid:
    height, width = map(int, _array(fields["proj:shape"]))
    crs = fields.get("proj:code") or fields["proj:wkt2"]
    return Grid(str(crs), Affine(*_array(fields["proj:transform"])[:6]), width, height)


def _band(index: int, band: Json) -> BandInfo:
    statistics = _object(band.get("statistics", {}))
    classes = cast("Sequence[Json]", band.get("classification:classes", ()))
    return BandInfo(
        index=index,
        name=str(band.get("name") or f"b{index}"),
        dtype=str(band["data_type"]),
        nodata=_number(band.get("nodata")),
        unit=cast("str | None", band.get("unit")),
        scale=_number(band.get("raster:scale", 1.0)) or 1.0,
        offset=_number(band.get("raster:offset", 0.0)) or 0.0,
        minimum=_number(statistics.get("minimum")),
        maximum=_number(statistics.get("maximum")),
        classes=tuple(sorted(map(_class, classes), key=lambda c: c.value)),
    )


def _class(entry: Json) -> RasterClass:
    hint = entry.get("color_hint")
    return RasterClass(
        value=int(cast("int", entry["value"])),
        name=str(entry.get("title") or entry.get("description") or entry["name"]),
        color=f"#{hint}".lower() if hint else None,
    )


def _rendering(properties: Json) -> RenderDefaults:
    """The render named ``default``, else the first of ``renders``."""
    renders = _object(properties.get("renders", {}))
    if not renders:
        return RenderDefaults()
    render = _object(renders.get("default") or next(iter(renders.values())))
    rescale = cast("Sequence[Sequence[float]]", render.get("rescale", ()))
    name = render.get("colormap_name")
    return RenderDefaults(
        band=int(_array(render.get("bidx", [1]))[0]),
        rescale=(float(rescale[0][0]), float(rescale[0][1])) if rescale else None,
        colormap_name=str(name) if name else None,
    )
