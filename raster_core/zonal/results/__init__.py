"""TODO raster_core/zonal/results."""
