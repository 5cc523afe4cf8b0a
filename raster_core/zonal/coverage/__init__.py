"""TODO raster_core/zonal/coverage."""
