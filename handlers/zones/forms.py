"""The form in which statistics of zones are written, and what it calls things."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from handlers.http.streaming import Form
from handlers.zones.columns import BandColumns, name_bands
from handlers.zones.formats import (
    MEDIA_TYPES,
    statistic_columns,
    write_geojson,
    write_ndjson,
)
from handlers.zones.outcomes import describe_zone, name_properties
from handlers.zones.tables import Table, write_csv
from raster_core.errors import ZoneError
from raster_core.zonal.reading.classed import UNNAMED
from raster_core.zonal.zones.zone import Zone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.params.requests.statistics import StatisticsRequest
    from handlers.zones.outcomes import MaybeZones, Naming
    from raster_core.bands import BandInfo
    from raster_core.documents import Json
    from raster_core.raster import Layer


def choose_form(
    features: Sequence[Json],
    zones: MaybeZones,
    *,
    layer: Layer,
    request: StatisticsRequest,
    members: Json,
) -> tuple[Form, Naming]:
    """How an answer is written, and what Features call their properties in it.

    Args:
        features: The features of the body.
        zones: One zone per feature.
        layer: The layer whose bands are counted.
        request: Decides the form.
        members: What the answer says beside its Features.
    """
    name = request.form
    media_type = MEDIA_TYPES[name]
    if name == "csv":
        table = _make_table(features, layer, request)
        naming = name_properties(features, "statistics", table.find_taken())
        last = _last_columns(zones)
        write = partial(write_csv, table=table, properties=naming.names, last=last)
        return Form(media_type, write), naming
    naming = name_properties(features, "statistics", added_names(request).__contains__)
    if name == "ndjson":
        by_line = partial(write_ndjson, members=members)
        return Form(media_type, by_line, by_line=True), naming
    return Form(media_type, partial(write_geojson, members=members)), naming


def added_names(request: StatisticsRequest) -> frozenset[str]:
    """The properties that Features get."""
    second = request.second
    there = {
        "statistics": True,
        "groups": second.group_by is not None,
        "weighted": second.weights is not None,
        "grid": request.grid is not None,
    }
    return frozenset(name for name, is_there in there.items() if is_there)


def _make_table(
    features: Sequence[Json], layer: Layer, request: StatisticsRequest
) -> Table:
    added = added_names(request)
    options = request.options
    bands = {
        band.index: BandColumns(
            f"b{band.index}",
            f"b{band.index}",
            tuple(
                statistic_columns(
                    request.names(band),
                    options.statistics.percentiles,
                    approximate=options.approximate,
                )
            ),
            _known_classes(band),
        )
        for band in layer.info.bands
    }
    # Twice if the request has it by number and by name; the first one counts.
    names: dict[int, str] = {}
    for band, named_as in zip(layer.info.bands, request.source.bands, strict=False):
        if isinstance(named_as, str):
            names.setdefault(band.index, named_as)
    labels = [names.get(number, f"b{number}") for number in bands]
    return Table(
        name_bands(tuple(bands.values()), labels),
        has_ids=any("id" in feature for feature in features),
        groups="groups" in added,
        weighted="weighted" in added,
        grid="grid" in added,
    )


def _known_classes(band: BandInfo) -> tuple[int, ...] | None:
    """Values of the classes that the Item or the file names."""
    if band.classes == UNNAMED:
        return None
    return tuple(sorted(entry.value for entry in band.classes))


def _last_columns(zones: MaybeZones) -> list[str]:
    """The columns of errors and repairs that have something in them."""
    words = {
        f"zone_{name}"
        for zone in zones
        if isinstance(zone, Zone)
        for name in describe_zone(zone)
    }
    failed = any(isinstance(zone, ZoneError) for zone in zones)
    return (["error"] if failed else []) + sorted(words, reverse=True)
