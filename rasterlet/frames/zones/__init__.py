"""What users give as zones, read into one frame: files, frames, shapes, GeoJSON."""
