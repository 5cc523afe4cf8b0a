"""Outlines of zones on a raster's grid, cut where its projection is torn."""
