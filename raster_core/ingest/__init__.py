"""What is written: today, the STAC Item of a raster."""
