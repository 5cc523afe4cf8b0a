"""TODO raster_core/sources."""
