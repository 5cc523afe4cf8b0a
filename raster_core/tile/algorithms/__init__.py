"""What is computed from a raster only to be drawn; ``protocol`` says what one is."""
