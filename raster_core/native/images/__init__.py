"""Kernels of images: from positions on a raster to the lines of a PNG."""
