"""Which pixels of a raster another grid needs, and how they are resampled."""
