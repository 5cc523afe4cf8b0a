import numpy as np
import pytest

from raster_core.tile.algorithms.slope import slope_degrees


@pytest.mark.parametrize(
    ("east", "north", "degrees"),
    [(0, 0, 0), (1, 0, 45), (0, -1, 45), (3**0.5, 0, 60), (0.6, 0.8, 45)],
)
def test_slopes_are_degrees_from_level(east: float, north: float, degrees: float):
    found = slope_degrees(np.float32([[east]]), np.float32([[north]]))

    assert found.item() == pytest.approx(degrees, abs=1e-4)
