"""The size of the Earth."""

import math

EARTH_RADIUS = 6378137.0
"""Metres at the equator: WGS 84's semi-major axis, and the radius of the sphere that
Web Mercator takes the Earth for."""

EQUATOR = 2 * math.pi * EARTH_RADIUS
"""Metres around it, which are those of Web Mercator's map from side to side."""
