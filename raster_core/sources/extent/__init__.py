"""TODO raster_core/sources/extent."""
