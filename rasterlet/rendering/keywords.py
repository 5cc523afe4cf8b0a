"""The keywords of an image: the parameters of the service, as Python has them."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rasterlet.rendering.selection import Bands


class Rendering(TypedDict, total=False):
    """The keywords of an image; without one, or with None, the raster decides."""

    bands: Bands | None
    """One band, or three for red, green and blue."""
    expression: str | None
    """Arithmetic on bands in place of ``bands``, such as ``"(b2-b1)/(b2+b1)"``."""
    nodata: float | None
    """Stored value that counts as no data, in place of the raster's."""
    rescale: str | Sequence[float] | Sequence[Sequence[float] | str] | None
    """``(min, max)``, one for each band, or ``"auto"``: the physical values of the
    first and the last colour."""
    colormap_name: str | None
    """A colormap by name, such as ``"viridis"``."""
    colormap: Mapping[int, Any] | Mapping[str, Any] | Sequence[Any] | str | None
    """Colours by value, or ``[[min, max], colour]`` for each interval."""
    color_formula: str | None
    """Such as ``"gamma RGB 1.8, saturation 1.2"``; applied after ``rescale``."""
    resampling: str | None
    """The kernel where grids differ, such as ``"bilinear"``."""
    algorithm: str | None
    """What to compute and draw instead, such as ``"hillshade"``."""
    algorithm_params: Mapping[str, float] | None
    """Parameters of the algorithm."""


COLORS = ("rescale", "colormap_name", "colormap", "color_formula")
"""Keywords that apply only where values are drawn in colours."""


def check_names(keywords: Rendering) -> None:
    """Refuse keywords that do not exist, as Python does for those of a signature.

    Raises:
        TypeError: If there is one, with the name that it may stand for.
    """
    names = list(Rendering.__annotations__)
    for name in keywords:
        if name not in names:
            close = difflib.get_close_matches(name, names, n=1)
            hint = f"did you mean {close[0]}?" if close else f"not one of {names}"
            raise TypeError(f"{name} is not a keyword of an image; {hint}")
