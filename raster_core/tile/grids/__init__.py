"""The grids that images are drawn on, and the zooms at which they are."""
