"""Zones in and tables out: GeoDataFrames, files of vectors, columns.

``zones`` reads what users call zones; a table is computed from a ``Request``.
"""
