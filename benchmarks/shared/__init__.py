"""What several suites use: paths, rasters, environments, events, tables."""
