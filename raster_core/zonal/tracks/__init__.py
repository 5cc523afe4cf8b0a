"""Lines and points beside polygons: the cells that they meet, and how much of each."""
