"""TODO raster_core/zonal/partials."""
