"""What is written: the STAC Items of rasters and of weighted overlays."""
