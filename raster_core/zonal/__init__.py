"""Zonal statistics, and what else is asked of zones, lines and points.

``engine`` computes statistics, ``columns`` those of many zones; ``cells`` has what they
are made of; ``grouped``, ``weighted`` and ``crosstab`` read several rasters,
``profile``, ``point`` and ``polygonise`` ask other things. What they stand on,
top to bottom; imports only point down:

- ``results``: the statistics, each declared once.
- ``reading``: which blocks are read, and what is made of each.
- ``partials``: what is kept of a zone and block, and how it is merged.
- ``tracks``: lines and points, weighted by length and number.
- ``coverage``: the fraction of each cell that zones cover.
- ``outlines``: the zones on the raster's grid.
- ``zones``: zones and lines as a user gives them.
"""
