"""A direct way to the blocks of plain GeoTIFFs; all others are GDAL's."""
