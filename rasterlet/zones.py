"""``Raster.zonal_stats``: zones in, a table out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from rasterlet.opening.failures import explained

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pandas import DataFrame

    from raster_core.raster import Layer
    from rasterlet.frames.request import Request
    from rasterlet.frames.zones.given import Given


@runtime_checkable
class HasLayer(Protocol):
    """What has a layer to count: a ``Raster``."""

    @property
    def layer(self) -> Layer:
        """Opened when first needed."""


@explained()
def zonal_stats(  # noqa: PLR0913  every option by its name, as people type them
    self: HasLayer | Several,
    zones: object,
    *,
    stats: str | Sequence[str] | None = None,
    crs: object = None,
    layer: str | None = None,
    where: str | None = None,
    coverage: str = "fraction",
    min_coverage: float = 0.0,
    interpolate: bool = False,
    weights: object = None,
    group_by: object = None,
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
        weights=_open_layer(weights),
        group_by=_open_layer(group_by),
        counting=Counting(
            coverage,
            min_coverage,
            interpolate=interpolate,
            unscale=unscale,
            approximate=approximate,
            max_pixels=max_pixels,
        ),
        layout=layout,
        progress=progress,
    )
    selection = Selection(crs, layer, where, layout.kept_columns())
    return _tabulate(self, read_zones(zones, selection), request)


@dataclass(frozen=True, slots=True, eq=False)
class Several:
    """Rasters that are counted one after the other, by the names of their columns."""

    rasters: Mapping[str, HasLayer]

    zonal_stats = zonal_stats


def _open_layer(source: object) -> Layer | None:
    """The layer of a second raster, opened or not."""
    from raster_core.drawing.request import Source  # noqa: PLC0415  as above
    from raster_core.drawing.sources import resolve_source  # noqa: PLC0415
    from raster_core.layers.kinds import open_layer  # noqa: PLC0415
    from rasterlet.opening.source import open_dataset  # noqa: PLC0415

    if source is None:
        return None
    if isinstance(source, HasLayer):
        return source.layer
    dataset = open_dataset(source)  # type: ignore[arg-type]
    every = [band.index for band in dataset.bands]
    return open_layer(resolve_source(dataset, Source(), every))


def _tabulate(counted: HasLayer | Several, given: Given, request: Request) -> DataFrame:
    """The table of one raster, of its parts by group, or of several rasters."""
    from rasterlet.frames.groups import tabulate_groups  # noqa: PLC0415  as above
    from rasterlet.frames.several import tabulate_several  # noqa: PLC0415
    from rasterlet.frames.zonal import tabulate  # noqa: PLC0415

    if isinstance(counted, Several):
        layers = {name: raster.layer for name, raster in counted.rasters.items()}
        return tabulate_several(layers, given, request)
    if request.group_by is not None:
        return tabulate_groups(counted.layer, request.group_by, given, request)
    return tabulate(counted.layer, given, request)
