"""CRSs as files and Items have them, that are not just a code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import pytest
import rasterio
from affine import Affine
from rasterio.vrt import WarpedVRT

from raster_core.catalogue.fields import ItemError, read_grid
from raster_core.errors import SourceError
from raster_core.grid import Grid
from raster_core.ingest.item import ItemOptions, describe_raster
from raster_core.layers.file import describe_file
from raster_core.layers.kinds import open_layer
from raster_core.sources.crs.operations import point_transform
from raster_core.sources.file.cog import open_cog

if TYPE_CHECKING:
    from pathlib import Path

BUILT = "+proj=utm +zone={zone} +ellps={ellps} +units=m +no_defs"

SHIFTED = BUILT + " +towgs84={shift}"

HELMERT = "-131,-100.3,-163.4,-1.244,-0.02,-1.144,9.39"


def write(path: Path, crs: str) -> Path:
    value = np.arange(40_000, dtype=np.uint16).reshape(200, 200)
    profile = {
        "driver": "GTiff",
        "width": 200,
        "height": 200,
        "count": 1,
        "dtype": value.dtype,
        "crs": crs,
        "transform": Affine(20, 0, 500_000, 0, -20, 4_480_000),
    }
    with rasterio.open(path, "w", **profile) as file:
        file.write(value, 1)
    return path


@pytest.mark.parametrize(
    ("crs", "named"),
    [
        (SHIFTED.format(zone=33, ellps="intl", shift="500,0,0"), False),
        (SHIFTED.format(zone=30, ellps="intl", shift=HELMERT), False),
        (SHIFTED.format(zone=32, ellps="bessel", shift="598.1,73.7,418.2"), False),
        (BUILT.format(zone=30, ellps="intl"), False),  # not ED50, for all GDAL knows
        (BUILT.format(zone=33, ellps="WGS84"), False),
        ("EPSG:23030", True),
        ("EPSG:32633", True),
        ("ESRI:54009", True),
        ("EPSG:3857", True),
    ],
)
def test_a_tile_lies_where_gdals_warper_puts_it(tmp_path: Path, crs: str, named: bool):
    path = write(tmp_path / "a.tif", crs)
    cog = open_cog(str(path), "1")
    own = cog.levels[0].crs
    x, y = point_transform(cog.levels[0], "EPSG:3857")(
        np.array([502_000.0]), np.array([4_478_000.0])
    )
    grid = Grid(
        "EPSG:3857", Affine(4, 0, x[0] - 256, 0, -4, y[0] + 256), width=128, height=128
    )

    ours = open_layer(describe_file(str(path), version="1")).read(grid)

    with (
        rasterio.open(path) as file,
        WarpedVRT(
            file,
            crs="EPSG:3857",
            transform=grid.transform,
            width=128,
            height=128,
            tolerance=0.01,
        ) as warped,
    ):
        theirs = warped.read(1)
    assert own.startswith(("EPSG:", "ESRI:")) == named
    assert np.mean(ours.data[0] == theirs) > 0.99


PROJJSON = json.loads(pyproj.CRS("EPSG:25832").to_json())

FIELDS = {"proj:shape": [10, 10], "proj:transform": [10, 0, 5e5, 0, -10, 5.5e6]}


@pytest.mark.parametrize(
    "crs",
    [
        {"proj:code": "EPSG:25832"},
        {"proj:epsg": 25832},
        {"proj:code": None, "proj:epsg": 25832},
        {"proj:wkt2": pyproj.CRS("EPSG:25832").to_wkt()},
        {"proj:code": None, "proj:wkt2": pyproj.CRS("EPSG:25832").to_wkt()},
        {"proj:projjson": PROJJSON},
        {"proj:code": None, "proj:epsg": None, "proj:projjson": PROJJSON},
        {"proj:code": None, "proj:wkt2": None, "proj:projjson": PROJJSON},
    ],
)
def test_an_item_says_its_crs_in_any_form(crs: dict[str, object]):
    grid = read_grid({**FIELDS, **crs})

    there = point_transform(grid, "OGC:CRS84")(np.array([5e5]), np.array([5.5e6]))

    assert [float(axis[0]) for axis in there] == pytest.approx([9, 49.652], abs=1e-3)


def test_an_item_without_a_crs_says_what_is_missing():
    with pytest.raises(
        ItemError, match=r"proj:code is missing, and so are .* proj:projjson"
    ):
        read_grid({**FIELDS, "proj:code": None})


@pytest.mark.parametrize(
    ("crs", "kind"),
    [
        ("EPSG:4978", "'WGS 84' .* Geocentric CRS"),
        ('LOCAL_CS["site",UNIT["metre",1]]', "'site' .* Engineering CRS"),
    ],
)
def test_what_is_no_map_is_refused_at_ingest_and_in_service(
    tmp_path: Path, crs: str, kind: str
):
    path = write(tmp_path / "a.tif", crs)

    with pytest.raises(SourceError, match=kind):
        describe_raster(path, ItemOptions(id="a"))
    with pytest.raises(SourceError, match=kind):
        open_cog(str(path), "1").levels  # noqa: B018  reads the header
    with pytest.raises(SourceError, match=kind):
        point_transform(read_grid({**FIELDS, "proj:code": crs}), "EPSG:3857")


@pytest.mark.parametrize(
    "transform",
    [
        Affine(0, 0, 5e5, 0, 0, 5e6),
        Affine(1, 2, 5e5, 2, 4, 5e6),
        Affine(1e-310, 0, 5e5, 0, -1, 5e6),
        Affine(float("nan"), 0, 5e5, 0, -1, 5e6),
        Affine(float("inf"), 0, 5e5, 0, -1, 5e6),
    ],
)
def test_no_item_is_made_of_a_transform_without_pixels(
    tmp_path: Path, transform: Affine
):
    path = tmp_path / "a.tif"
    profile = {"driver": "GTiff", "width": 9, "height": 9, "count": 1, "dtype": "uint8"}
    with rasterio.open(
        path, "w", **profile, crs="EPSG:32633", transform=transform
    ) as file:
        file.write(np.ones((1, 9, 9), np.uint8))

    with pytest.raises(SourceError, match=r"transform|pixels are"):
        describe_raster(path, ItemOptions(id="a"))
