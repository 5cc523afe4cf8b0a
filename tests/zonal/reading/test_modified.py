"""Modified layers: GDAL's burning as the oracle, and the statistics that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.features import rasterize

from raster_core.errors import BudgetError, RequestError
from raster_core.grid import Window
from raster_core.zonal.crosstab import cross_tabulate
from raster_core.zonal.engine import Options, zonal_statistics
from raster_core.zonal.reading.modified import Modification, modify_layer
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, open_file, write_cog
from tests.zonal.pairs import CLASSES, EVERYTHING, UTM, make, some_zones, whole

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from raster_core.raster import Layer


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Layer:
    return make(tmp_path_factory.mktemp("rasters") / "a.tif", CLASSES)


def some_changes() -> list[Modification]:
    """Blobs that overlap, each with a value of its own."""
    return [Modification(zone, 50 + n) for n, zone in enumerate(some_zones())]


def burn(
    layer: Layer, changes: list[Modification]
) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
    """Values and mask with the changes, by GDAL."""
    values, valid = (plane.copy() for plane in whole(layer))
    for change in changes:
        inside = (
            rasterize(
                [change.zone.geometry],
                values.shape,
                transform=layer.info.grid.transform,
            )
            > 0
        )
        values[inside], valid[inside] = change.value, True
    return values, valid


def test_pixels_whose_centre_is_inside_have_the_last_value(classes: Layer):
    changes = some_changes()

    values, valid = whole(modify_layer(classes, changes))

    expected, expected_valid = burn(classes, changes)
    assert (valid == expected_valid).all()
    assert (values == expected)[valid].all()
    assert not expected_valid.all()


def test_the_order_of_modifications_counts(classes: Layer):
    first, second = (
        Modification(Zone(shapely.box(10, 45, x, 46)), x) for x in (11, 12)
    )

    forth = whole(modify_layer(classes, [first, second]))[0]
    back = whole(modify_layer(classes, [second, first]))[0]

    assert set(np.unique(forth[50:, :])) == {12}
    assert set(np.unique(back[50:, :])) == {11, 12}


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_crop_has_the_pixels_of_the_whole(classes: Layer, data: st.DataObject):
    layer = modify_layer(classes, some_changes())
    col, row = data.draw(st.integers(-20, 210)), data.draw(st.integers(-20, 160))
    window = Window(
        col, row, data.draw(st.integers(1, 90)), data.draw(st.integers(1, 90))
    )

    found = layer.read(layer.info.grid.crop(window))

    framed = layer.read(layer.info.grid.crop(Window(-20, -20, 330, 280)))
    place = np.s_[
        :, row + 20 : row + 20 + window.height, col + 20 : col + 20 + window.width
    ]
    assert (found.mask == framed.mask[place]).all()
    assert (found.data == framed.data[place])[found.mask].all()
    assert found.grid == layer.info.grid.crop(window)


def test_beyond_the_raster_nothing_is_modified(classes: Layer):
    layer = modify_layer(classes, [Modification(Zone(shapely.box(0, 0, 20, 80)), 7)])

    outside = layer.read(layer.info.grid.crop(Window(200, 0, 10, 10)))

    assert not outside.mask.any()


def test_statistics_are_those_of_a_file_with_these_values(
    classes: Layer, tmp_path: Path
):
    changes = some_changes()
    values, valid = burn(classes, changes)
    write_cog(tmp_path / "b.tif", CLASSES, np.where(valid, values, 255)[None])
    options = Options(statistics=StatisticOptions(areas=True))

    found = zonal_statistics(modify_layer(classes, changes), some_zones(), options)

    assert found == zonal_statistics(
        open_file(tmp_path / "b.tif"), some_zones(), options
    )


def test_a_modified_layer_may_be_cross_tabulated_first_or_second(
    classes: Layer, tmp_path: Path
):
    changed = modify_layer(classes, [Modification(EVERYTHING, 9)])
    other = make(tmp_path / "b.tif", UTM)

    (first,) = cross_tabulate([changed, other], [EVERYTHING])
    (second,) = cross_tabulate([other, changed], [EVERYTHING])

    assert set(first.values[:, 0].tolist()) == {9}
    assert set(second.values[:, 1].tolist()) == {9}


def test_values_are_physical_on_every_band(tmp_path: Path):
    write_cog(tmp_path / "a.tif", Recipe(bands=2, scale=0.1, offset=5.0))
    layer = open_file(tmp_path / "a.tif")

    modified = modify_layer(layer, [Modification(EVERYTHING, 12.3)])

    array = modified.read(modified.info.grid)
    assert (array.data == 73).all()
    ((first, second),) = zonal_statistics(modified, [EVERYTHING])
    assert first == second
    assert (first.mean, first.masked_pixels) == (pytest.approx(12.3), 0)


def test_the_layer_underneath_stays_as_it_is(classes: Layer):
    before = whole(classes)[0].copy()

    whole(modify_layer(classes, [Modification(EVERYTHING, 9)]))

    assert (whole(classes)[0] == before).all()


def test_no_modifications_change_nothing(classes: Layer):
    modified, plain = whole(modify_layer(classes, [])), whole(classes)

    assert all((own == other).all() for own, other in zip(modified, plain, strict=True))


@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        ("uint8", 256),
        ("uint8", -1),
        ("uint8", 1.5),
        ("int16", 40_000),
        ("uint8", float("nan")),
        ("float32", 1e39),
        ("float32", float("nan")),
        ("float32", float("inf")),
    ],
)
def test_what_a_band_cannot_hold_is_refused(tmp_path: Path, dtype: str, value: float):
    layer = make(tmp_path / "a.tif", Recipe(dtype=dtype, nodata=None))

    with pytest.raises(RequestError, match=rf"Band 1 \({dtype}\) cannot hold"):
        modify_layer(layer, [Modification(EVERYTHING, value)])


@pytest.mark.parametrize("dtype", ["int16", "float32"])
def test_the_nodata_value_is_refused(tmp_path: Path, dtype: str):
    layer = make(tmp_path / "a.tif", Recipe(dtype=dtype))

    with pytest.raises(RequestError, match="In band 1, -9999 stands for missing data"):
        modify_layer(layer, [Modification(EVERYTHING, -9999)])


def test_other_grids_cannot_be_read(classes: Layer):
    layer = modify_layer(classes, [])

    with pytest.raises(ValueError, match="native pixels only"):
        layer.read(classes.info.grid.resize(100, 75))


def test_overviews_know_of_no_modification(tmp_path: Path):
    write_cog(tmp_path / "a.tif", Recipe(1024, 1024, blocksize=128))
    layer = open_file(tmp_path / "a.tif")
    left, bottom, right, top = layer.info.grid.bounds
    zone = Zone(shapely.box(left, bottom, right, top))
    changed = modify_layer(layer, [Modification(zone, 7)])
    options = Options(max_pixels=600_000, approximate=True)
    assert zonal_statistics(layer, [zone], options)

    with pytest.raises(BudgetError, match="for none of which an overview"):
        zonal_statistics(changed, [zone], options)
