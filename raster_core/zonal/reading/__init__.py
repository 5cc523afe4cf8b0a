"""TODO raster_core/zonal/reading."""
