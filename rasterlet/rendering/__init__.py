"""The keywords about what is drawn of a raster, and how."""
