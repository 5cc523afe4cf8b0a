"""The size of the Earth."""

import math

EARTH_RADIUS = 6378137.0
"""Metres: WGS 84's semi-major axis, and the radius of Web Mercator's sphere."""

EQUATOR = 2 * math.pi * EARTH_RADIUS
"""Metres around the equator, which is the width of the Web Mercator map."""

FAR = 1e9
"""Units of a CRS that are farther than any coordinate on Earth, in feet too."""
