"""Zonal statistics and map tiles from Cloud-Optimized GeoTIFFs.

This module imports nothing, so that a document that needs no raster loads no GDAL.
The map of the package, top to bottom; imports only point down:

- ``ingest``: the STAC Item of a raster.
- ``zonal`` and ``tile``: the two halves; they do not know each other.
- ``layers``: the kinds of ``Layer``, which is all that the halves read from.
- ``sampling``: the nearest native pixels on another grid.
- ``source``: where pixels come from: catalogue, reading plan, projections, COG.
- ``stated``: what a catalogue says of bands.
- ``expressions``: a user's text over bands, to a tree and to values.
- ``raster``, ``grid``, ``bands``: the nouns. Start with ``grid``.
- ``documents``, ``earth``, ``errors``: JSON, the Earth's size, the error tree.
"""
