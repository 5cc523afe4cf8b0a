"""The layer that a request reads from: bands of a dataset, or an expression of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.schema import InvalidError, integer, stored_value
from raster_core.errors import RequestError
from raster_core.expr import parse_expressions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.schema import Query
    from raster_core.layers.spec import LayerSpec
    from raster_core.raster import Layer
    from raster_core.source.dataset import Dataset
    from raster_core.stated import StatedBand

SOURCE_PARAMS = ("bidx", "expression", "nodata")

# Bands of one request: of a part of 2048 x 2048 pixels, they take a gigabyte.
MAX_BANDS = 64

BAND_RULE = "a band number from 1 or a band's name"

# What is no number, not even one that is mistyped: ``8A``, but not ``1.5``.
_NAME = re.compile(r"(?![-+]*[.\d]+([eE][-+]?\d+)?$).{1,100}")


@dataclass(frozen=True, slots=True)
class Source:
    """What a request says about where its pixels come from."""

    bands: tuple[int | str, ...] = ()
    """Numbers from 1 or names; empty where the request is silent."""
    expression: str | None = None
    nodata: float | None = None
    """Stored value that counts as no data, in place of the dataset's."""


def read_source(query: Query) -> Source:
    """The parameters that choose what is read, ``SOURCE_PARAMS``."""
    bands = query.listed("bidx", parse_band, BAND_RULE)
    if len(bands) > MAX_BANDS:
        given = f"bidx has {len(bands)} bands, which exceeds {MAX_BANDS}"
        query.faults.append(("bidx", given))
    expression = query.value("expression", str, "an expression")
    if expression is not None:
        _check_expression(query, expression)
    nodata = query.value("nodata", stored_value, "a number, nan, inf or -inf")
    if expression is not None and any(name == "bidx" for name, _ in query.pairs):
        query.faults.append(
            ("expression", "expression and bidx exclude each other; give one of them")
        )
    return Source(bands, expression, nodata)


def open_source(
    dataset: Dataset, source: Source, default: Sequence[int | str] = (1,)
) -> Layer:
    """The layer that a request asks for.

    Args:
        dataset: Of the catalogue.
        source: As ``read_source`` returns it.
        default: The bands that are meant where the request names none.

    Raises:
        RequestError: The dataset has no such band, or the expression is not valid.
        SourceError: The raster cannot be opened.
    """
    return _open(source_spec(dataset, source, default))


def source_spec(
    dataset: Dataset, source: Source, default: Sequence[int | str] = (1,)
) -> LayerSpec:
    """What ``open_source`` opens, as data that goes to other processes.

    Args:
        dataset: Of the catalogue.
        source: As ``read_source`` returns it.
        default: The bands that are meant where the request names none.

    Raises:
        RequestError: The dataset has no such band, or the expression is not valid.
    """
    check_nodata(dataset, source)
    if source.expression is not None:
        return dataset.expression_spec(source.expression, source.nodata)
    bands = [dataset.band(band) for band in source.bands or default]
    if source.nodata is not None:
        bands = [band.without_data(source.nodata) for band in bands]
    return dataset.spec(bands)


def check_nodata(dataset: Dataset, source: Source) -> None:
    """Refuse a nodata value for scores, which are no stored values.

    Raises:
        InvalidError: There is one.
    """
    if dataset.overlay is not None and source.nodata is not None:
        why = "nodata has no use with an overlay, whose layers have their own"
        raise InvalidError([("nodata", why)])


def open_bands(dataset: Dataset, bands: Sequence[StatedBand]) -> Layer:
    """Bands of a dataset, in the order given.

    Args:
        dataset: Of the catalogue.
        bands: Those of ``dataset``; their nodata may be the request's.

    Raises:
        SourceError: The raster cannot be opened.
    """
    return _open(dataset.spec(bands))


def _open(spec: LayerSpec) -> Layer:
    # With GDAL, which whoever only reads and describes a Source goes without.
    from raster_core.layers.kinds import open_layer  # noqa: PLC0415

    return open_layer(spec)


def _check_expression(query: Query, text: str) -> None:
    """Say what is wrong with an expression beside the request's other faults."""
    try:
        parse_expressions(text)
    except RequestError as error:
        query.faults.append(("expression", str(error)))


def parse_band(text: str) -> int | str:
    """A band's number or its name."""
    return text if _NAME.fullmatch(text) else integer(1, 65535)(text)
