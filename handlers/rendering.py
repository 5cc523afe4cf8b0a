"""What a request says about drawing: the parameters that tiles and legends share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.schema import integer, interval, one_of, rule_of
from raster_core.tile.colormap import COLORMAP_NAMES, RenderParams

if TYPE_CHECKING:
    from handlers.schema import Query

RENDER_PARAMS = ("bidx", "rescale", "colormap_name", "resampling")

RESAMPLING = ("nearest",)


def read_render_params(query: Query) -> RenderParams:
    """The rendering parameters, ``RENDER_PARAMS``."""
    query.value("resampling", one_of(RESAMPLING), rule_of(RESAMPLING))
    return RenderParams(
        band=query.value("bidx", integer(1, 65535), "a band number from 1"),
        rescale=query.value("rescale", interval, "of the form min,max with min < max"),
        colormap_name=query.value(
            "colormap_name", one_of(COLORMAP_NAMES), rule_of(COLORMAP_NAMES)
        ),
    )
