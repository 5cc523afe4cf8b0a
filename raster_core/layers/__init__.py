"""Kinds of layers: what each is made of, as data, and how it is opened and read.

``kinds`` has the table. A kind is one module with its spec and its layer; importing it
loads no GDAL.
"""
