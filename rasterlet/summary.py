"""A raster as a notebook shows it: a picture beside its facts, as HTML."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

from raster_core.errors import RasterError
from rasterlet.facts import describe_band

if TYPE_CHECKING:
    from collections.abc import Callable

    from rasterlet.facts import RasterInfo
    from rasterlet.rendering.image import Image

SIDE = 320
"""Pixels of the picture's longer side."""

# Bands that are listed; the count of all is among the facts.
_MAX_BANDS = 12

_CELL = 'style="text-align:left;vertical-align:top"'


def summarize(
    name: str, describe: Callable[[], RasterInfo], draw: Callable[[], Image]
) -> str:
    """HTML of a raster; what cannot be read of it is said in its place.

    All text is escaped: names of bands and files are whatever a file says.

    Args:
        name: The raster in one line.
        describe: Returns its facts.
        draw: Returns a PNG of at most ``SIDE`` pixels a side.
    """
    picture = _write_picture(draw)
    facts = _write_facts(describe)
    return (
        f"<div><strong>{escape(name)}</strong>"
        '<div style="display:flex;flex-wrap:wrap;gap:1em;align-items:flex-start">'
        f"{picture}{facts}</div></div>"
    )


def _write_picture(draw: Callable[[], Image]) -> str:
    try:
        image = draw()
    except RasterError as error:
        return f"<p>{escape(str(error))}</p>"
    data = base64.b64encode(image.data).decode()
    return f'<img src="data:image/png;base64,{data}" alt="Preview of the raster">'


def _write_facts(describe: Callable[[], RasterInfo]) -> str:
    try:
        info = describe()
    except RasterError as error:
        return f"<p>{escape(str(error))}</p>"
    rows = info.rows()
    rows += [("", describe_band(band)) for band in info.bands[:_MAX_BANDS]]
    if len(info.bands) > _MAX_BANDS:
        rows.append(("", f"and {len(info.bands) - _MAX_BANDS} more"))
    cells = (
        f"<tr><th {_CELL}>{escape(name)}</th><td {_CELL}>{escape(text)}</td></tr>"
        for name, text in rows
    )
    return f"<table>{''.join(cells)}</table>"
