"""``rasterlet zonal``: its options, the files that it writes, and what it says."""
