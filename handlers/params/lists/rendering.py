"""How a dataset is drawn."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.params.lists.colors import COLORS
from handlers.params.lists.source import SOURCE
from handlers.params.param import Param
from handlers.params.parsers import Choice, Deferred, Rule, anything, one_of
from raster_core.raster import Resampling

if TYPE_CHECKING:
    from handlers.params.parsers import Parser

_VERSION = "[A-Za-z0-9_.-]{1,64}"


@Deferred
def _algorithm() -> Parser[str]:
    # Statistics, which draw nothing, load none of them.
    from raster_core.tile.algorithms.table import ALGORITHMS  # noqa: PLC0415

    return one_of(tuple(ALGORITHMS))


def _parse_version(text: str) -> str:
    if not re.fullmatch(_VERSION, text):
        raise ValueError(text)
    return text


RESAMPLING = Param(
    "resampling",
    Choice({kernel.value: kernel for kernel in Resampling}),
    "Resampling kernel where grids differ.",
    default=None,
)

ALGORITHM = Param(
    "algorithm",
    _algorithm,
    "What to compute from the bands and draw instead, such as shaded relief.",
    default=None,
)

ALGORITHM_PARAMS = Param(
    "algorithm_params",
    anything("a JSON object of numbers", examples=['{"azimuth": 300}']),
    "Parameters of the algorithm, as a JSON object of numbers.",
    default=None,
)

VERSION = Param(
    "v",
    Rule(
        _parse_version,
        "the version that a document names",
        {"type": "string", "pattern": f"^{_VERSION}$"},
    ),
    "The version that documents put into their URLs. Images of the current version "
    "may be cached forever; any other value returns the current image too.",
    default=None,
)

RENDERING = (*SOURCE, *COLORS, RESAMPLING, ALGORITHM, ALGORITHM_PARAMS)

LEGEND = (*RENDERING, VERSION)
