"""Coordinate reference systems and the operations between them."""
