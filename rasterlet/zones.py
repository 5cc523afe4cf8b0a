"""``Raster.zonal_stats``: zones in, a table out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pandas import DataFrame

    from raster_core.raster import Layer


class HasLayer(Protocol):
    """What has a layer to count: a ``Raster``."""

    @property
    def layer(self) -> Layer:
        """Opened when first needed."""


def zonal_stats(  # noqa: PLR0913  every option by its name, as people type them
    self: HasLayer,
    zones: object,
    *,
    stats: str | Sequence[str] | None = None,
    crs: object = None,
    layer: str | None = None,
    where: str | None = None,
    coverage: str = "fraction",
    min_coverage: float = 0.0,
    categorical: bool = False,
    class_names: bool = False,
    unscale: bool = True,
    approximate: bool = False,
    max_pixels: float | None = None,
    include_columns: Sequence[str] | bool = (),
    include_geometry: bool = False,
    reasons: bool = True,
    progress: bool | Callable[[int, int], None] = False,
) -> DataFrame:
    """Statistics of the raster's cells in each zone, as a table with a row per zone.

    Example:
        >>> import rasterlet, shapely
        >>> cover = rasterlet.open("sample/landcover_global_2019.tif")
        >>> cover.zonal_stats(shapely.box(10, 45, 12, 46), stats=["count", "p90"])
           count   p90 reason  note
        0  800.0  13.0   <NA>  <NA>

    Args, result and errors are those of ``rasterlet.zonal_stats``, whose ``source`` is
    this raster.
    """
    # A raster that is not counted does without.
    from rasterlet.frames.request import Counting, Layout, Request  # noqa: PLC0415
    from rasterlet.frames.zonal import tabulate  # noqa: PLC0415
    from rasterlet.frames.zones.given import Selection, read_zones  # noqa: PLC0415

    layout = Layout(
        include_columns,
        include_geometry=include_geometry,
        class_names=class_names,
        reasons=reasons,
    )
    request = Request(
        stats,
        categorical=categorical,
        counting=Counting(
            coverage,
            min_coverage,
            unscale=unscale,
            approximate=approximate,
            max_pixels=max_pixels,
        ),
        layout=layout,
        progress=progress,
    )
    selection = Selection(crs, layer, where, layout.kept_columns())
    return tabulate(self.layer, read_zones(zones, selection), request)
