"""The table of kinds of layers.

To add a kind, write its module and add its row to ``_SPECS``; what it has to offer is
``spec.LayerSpec``, and for a layer of stored values ``stored.StoredLayer``. Which spec
an Item of the catalogue leads to, ``catalogue.dataset`` decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.layers.computed import ComputedSpec
from raster_core.layers.file import FileSpec
from raster_core.layers.overlay import OverlaySpec
from raster_core.layers.stack import StackSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raster_core.documents import OwnJson
    from raster_core.layers.spec import LayerSpec
    from raster_core.raster import Layer

_SPECS: tuple[type[LayerSpec], ...] = (FileSpec, StackSpec, ComputedSpec, OverlaySpec)

KINDS: Mapping[str, type[LayerSpec]] = {spec.kind: spec for spec in _SPECS}
"""Specs by the name of their kind."""


def open_layer(spec: LayerSpec) -> Layer:
    """The layer of a spec; files stay open for the next one.

    Law of every layer's ``read``: a crop of the native grid, or of an overview's, comes
    back as stored.

    Raises:
        SourceError: If a file cannot be opened or lacks a band.
        RequestError: If an expression is not valid.
    """
    return spec.open()


def spec_to_json(spec: LayerSpec) -> OwnJson:
    """What ``spec_from_json`` makes the same spec of; ``json.dumps`` takes it."""
    return spec.to_json()


def spec_from_json(document: OwnJson) -> LayerSpec:
    """The spec of ``spec_to_json``, also after a way through text."""
    return KINDS[document["kind"]].from_json(document, spec_from_json)
