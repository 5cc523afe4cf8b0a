"""Files of zones, as programs write them."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

import geopandas
import pyogrio
import pytest
import shapely

import rasterlet
from raster_core.errors import RequestError
from rasterlet.frames.zones.files import read_zone_file
from rasterlet.frames.zones.given import Selection, read_zones

if TYPE_CHECKING:
    from pathlib import Path

BOXES = [shapely.box(n, 45, n + 1, 46) for n in (12, 10, 11)]


@pytest.fixture
def frame() -> geopandas.GeoDataFrame:
    columns = {"name": ["c", "a", "b"], "size": [3, 1, 2]}
    return geopandas.GeoDataFrame(columns, geometry=BOXES, crs=25832)


def write(frame: geopandas.GeoDataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        options = {"SPATIAL_INDEX": "NO"} if path.suffix == ".fgb" else {}
        frame.to_file(path, engine="pyogrio", **options)


@pytest.mark.parametrize("ending", ["gpkg", "shp", "fgb", "parquet", "shp.zip"])
def test_a_file_is_its_frame_in_its_order(tmp_path, frame, ending):
    path = tmp_path / f"zones.{ending}"
    write(frame, path)

    given = read_zones(path, Selection(columns=("size",)))

    assert given.crs == "EPSG:25832"
    assert given.frame.columns.tolist() == ["size", "geometry"]
    assert given.frame["size"].tolist() == [3, 1, 2]
    for shape, box in zip(given.shapes, BOXES, strict=True):
        assert shape.equals(box)


def test_a_file_in_degrees_has_longitude_first(tmp_path, frame):
    path = tmp_path / "degrees.gpkg"
    write(frame.set_crs(4326, allow_override=True), path)

    given = read_zones(str(path))

    assert given.crs == "OGC:CRS84"
    assert given.shapes[0].bounds == (12, 45, 13, 46)


def test_one_of_several_layers_is_chosen_by_name(tmp_path, frame):
    path = tmp_path / "layers.gpkg"
    frame.to_file(path, layer="parcels")
    frame.iloc[:1].to_file(path, layer="towns")

    with pytest.raises(
        RequestError, match=r"several layers; give layer= one of 'parcels', 'towns'"
    ):
        read_zones(path)
    with pytest.raises(RequestError, match="nothing"):
        read_zones(path, Selection(layer="nothing"))
    assert len(read_zones(path, Selection(layer="towns")).frame) == 1


def test_tables_without_geometries_are_no_layers(tmp_path, frame):
    path = tmp_path / "mixed.gpkg"
    frame.to_file(path, layer="parcels")
    frame.drop(columns="geometry").to_csv(tmp_path / "table.csv", index=False)
    pyogrio.write_dataframe(
        frame.drop(columns="geometry"), path, layer="owners", append=True
    )

    assert len(read_zones(path).frame) == 3
    with pytest.raises(RequestError, match="has no layer with geometries"):
        read_zones(tmp_path / "table.csv")


def test_arcs_keep_their_area(tmp_path):
    path = tmp_path / "circle.csv"
    arcs = "CURVEPOLYGON(CIRCULARSTRING(-1 0,0 1,1 0,0 -1,-1 0))"
    path.write_text(f'id,WKT\n1,"{arcs}"\n')

    (shape,) = read_zones(path, Selection(crs=3857)).shapes

    assert shape.area == pytest.approx(math.pi, rel=1e-5)
    assert pyogrio.get_gdal_config_option("OGR_ARC_STEPSIZE") is None


def test_a_condition_selects_features(tmp_path, frame):
    path = tmp_path / "zones.gpkg"
    write(frame, path)

    table = read_zones(path, Selection(where="size > 1", columns=None)).frame

    assert table["name"].tolist() == ["c", "b"]
    with pytest.raises(RequestError, match="cannot be read"):
        read_zones(path, Selection(where="nonsense >"))


def test_a_condition_does_not_apply_to_parquet(tmp_path, frame):
    path = tmp_path / "zones.parquet"
    write(frame, path)

    with pytest.raises(RequestError, match="do not apply to Parquet"):
        read_zone_file(str(path), None, where="size > 1")


def test_parquet_without_geometries_or_not_there_is_refused(tmp_path, frame):
    path = tmp_path / "table.parquet"
    frame.drop(columns="geometry").to_parquet(path)

    with pytest.raises(RequestError, match=r"table\.parquet' cannot be read as zones"):
        read_zones(path)
    with pytest.raises(RequestError, match=r"'none\.parquet' does not exist"):
        read_zones("none.parquet")


def test_a_file_that_is_not_there_or_no_vector_is_refused(tmp_path, sample):
    (tmp_path / "text.gpkg").write_text("hello")

    with pytest.raises(
        RequestError, match=r"none\.gpkg' does not exist; check the path"
    ):
        read_zones("none.gpkg")
    with pytest.raises(RequestError, match=r"text\.gpkg' cannot be read as zones"):
        read_zones(tmp_path / "text.gpkg")
    with pytest.raises(RequestError, match="is a raster, not a file of zones"):
        read_zones(sample / "elevation_yosemite.tif")


def test_a_missing_library_is_named_with_its_remedy(monkeypatch, sample):
    monkeypatch.setitem(sys.modules, "geopandas", None)

    with pytest.raises(RequestError, match=r"pip install 'rasterlet\[frames\]'"):
        rasterlet.zonal_stats(BOXES, sample / "elevation_yosemite.tif")
