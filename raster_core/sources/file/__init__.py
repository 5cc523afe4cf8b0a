"""TODO raster_core/sources/file."""
