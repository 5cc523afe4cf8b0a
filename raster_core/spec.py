"""What a layer is made of, as data: it goes to JSON and to other processes.

``raster_core.layer.open_layer`` makes a ``Layer`` of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from raster_core.bands import BandInfo, RasterClass

type Json = Mapping[str, Any]

type Missing = Literal["skip", "mask"]


SCORE = BandInfo(1, "score", "float32", minimum=0.0, maximum=1.0)
"""The one band of an overlay."""


@dataclass(frozen=True, slots=True)
class BandSpec:
    """Bands of one file."""

    href: str
    version: str
    bands: tuple[BandInfo, ...]
    """What the catalogue says of them; it overrules the file, but for the type."""


@dataclass(frozen=True, slots=True)
class FileBand:
    """One band of a file, as a dataset of several files has it."""

    href: str
    version: str
    stored: int
    """1-based, in the file."""
    band: BandInfo
    """With the dataset's number and name."""


@dataclass(frozen=True, slots=True)
class FilesSpec:
    """Bands of several files, on the grid of the finest."""

    bands: tuple[FileBand, ...]


@dataclass(frozen=True, slots=True)
class ExpressionSpec:
    """Bands computed from those of files."""

    text: str
    """As ``expr.parse_expressions`` takes it."""
    source: BandSpec | FilesSpec | OverlaySpec
    names: tuple[tuple[str, int], ...]
    """For each name in the text, the position of its band in the source."""


@dataclass(frozen=True, slots=True)
class ClassScores:
    """A score for each of some values."""

    values: tuple[float, ...]
    scores: tuple[float, ...]
    """From 0 to 1, as many as values."""
    default: float | None
    """Of all other values; None means that they have none."""


@dataclass(frozen=True, slots=True)
class RangeScore:
    """0 up to ``low``, 1 from ``high``, and linear between them."""

    low: float
    high: float
    invert: bool = False
    """Whether 1 and 0 change places."""


@dataclass(frozen=True, slots=True)
class OverlayPart:
    """One layer of an overlay."""

    source: BandSpec | FilesSpec | ExpressionSpec
    """Only its first band counts."""
    score: ClassScores | RangeScore
    weight: float


@dataclass(frozen=True, slots=True)
class OverlaySpec:
    """The weighted mean of several layers' scores, on the grid of one of them."""

    parts: tuple[OverlayPart, ...]
    missing: Missing
    """Where a layer has no score: go without its weight, or have none."""
    base: int = 0
    """The position of the part whose native pixels are the overlay's."""


type LayerSpec = BandSpec | FilesSpec | ExpressionSpec | OverlaySpec

_KINDS: Mapping[str, type[LayerSpec]] = {
    "bands": BandSpec,
    "files": FilesSpec,
    "expression": ExpressionSpec,
    "overlay": OverlaySpec,
}


def spec_to_json(spec: LayerSpec) -> Json:
    """What ``spec_from_json`` makes the same spec of; ``json.dumps`` takes it."""
    kind = next(name for name, of in _KINDS.items() if isinstance(spec, of))
    document = {"kind": kind, **asdict(spec)}
    if isinstance(spec, ExpressionSpec):
        document["source"] = spec_to_json(spec.source)
    if isinstance(spec, OverlaySpec):
        document["parts"] = [
            {**asdict(part), "source": spec_to_json(part.source)} for part in spec.parts
        ]
    return document


def spec_from_json(document: Json) -> LayerSpec:
    """The spec of ``spec_to_json``, also after a way through text."""
    kind = document["kind"]
    if kind == "overlay":
        parts = tuple(map(_overlay_part, document["parts"]))
        return OverlaySpec(parts, document["missing"], document["base"])
    if kind == "expression":
        names = tuple((name, place) for name, place in document["names"])
        source = spec_from_json(document["source"])
        assert not isinstance(source, ExpressionSpec)  # noqa: S101  none is written
        return ExpressionSpec(document["text"], source, names)
    return _files(document)


def _overlay_part(document: Json) -> OverlayPart:
    source = spec_from_json(document["source"])
    assert not isinstance(source, OverlaySpec)  # noqa: S101  none is written
    return OverlayPart(source, _score(document["score"]), document["weight"])


def _files(document: Json) -> BandSpec | FilesSpec:
    bands = document["bands"]
    if document["kind"] == "files":
        return FilesSpec(
            tuple(FileBand(**{**b, "band": _band(b["band"])}) for b in bands)
        )
    return BandSpec(document["href"], document["version"], tuple(map(_band, bands)))


def _band(document: Json) -> BandInfo:
    classes = tuple(RasterClass(**entry) for entry in document["classes"])
    return BandInfo(**{**document, "classes": classes})


def _score(document: Json) -> ClassScores | RangeScore:
    if "low" in document:
        return RangeScore(**document)
    values, scores = tuple(document["values"]), tuple(document["scores"])
    return ClassScores(values, scores, document["default"])
