"""Weighted overlays that a request defines."""

from __future__ import annotations

import json

from handlers.params.errors import InvalidError
from handlers.params.lists.rendering import LEGEND as DATASET_LEGEND
from handlers.params.lists.tiles import TILE as DATASET_TILE
from handlers.params.lists.tiles import TILEJSON as DATASET_TILEJSON
from handlers.params.lists.zonal import POSITION, ZONE_STATISTICS
from handlers.params.param import Param
from handlers.params.parsers import Rule, anything
from raster_core.catalogue.definition import (
    DefinitionError,
    OverlayDefinition,
    parse_definition,
)
from raster_core.errors import RequestError


def _parse_overlay(text: str) -> OverlayDefinition:
    try:
        return parse_definition(json.loads(text))
    except DefinitionError as error:
        raise overlay_error(error) from error
    except (ValueError, RecursionError) as error:
        raise RequestError(f"overlay is not JSON: {str(error)[:80]}") from error


def overlay_error(error: DefinitionError) -> InvalidError:
    """What is wrong with an overlay, as faults of its parameter."""
    return InvalidError([("overlay", f"{at} {what}") for at, what in error.faults])


OVERLAY = Param(
    "overlay",
    Rule(_parse_overlay, "JSON", {"type": "string"}),
    "A weighted overlay, as JSON: `layers`, each a `dataset` with a `weight` and "
    "either `scores` by value or a `range` of values.",
    default=None,
    example=(
        '{"layers": [{"dataset": "elevation", "weight": 2, "range": [900, 3900]}, '
        '{"dataset": "landcover", "scores": {"1": 1.0}, "default": 0.2}]}'
    ),
    required=True,
)

GRID = Param(
    "grid",
    anything("a dataset of the overlay"),
    "Dataset of the overlay whose pixels are counted; defaults to the first layer's.",
    default=None,
    example="elevation",
)

TILE = (OVERLAY, *DATASET_TILE)

TILEJSON = (OVERLAY, *DATASET_TILEJSON)

LEGEND = (OVERLAY, *DATASET_LEGEND)

POINT = (OVERLAY, *POSITION)

STATISTICS = (OVERLAY, GRID, *ZONE_STATISTICS)
