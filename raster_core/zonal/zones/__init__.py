"""TODO raster_core/zonal/zones."""
