"""The rooms of the code, in the order in which they may import each other."""

from __future__ import annotations

ROOMS = (
    "rasterlet.__main__",
    "rasterlet.commands.zonal",
    "rasterlet.commands",
    "rasterlet.server",
    "rasterlet.server.gateway",
    "rasterlet",
    "rasterlet.rendering",
    "rasterlet.frames",
    "rasterlet.frames.zones",
    "rasterlet.catalogues",
    "rasterlet.opening",
    "handlers",
    "handlers.openapi",
    "handlers.ows",
    "handlers.zones",
    "handlers.drawing",
    "handlers.http",
    "handlers.routes",
    "handlers.contract",
    "handlers.params.requests",
    "handlers.params.lists",
    "handlers.params",
    "handlers.start",
    "handlers.catalogue",
    "handlers.platform",
    "raster_core.ingest",
    "raster_core.ingest.diagnosis",
    "raster_core.zonal",
    "raster_core.zonal.columnar",
    "raster_core.zonal.results",
    "raster_core.zonal.reading",
    "raster_core.zonal.partials",
    "raster_core.zonal.tracks",
    "raster_core.zonal.coverage",
    "raster_core.zonal.outlines",
    "raster_core.zonal.zones",
    "raster_core.drawing",
    "raster_core.tile",
    "raster_core.tile.documents",
    "raster_core.tile.grids",
    "raster_core.tile.images",
    "raster_core.tile.algorithms",
    "raster_core.tile.colors",
    "raster_core.catalogue",
    "raster_core.layers",
    "raster_core.sources",
    "raster_core.sources.untouched",
    "raster_core.sources.file",
    "raster_core.sources.companion",
    "raster_core.sources.blocks",
    "raster_core.sources.ranges",
    "raster_core.sources.warp",
    "raster_core.sources.extent",
    "raster_core.sources.crs",
    "raster_core.expressions",
    "raster_core.native.reducing",
    "raster_core.native.images",
    "raster_core.native",
    "raster_core",
)
"""From top to bottom: a room imports from rooms further down, or from itself. A room is
a package, or a module that stands apart from the others of its package.
"""


def room(module: str) -> str:
    """The room that a module is in."""
    return module if module in ROOMS else module.rpartition(".")[0]
