"""TODO raster_core/zonal/outlines."""
