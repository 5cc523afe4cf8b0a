"""Zonal statistics and map tiles from Cloud-Optimized GeoTIFFs.

This module imports nothing, so that a document that needs no raster loads no GDAL.
The map of the package, top to bottom; imports only point down:

- ``ingest``: the STAC Item of a raster.
- ``zonal`` and ``tile``: the two halves; they do not know each other.
- ``layer``: a band as a ``Layer``, which is all that the halves read from.
- ``source``: where pixels come from: catalogue, reading plan, projections, COG.
- ``raster``, ``grid``, ``bands``: the nouns. Start with ``grid``.
- ``errors``: the error tree.
"""
