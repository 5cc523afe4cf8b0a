"""Overlay definitions as users write them: JSON over datasets of the catalogue.

``{"layers": [{"dataset": "landcover", "scores": {"1": 1.0}, "weight": 2}], "missing":
"mask"}``. All faults of a definition are reported at once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.errors import RequestError
from raster_core.expressions.parser import parse_expressions
from raster_core.layers.scores import ClassScores, RangeScore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.layers.overlay import Missing
    from raster_core.layers.scores import Score

MAX_LAYERS = 8
"""Layers of an overlay; each is a read of its own."""
MAX_SCORES = 1000
MAX_WEIGHT = 1e6

_MEMBERS = ("layers", "missing")
_LAYER_MEMBERS = (
    "dataset",
    "bidx",
    "expression",
    "weight",
    "scores",
    "default",
    "range",
    "invert",
)


class DefinitionError(RequestError):
    """All faults of an overlay definition."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        """Pairs of where and what."""
        super().__init__("; ".join(f"{where} {what}" for where, what in faults))


@dataclass(frozen=True, slots=True)
class LayerDefinition:
    """One layer of an overlay, by the id of its dataset."""

    dataset: str
    band: int | str
    expression: str | None
    """What is computed in place of the band."""
    weight: float
    score: Score


@dataclass(frozen=True, slots=True)
class OverlayDefinition:
    """An overlay as written."""

    layers: tuple[LayerDefinition, ...]
    missing: Missing


def parse_definition(document: object) -> OverlayDefinition:
    """The overlay of a JSON value.

    Raises:
        DefinitionError: If it is not valid.
    """
    if not isinstance(document, Mapping):
        raise DefinitionError([("overlay", "is not a JSON object")])
    reader = _Reader(document, "", [])
    reader.check_members(_MEMBERS)
    entries = document.get("layers")
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_LAYERS:
        reader.fault("layers", f"is not an array of 1 to {MAX_LAYERS} layers")
        entries = []
    layers = [
        _read_layer(entry, f"layers[{position}]", reader.faults)
        for position, entry in enumerate(entries)
    ]
    missing = document.get("missing", "mask")
    if missing not in ("skip", "mask"):
        reader.fault("missing", "is not one of mask, skip")
    if reader.faults:
        raise DefinitionError(reader.faults)
    found = tuple(layer for layer in layers if layer is not None)
    return OverlayDefinition(found, "skip" if missing == "skip" else "mask")


@dataclass(frozen=True, slots=True, eq=False)
class _Reader:
    """One JSON object whose members are read one by one, gathering faults."""

    entry: Mapping[str, object]
    where: str
    faults: list[tuple[str, str]]

    def fault(self, member: str | None, what: str) -> None:
        """Note what is wrong with a member, or with the object."""
        path = ".".join(filter(None, (self.where, member)))
        self.faults.append((path or "overlay", what))

    def check_members(self, known: tuple[str, ...]) -> None:
        """An unknown name is a fault: it may be a known one, mistyped."""
        for name in self.entry:
            if name not in known:
                listed = ", ".join(known)
                self.fault(None, f"has '{name[:40]}', which is not one of {listed}")

    def weight(self) -> float:
        """How much the layer counts."""
        weight = _as_float(self.entry.get("weight", 1.0))
        if weight is not None and 0 < weight <= MAX_WEIGHT:
            return weight
        self.fault("weight", f"is not a number over 0 and up to {MAX_WEIGHT:g}")
        return 1.0

    def dataset(self) -> str:
        """The id of the dataset."""
        dataset = self.entry.get("dataset")
        if isinstance(dataset, str):
            return dataset
        self.fault("dataset", "is not the id of a dataset")
        return ""

    def band(self) -> int | str:
        """Which band; defaults to the first."""
        band = self.entry.get("bidx", 1)
        if isinstance(band, str):
            return band
        if isinstance(band, int) and not isinstance(band, bool) and band >= 1:
            return band
        self.fault("bidx", "is not a band number from 1 or a band's name")
        return 1

    def expression(self) -> str | None:
        """What is computed in place of a band."""
        text = self.entry.get("expression")
        if text is None:
            return None
        if "bidx" in self.entry:
            self.fault(None, "has expression and bidx; give one of them")
        try:
            count = len(parse_expressions(text)) if isinstance(text, str) else 0
        except RequestError as error:
            self.fault("expression", f"is not valid: {error}")
        else:
            if count != 1:
                self.fault("expression", "is not a string with one expression")
        return str(text)

    def score(self) -> Score | None:
        """The rule from values to scores; None if it is a fault."""
        if ("scores" in self.entry) == ("range" in self.entry):
            self.fault(None, "needs either scores or range")
            return None
        beside = "default" if "range" in self.entry else "invert"
        if beside in self.entry:
            other = "scores" if beside == "default" else "range"
            self.fault(beside, f"has no effect without {other}")
        return self._range() if "range" in self.entry else self._classes()

    def _range(self) -> RangeScore | None:
        ends, invert = self.entry["range"], self.entry.get("invert", False)
        if not isinstance(invert, bool):
            self.fault("invert", "is not true or false")
        pair = ends if isinstance(ends, list) and len(ends) == 2 else (None, None)
        low, high = map(_as_float, pair)
        if low is None or high is None or not low < high < low + math.inf:
            self.fault("range", "is not [low, high] with low < high")
            return None
        return RangeScore(low, high, invert is True)

    def _classes(self) -> ClassScores | None:
        default = self.entry.get("default")
        if default is not None and _as_fraction(default) is None:
            self.fault("default", "is not a number from 0 to 1, or null")
        scores = self.entry["scores"]
        if not isinstance(scores, Mapping) or not 1 <= len(scores) <= MAX_SCORES:
            rule = f"is not an object of 1 to {MAX_SCORES} values and their scores"
            self.fault("scores", rule)
            return None
        pairs = [
            (_parse_value(name), _as_fraction(score)) for name, score in scores.items()
        ]
        for name, (value, score) in zip(scores, pairs, strict=True):
            if value is None:
                self.fault("scores", f"has '{name[:40]}', which is not a number")
            if score is None:
                rule = f"has a score for '{name[:40]}' that is not a number from 0 to 1"
                self.fault("scores", rule)
        found = {value: score for value, score in pairs if None not in (value, score)}
        values = tuple(value for value in found if value is not None)
        known = tuple(score for score in found.values() if score is not None)
        return ClassScores(values, known, _as_fraction(default))


def _read_layer(
    entry: object, where: str, faults: list[tuple[str, str]]
) -> LayerDefinition | None:
    """One layer; what is wrong with it goes to ``faults``."""
    if not isinstance(entry, Mapping):
        faults.append((where, "is not a JSON object"))
        return None
    reader = _Reader(entry, where, faults)
    reader.check_members(_LAYER_MEMBERS)
    dataset, band, expression = reader.dataset(), reader.band(), reader.expression()
    weight, score = reader.weight(), reader.score()
    if score is None:
        return None
    return LayerDefinition(dataset, band, expression, weight, score)


def _parse_value(name: str) -> float | None:
    """A JSON object's key as a number."""
    try:
        return _as_float(json.loads(name))
    except (ValueError, RecursionError):
        return None


def _as_float(value: object) -> float | None:
    """A finite JSON number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Whole numbers of JSON may be larger than any float.
    return float(value) if abs(value) <= 1e300 else None


def _as_fraction(value: object) -> float | None:
    """A number from 0 to 1; None for anything else."""
    number = _as_float(value)
    return number if number is not None and 0 <= number <= 1 else None
