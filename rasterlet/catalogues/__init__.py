"""Catalogues as files: what is put in, taken out, and checked against its rasters."""
