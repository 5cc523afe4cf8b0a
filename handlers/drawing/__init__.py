"""Answers with images of datasets, and with documents about them.

``raster_core.drawing`` decides what is drawn and draws it.
"""
