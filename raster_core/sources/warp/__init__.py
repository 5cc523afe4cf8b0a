"""TODO raster_core/sources/warp."""
