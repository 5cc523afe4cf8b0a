"""Where a raster lies on Earth."""
