"""Whether the Items of a catalogue say what their files are."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from raster_core.catalogue.catalogue import parse_catalogue
from raster_core.errors import RasterError
from raster_core.ingest.bands import masking_alpha
from raster_core.ingest.item import file_version, join_versions
from raster_core.sources.file.cog import open_cog
from raster_core.sources.warp.budget import MAX_PIXELS
from rasterlet.opening.files import check_file
from rasterlet.opening.places import Place, is_remote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raster_core.catalogue.catalogue import Catalogue
    from raster_core.catalogue.dataset import Asset, Dataset
    from raster_core.documents import Json
    from raster_core.grid import Grid
    from raster_core.sources.file.cog import Cog

# Fraction of its extent by which an Item's box may be beyond its raster.
_TOLERANCE = 0.01

# Fraction of a pixel by which its position may differ.
_SAME = 1e-3

# What the Item of a quantity has if it is not told another.
_DEFAULT = "viridis"

# A version that is a digest of the content.
_DIGEST = re.compile("[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an Item."""

    id: str
    reason: str
    remedy: str
    """A command, or what to do; empty if the reason says it."""


def read_served(path: Path) -> Catalogue:
    """A catalogue as the service reads it, with the prefixes that it is allowed.

    Raises:
        SourceError: If it is not a catalogue.
        OSError: If it cannot be read.
    """
    allowed = os.environ.get("RASTERLET_ALLOWED", "").split()
    return parse_catalogue(path.read_bytes(), str(path.absolute()), allowed=allowed)


def check_catalogue(path: Path, catalogue: Catalogue) -> Iterator[Fault]:
    """What is wrong, Item by Item.

    Every file is opened, and read as a whole where its content has to be compared with
    the Item's version.
    """
    for item_id, reason in catalogue.faults.items():
        remedy = ""
        if "allowed prefixes" in reason:
            remedy = "set RASTERLET_ALLOWED to the prefixes of hrefs, for the service"
        yield Fault(item_id, reason, remedy)
    for dataset in catalogue.datasets.values():
        yield from _check_dataset(path, dataset)


def _check_dataset(path: Path, dataset: Dataset) -> Iterator[Fault]:
    again = _mend(path, dataset)
    opened = True
    for asset in dataset.assets:
        place = Place(asset.href, asset.href)
        try:
            cog = open_cog(asset.href, check_file(place))
        except RasterError as error:
            opened = False
            yield Fault(dataset.id, str(error), "")
            continue
        for reason in _compare(dataset, asset, cog):
            yield Fault(dataset.id, reason, again)
        if len(cog.levels) == 1 and cog.levels[0].window.pixels > MAX_PIXELS:
            yield Fault(
                dataset.id,
                f"'{asset.href}' has no overviews, so small zooms are refused",
                _translate(asset.href),
            )
    if opened and dataset.assets and not _is_current(dataset):
        reason = "the version is not that of its files, so caches hold former pixels"
        yield Fault(dataset.id, reason, again)


def _compare(dataset: Dataset, asset: Asset, cog: Cog) -> Iterator[str]:
    """In what an Item and a file differ."""
    grid, stated = cog.levels[0], asset.grid
    if grid.shape != stated.shape:
        yield (
            f"proj:shape is {_by(stated.shape)}, and '{asset.href}' has "
            f"{_by(grid.shape)} pixels"
        )
    elif not grid.transform.almost_equals(stated.transform, _precision(grid)):
        yield f"proj:transform is not that of '{asset.href}'"
    if _is_code(grid.crs) and _is_code(stated.crs) and grid.crs != stated.crs:
        yield f"proj:code is {stated.crs}, and '{asset.href}' is in {grid.crs}"
    count = len(cog.bands)
    if len(asset.numbers) not in {count, count - (masking_alpha(cog) is not None)}:
        yield f"it has {len(asset.numbers)} bands, and '{asset.href}' has {count}"
    overviews = tuple(round(grid.width / level.width) for level in cog.levels[1:])
    fields = cast("Json", cast("Json", dataset.item["assets"])[asset.key])
    if "rasterlet:overviews" in fields and asset.overviews != overviews:
        yield (
            f"rasterlet:overviews is {_list(asset.overviews)}, and '{asset.href}' has "
            f"{_list(overviews)}"
        )
    if asset.grid == dataset.grid and _is_elsewhere(dataset):
        yield f"bbox is not that of the raster: {_list(dataset.bounds)}"


def _precision(grid: Grid) -> float:
    """The difference of a transform's numbers that does not count."""
    step = grid.transform
    return _SAME * min(abs(part) for part in (step.a, step.b, step.d, step.e) if part)


def _is_elsewhere(dataset: Dataset) -> bool:
    """Whether an Item's box is beyond its raster; it may be that of the data."""
    known, stated = dataset.bounds, dataset.stated
    if known.left > known.right or stated.left > stated.right:
        return False  # over the antimeridian, where boxes have several forms
    wide, high = known.right - known.left, known.top - known.bottom
    beyond = (
        max(known.left - stated.left, stated.right - known.right) / wide,
        max(known.bottom - stated.bottom, stated.top - known.top) / high,
    )
    return max(beyond) > _TOLERANCE


def _is_current(dataset: Dataset) -> bool:
    """Whether the version is that of the files, where it is one of their content."""
    hrefs = [asset.href for asset in dataset.assets]
    if not _DIGEST.fullmatch(dataset.version) or any(map(is_remote, hrefs)):
        return True
    return dataset.version == join_versions([file_version(Path(h)) for h in hrefs])


def _mend(path: Path, dataset: Dataset) -> str:
    """The command that describes the files again, with what the Item says besides."""
    files = [asset.href for asset in dataset.assets]
    named: list[str] = []
    for asset in dataset.assets:
        named += ["--asset", f"{asset.key}={asset.href}"]
    properties = cast("Json", dataset.item["properties"])
    colormap = dataset.rendering.colormap_name
    told = {
        "id": dataset.id,
        "title": dataset.title if dataset.title != dataset.id else "",
        "description": dataset.description,
        "provider": dataset.attribution,
        "datetime": str(properties.get("datetime") or ""),
        "colormap-name": colormap if colormap and colormap != _DEFAULT else "",
    }
    words = ["rasterlet", "catalog", "add", str(path)]
    words += named if len(files) > 1 else files
    for name, text in told.items():
        words += [f"--{name}", text] if text else []
    return shlex.join(words)


def _translate(href: str) -> str:
    path = Path(href)
    target = f"{path.stem}_cog.tif"
    source = f"/vsicurl/{href}" if href.startswith("http") else href
    source = source.replace("s3://", "/vsis3/", 1)
    return shlex.join(["gdal_translate", "-of", "COG", source, target])


def _is_code(crs: str) -> bool:
    return re.fullmatch(r"[A-Z]+:\d+", crs) is not None


def _by(shape: tuple[int, int]) -> str:
    return f"{shape[1]} x {shape[0]}"


def _list(numbers: tuple[float, ...]) -> str:
    return ", ".join(f"{number:g}" for number in numbers) or "none"
