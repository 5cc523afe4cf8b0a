"""TODO raster_core/sources/crs."""
