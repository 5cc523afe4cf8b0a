"""What is wrong with a GeoTIFF for serving it, and the commands that mend it."""
