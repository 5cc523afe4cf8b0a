"""Where the catalogue is kept, and the store that it and rasters are read from."""
