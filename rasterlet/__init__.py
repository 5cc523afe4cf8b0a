"""Zonal statistics and map tiles of any raster, from Python and the command line."""

from raster_core.version import __version__

__all__ = ["__version__"]
