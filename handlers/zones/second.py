"""Statistics that take a second raster: groups of one, weights of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.catalogue.store import find_dataset
from handlers.zones.columns import as_object
from handlers.zones.formats import describe_statistics, to_json
from raster_core.drawing.request import Source
from raster_core.drawing.sources import resolve_source
from raster_core.layers.kinds import open_layer
from raster_core.layers.sampling import RESAMPLING
from raster_core.zonal.grouped import grouped_statistics
from raster_core.zonal.weighted import weighted_statistics

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from handlers.params.requests.statistics import Second
    from raster_core.bands import BandInfo
    from raster_core.raster import Layer
    from raster_core.zonal.engine import Options
    from raster_core.zonal.zones.zone import Zone

type Names = Callable[[BandInfo], Sequence[str]]
"""The statistics of a band that the answer has."""


def describe_second(
    layer: Layer,
    second: Second,
    zones: Sequence[Zone],
    options: Options,
    names: Names,
) -> list[dict[str, object]]:
    """What is added to each zone: ``groups``, ``weighted``, or both, or nothing.

    The second raster is sampled at the first one's pixels, which are those counted.
    """
    found: list[dict[str, object]] = [{} for _ in zones]
    if second.group_by is not None:
        groups = _describe_groups(layer, second.group_by, zones, options, names)
        for answer, group in zip(found, groups, strict=True):
            answer["groups"] = group
    if second.weights is not None:
        weighted = weighted_statistics(
            layer, _open_second(second.weights), zones, options
        )
        origin = {"dataset": second.weights, "resampling": RESAMPLING}
        for answer, bands in zip(found, weighted, strict=True):
            answer["weighted"] = {
                f"b{band.index}": {**origin, **as_object(to_json(statistics))}
                for band, statistics in zip(layer.info.bands, bands, strict=True)
            }
    return found


def _describe_groups(
    layer: Layer,
    dataset: str,
    zones: Sequence[Zone],
    options: Options,
    names: Names,
) -> list[dict[str, object]]:
    found = grouped_statistics(layer, _open_second(dataset), zones, options)
    percentiles = options.statistics.percentiles
    return [
        {
            "dataset": dataset,
            "resampling": RESAMPLING,
            "ungrouped_pixels": zone.ungrouped_pixels,
            "reason": zone.reason,
            "entries": [
                {
                    "value": group.value,
                    "name": group.name,
                    "statistics": {
                        f"b{band.index}": describe_statistics(
                            statistics, _group_names(names(band)), percentiles
                        )
                        for band, statistics in zip(
                            layer.info.bands, group.statistics, strict=True
                        )
                    },
                }
                for group in zone.groups
            ],
        }
        for zone in found
    ]


def _group_names(names: Sequence[str]) -> list[str]:
    """The statistics of a group: ``covered_percent`` is one of whole zones only."""
    return [name for name in names if name != "covered_percent"]


def _open_second(dataset_id: str) -> Layer:
    """The first band of another dataset."""
    return open_layer(resolve_source(find_dataset(dataset_id), Source()))
