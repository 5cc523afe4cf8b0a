"""From an overlay definition, which names datasets, to what is read for it."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING

from raster_core.catalogue.dataset import Dataset, RenderDefaults
from raster_core.catalogue.definition import DefinitionError
from raster_core.errors import NotFoundError, RequestError
from raster_core.layers.overlay import SCORE, OverlayPart, OverlaySpec
from raster_core.stated import state_band

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from raster_core.catalogue.definition import LayerDefinition, OverlayDefinition
    from raster_core.layers.spec import LayerSpec

# The Item of overlays that are in no catalogue; one object, as caches compare identity.
_NO_ITEM: Mapping[str, object] = {}


def resolve_definition(
    definition: OverlayDefinition, find: Callable[[str], Dataset], base: int = 0
) -> OverlaySpec:
    """What to read for an overlay.

    Args:
        definition: The overlay, by the ids of its datasets.
        find: From an id to its dataset; raises ``NotFoundError``.
        base: The position of the layer whose native pixels are the overlay's.

    Raises:
        DefinitionError: If a dataset, or a band of it, does not exist.
        SourceError: If a dataset is not usable.
    """
    faults: list[tuple[str, str]] = []
    parts = []
    for position, layer in enumerate(definition.layers):
        try:
            source = _source(layer, find(layer.dataset))
        except NotFoundError:
            where = f"layers[{position}].dataset"
            faults.append((where, f"'{layer.dataset[:80]}' is not in the catalogue"))
        except RequestError as error:
            faults.append((f"layers[{position}]", f"is not possible: {error}"))
        else:
            parts.append(OverlayPart(source, layer.score, layer.weight))
    if faults:
        raise DefinitionError(faults)
    return OverlaySpec(tuple(parts), definition.missing, base)


def overlay_dataset(
    definition: OverlayDefinition, find: Callable[[str], Dataset], base: int = 0
) -> Dataset:
    """An overlay as a dataset, on the grid of one of its layers.

    Args:
        definition: The overlay, by the ids of its datasets.
        find: From an id to its dataset; raises ``NotFoundError``.
        base: The position of the layer.

    Raises:
        DefinitionError: If a dataset, or a band of it, does not exist.
        SourceError: If a dataset is not usable.
    """
    spec = resolve_definition(definition, find, base)
    first = find(definition.layers[base].dataset)
    asset = first.finest_asset(_band_numbers(definition.layers[base], first))
    datasets = [find(layer.dataset) for layer in definition.layers]
    credited = dict.fromkeys(dataset.attribution for dataset in datasets)
    return Dataset(
        id="overlay",
        title="Weighted overlay",
        description="",
        attribution=", ".join(filter(None, credited)),
        version=_version(spec),
        stated=first.stated,
        grid=asset.grid,
        overviews=asset.overviews,
        bands=(state_band(SCORE),),
        rendering=RenderDefaults((1,), ((0.0, 1.0),), "viridis"),
        item=_NO_ITEM,
        names={SCORE.name: (1,)},
        overlay=spec,
        shown=() if spec.missing == "mask" else tuple(d.grid for d in datasets),
    )


@lru_cache(maxsize=64)  # half a millisecond; a map requests twenty tiles of one
def _version(spec: OverlaySpec) -> str:
    """A digest of the numbers, and of the files with all that is said of them."""
    text = json.dumps(spec.to_json(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _band_numbers(layer: LayerDefinition, dataset: Dataset) -> list[int]:
    if layer.expression is None:
        return [dataset.band(layer.band).index]
    return list(dataset.expression_bands(layer.expression).values())


def _source(layer: LayerDefinition, dataset: Dataset) -> LayerSpec:
    if dataset.overlay is not None:  # 8 layers of 8 layers of
        raise RequestError(f"dataset '{dataset.id}' is an overlay itself")
    if layer.expression is not None:
        return dataset.expression_spec(layer.expression)
    return dataset.spec([dataset.band(layer.band)])
