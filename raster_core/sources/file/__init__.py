"""GeoTIFFs: headers, decoding, masks, and GDAL, which reads their blocks."""
