"""Colormaps that a catalogue names: those of an Item, or of all of its Items."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from raster_core.catalogue.fields import ItemError, as_object, within

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raster_core.catalogue.dataset import Dataset
    from raster_core.documents import Json

COLORMAPS = "rasterlet:colormaps"
"""A member of the catalogue and a property of an Item: colormaps by name."""

NAME_PATTERN = re.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
"""Names of colormaps, which stand in URLs."""


def read_colormaps(members: Json) -> dict[str, str]:
    """Colormaps by name, as JSON text that ``colormap.parse_colormap`` takes.

    Args:
        members: Those of a catalogue or of an Item's properties.

    Raises:
        ItemError: If a name cannot be part of a URL, or a colormap is not an object
            or an array.
    """
    found = {}
    named = as_object(members.get(COLORMAPS) or {}, COLORMAPS)
    with within(COLORMAPS):
        for name, colormap in named.items():
            if not NAME_PATTERN.fullmatch(name):
                raise ItemError(
                    f"the name '{name[:80]}' is not made of up to 64 letters, digits "
                    "and _ . -"
                )
            if not isinstance(colormap, dict | list):
                raise ItemError(f"'{name}' is not a JSON object or array")
            found[name] = json.dumps(colormap)
    return found


def add_colormaps(dataset: Dataset, shared: Mapping[str, str]) -> Dataset:
    """The dataset with the colormaps of its catalogue beside its own.

    Its own rendering may name one of them too.
    """
    colormaps = {**shared, **dataset.colormaps}
    rendering = dataset.rendering
    named = colormaps.get(rendering.colormap_name or "")
    if named and not rendering.colormap:
        rendering = replace(rendering, colormap=named, colormap_name=None)
    return replace(dataset, colormaps=colormaps, rendering=rendering)
