"""TODO raster_core/catalogue."""
