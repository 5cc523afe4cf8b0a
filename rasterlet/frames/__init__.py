"""Zones in and tables out: GeoDataFrames, files of vectors, columns."""
