"""Random grids in projections of all kinds, near the places they are made for."""

from __future__ import annotations

import numpy as np
from affine import Affine
from hypothesis import strategies as st

from raster_core.grid import Grid
from raster_core.sources.crs.operations import point_transform

# With a place that they are made for.
SYSTEMS = {
    "EPSG:3857": (0, 0),
    "EPSG:32633": (15, 45),
    "EPSG:32760": (179, -20),
    "EPSG:3413": (-45, 80),
    "EPSG:3031": (0, -80),
    "EPSG:3035": (10, 52),
    "EPSG:5070": (-96, 40),
    "EPSG:2193": (175, -40),
    "EPSG:6933": (170, 60),
    "EPSG:2263": (-74, 40.7),
    "EPSG:26710": (-123, 49),
    "EPSG:4267": (-100, 40),
    "ESRI:54009": (100, -60),
    "ESRI:54030": (-170, 50),
    "EPSG:8857": (178, 10),
}


@st.composite
def random_grids(draw: st.DrawFn) -> Grid:
    crs = draw(st.sampled_from(sorted(SYSTEMS)))
    lon, lat = SYSTEMS[crs]
    lon += draw(st.floats(-4, 4))
    lat += draw(st.floats(-4, 4))
    x, y = point_transform("OGC:CRS84", crs)(np.array([lon]), np.array([lat]))
    pixel = 10 ** draw(st.floats(0, 5))
    pixel *= 1e-5 if crs == "EPSG:4267" else 1
    # PROJ turns Robinson's table back to some centimetres only.
    pixel = max(pixel, 100) if crs == "ESRI:54030" else pixel
    width, height = draw(st.integers(1, 60)), draw(st.integers(1, 60))
    turn = draw(st.sampled_from([0, 0, 0, 30, 90, 200]))
    flip = draw(st.sampled_from([1, -1]))
    transform = (
        Affine.translation(float(x[0]), float(y[0]))
        @ Affine.rotation(turn)
        @ Affine.scale(pixel, -pixel * flip)
        @ Affine.translation(-width * draw(st.floats(0, 1)), -height / 2)
    )
    return Grid(crs, transform, width, height)
