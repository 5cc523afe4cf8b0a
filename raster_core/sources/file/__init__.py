"""GeoTIFFs, read with GDAL: header, windows, masks; ``geotiff`` writes one."""
