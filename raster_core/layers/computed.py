"""Bands computed from other bands: expressions as a layer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from raster_core.bands import BandInfo
from raster_core.expressions.calls import CALLS
from raster_core.expressions.parser import parse_expressions
from raster_core.expressions.tree import Call, Number, evaluate
from raster_core.layers.stored import read_as_floats
from raster_core.raster import Resampling, empty_array

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from raster_core.documents import OwnJson
    from raster_core.expressions.tree import Expression, Tree
    from raster_core.grid import Grid
    from raster_core.layers.spec import LayerSpec, ReadSpec
    from raster_core.raster import Layer, LayerInfo, RasterArray

# Types all of whose values float32 holds exactly.
_SINGLE = frozenset({"uint8", "int8", "uint16", "int16", "float16", "float32"})

# Nanoseconds of a core per pixel for which work counts as one more band: what a pixel
# takes to decode and count.
_PLANE = 8.0

# Nanoseconds of a power whose exponent is a number.
_POWER = 3.0


@dataclass(frozen=True, slots=True)
class ComputedSpec:
    """Bands computed from those of another layer."""

    kind: ClassVar[str] = "computed"

    text: str
    """As ``parser.parse_expressions`` takes it."""
    source: LayerSpec
    names: tuple[tuple[str, int], ...]
    """For each name in the text, the position of its band in the source."""

    def open(self) -> ComputedLayer:
        """The layer, as ``LayerSpec.open``."""
        expressions = parse_expressions(self.text)
        source = read_as_floats(self.source.open())
        return compute_layer(source, expressions, dict(self.names))

    def versions(self) -> Iterator[str]:
        """Those of the source."""
        return self.source.versions()

    def to_json(self) -> OwnJson:
        """As ``LayerSpec.to_json``."""
        return {
            "kind": self.kind,
            "text": self.text,
            "source": self.source.to_json(),
            "names": self.names,
        }

    @classmethod
    def from_json(cls, document: OwnJson, read: ReadSpec) -> Self:
        """As ``LayerSpec.from_json``."""
        names = tuple((name, position) for name, position in document["names"])
        return cls(document["text"], read(document["source"]), names)


@dataclass(frozen=True, slots=True, eq=False)
class ComputedLayer:
    """Expressions over the bands of a layer, each a band."""

    info: LayerInfo
    source: Layer
    expressions: tuple[Expression, ...]
    names: Mapping[str, int]
    """Position of each name's band in ``source``."""
    dtype: np.dtype[np.floating]
    """What is computed in."""

    def read(
        self, grid: Grid, resampling: Resampling = Resampling.NEAREST
    ) -> RasterArray:
        """The expressions' values where all bands in them have data.

        (band, row, col), one band per expression, 0 where there is no data. A value
        that is not finite, such as that of a division by zero, is no data. Bands are
        resampled first, then computed with.

        Raises:
            BudgetError: As the source's ``read``.
            SourceError: As the source's ``read``.
        """
        array = self.source.read(grid, resampling)
        physical = {
            name: self.source.info.bands[position].scaling.physical_values(
                array.data[position], self.dtype
            )
            for name, position in self.names.items()
        }
        found = empty_array(grid, len(self.expressions), self.info.bands[0].dtype)
        data, mask = found.data, found.mask
        for number, expression in enumerate(self.expressions):
            values = evaluate(expression.tree, physical, self.dtype)
            used = [array.mask[self.names[name]] for name in expression.bands]
            np.logical_and.reduce([*used, np.isfinite(values)], out=mask[number])
            np.copyto(data[number], values, where=mask[number], casting="unsafe")
        return replace(found, alpha=array.alpha)


def compute_layer(
    source: Layer, expressions: tuple[Expression, ...], names: Mapping[str, int]
) -> ComputedLayer:
    """The layer of some expressions.

    Its bands are of float32 where all bands of the source fit into it without loss,
    else of float64; of uint8, 1 for true and 0 for false, if all are conditions.

    Args:
        source: Where the bands come from.
        expressions: One per band, at least one.
        names: For each name in them, the position of its band in the source.
    """
    used = [source.info.bands[position].dtype for position in names.values()]
    single = all(dtype in _SINGLE for dtype in used)
    dtype: np.dtype[np.floating] = np.dtype("float32" if single else "float64")
    truth = all(expression.condition for expression in expressions)
    bands = computed_bands(expressions, "uint8" if truth else dtype.name)
    work = sum(_estimate(expression.tree) for expression in expressions)
    planes = source.info.planes + int(work / _PLANE)
    info = replace(source.info, bands=bands, interleaved=planes)
    return ComputedLayer(info, source, expressions, names, dtype)


def _estimate(tree: Tree) -> float:
    """Nanoseconds of a core to compute a pixel."""
    if not isinstance(tree, Call):
        return 0.0
    below = sum(map(_estimate, tree.arguments))
    if tree.name == "**" and isinstance(tree.arguments[1], Number):
        return below + _POWER
    return below + CALLS[tree.name].nanoseconds


def computed_bands(
    expressions: Sequence[Expression], dtype: str
) -> tuple[BandInfo, ...]:
    """What is known of the bands of expressions before a pixel is computed.

    Args:
        expressions: One per band, at least one.
        dtype: The type of all of them.
    """
    return tuple(
        BandInfo(
            number,
            expression.text,
            dtype,
            minimum=0.0 if expression.condition else None,
            maximum=1.0 if expression.condition else None,
        )
        for number, expression in enumerate(expressions, start=1)
    )
