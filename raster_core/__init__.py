"""Zonal statistics and map tiles from Cloud-Optimized GeoTIFFs.

This module imports nothing, so that a document that needs no raster loads no GDAL.
The map of the package, top to bottom; imports only point down:

- ``ingest``: the STAC Item of a raster.
- ``zonal`` and ``tile``: the two halves; they do not know each other.
- ``catalogue``: STAC Items, and the datasets that they describe.
- ``layers``: the kinds of ``Layer``, which is all that the halves read from.
- ``sources``: where pixels come from: files, warping, extents, CRSs.
- ``expressions``: a user's text over bands, to a tree and to values.
- ``stated``: what a catalogue says of bands.
- ``raster``, ``grid``, ``bands``: the nouns. Start with ``grid``.
- ``documents``, ``earth``, ``errors``: JSON, the Earth's size, the error tree.
"""
