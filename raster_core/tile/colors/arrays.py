"""Arrays of colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

type Colors = NDArray[np.uint8]
"""(n, 3): red, green, blue; (n, 4) with alpha."""

type Pixels = NDArray[np.uint8]
"""(row, col, 3): red, green, blue; 4 with alpha."""
