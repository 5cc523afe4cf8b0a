"""Map tiles and other images, and the documents that describe them.

Top to bottom; imports only point down:

- ``documents``: TileJSON and WMTS, which map clients read first.
- ``grids``: the grids of tiles and other images, and zooms.
- ``images``: from pixels to the bytes of an image, and legends.
- ``algorithms``: what is computed of bands only to draw it.
- ``colors``: which colour a value has.
"""
