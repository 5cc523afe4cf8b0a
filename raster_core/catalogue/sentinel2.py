"""What Sentinel-2's products add to stored values, and how catalogues say so.

From processing baseline 04.00 on (January 2022, and everything reprocessed since), ESA
adds 1,000 to the stored reflectances, so that dark pixels need not be negative:
reflectance = (stored - 1000) / 10000, and 0 stays "no data". Catalogues write that as
``raster:offset`` -0.1, have taken it off and say ``boa_offset_applied``, or leave it to
``s2:processing_baseline``. Here it is taken off exactly once.

Source: Sentinel-2 Products Specification Document, BOA_ADD_OFFSET; the Items of Earth
Search, Planetary Computer and the Copernicus Data Space.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from raster_core.catalogue.fields import ItemError

if TYPE_CHECKING:
    from raster_core.documents import Json

ADD_OFFSET = -1000.0
"""Added to a stored value, gives that of baselines before ``_FIRST_BASELINE``."""

_FIRST_BASELINE = 4.0

_APPLIED = re.compile("(earthsearch|sentinel|s2):boa_offset_applied")

_REFLECTANCE = re.compile("B(0[1-9]|1[0-2]|8A)")


def is_offset_applied(properties: Json) -> bool:
    """Whether an Item says that its files are without the offset it states.

    Raises:
        ItemError: If it says so in anything but true or false.
    """
    flags = {k: flag for k, flag in properties.items() if _APPLIED.fullmatch(k)}
    for name, flag in flags.items():
        if not isinstance(flag, bool):
            raise ItemError(f"{name} is not true or false")
    return any(flags.values())


def has_unstated_offset(properties: Json, name: str | None) -> bool:
    """Whether the offset is in a band whose Item does not state one.

    Args:
        properties: The Item's.
        name: The name of the band, the only one of its file: ``B04``.
    """
    baseline = properties.get("s2:processing_baseline")
    if name is None or not _REFLECTANCE.fullmatch(name):
        return False
    try:
        number = float(str(baseline))
    except ValueError:
        return False
    return number >= _FIRST_BASELINE and not is_offset_applied(properties)
