from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys

import geopandas
import pandas as pd
import pytest
import shapely

import rasterlet
from tests.commands.shell import call_command, environment, run_command


@pytest.fixture(scope="module")
def dem(sample):
    return sample / "elevation_yosemite.tif"


@pytest.fixture(scope="module")
def zones(tmp_path_factory):
    """One whole, one beside the raster, one partly, one without a shape; in UTM."""
    frame = geopandas.GeoDataFrame(
        {"name": ["Tuolumne Süd", "far", "edge", "none"], "code": [4, 3, 2, 1]},
        geometry=[
            shapely.box(-119.6, 37.7, -119.4, 37.9),
            shapely.box(-100, 37.7, -99.9, 37.9),
            shapely.box(-118.9, 37.7, -118.8, 37.9),
            None,
        ],
        crs=4326,
    ).to_crs(32611)
    path = tmp_path_factory.mktemp("zones") / "zones.gpkg"
    frame.to_file(path)
    return path


@pytest.fixture(scope="module")
def expected(zones, dem):
    return rasterlet.zonal_stats(
        zones, dem, stats=["mean", "p90"], include_columns=True, include_geometry=True
    )


def read(path):
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path) if path.suffix == ".csv" else geopandas.read_file(path)


@pytest.mark.parametrize("ending", ["csv", "parquet", "geojson", "gpkg"])
def test_every_format_has_the_table(ending, zones, dem, expected, tmp_path):
    out = tmp_path / f"out.{ending}"

    done = call_command("zonal", zones, dem, "-o", out, "--stats", "mean,p90")

    assert done.returncode == 0
    assert done.stdout == ""
    found = read(out)
    for name in ("name", "code", "mean", "p90", "reason"):
        assert (
            found[name].tolist()
            == pytest.approx(expected[name].tolist(), rel=1e-12, nan_ok=True)
            if name in {"mean", "p90"}
            else (found[name].fillna("").tolist() == expected[name].fillna("").tolist())
        )
    if ending in {"geojson", "gpkg"}:
        crs = 4326 if ending == "geojson" else 32611
        assert found.crs.to_epsg() == crs
        assert found.geometry.iloc[0].is_valid
        assert found.geometry.iloc[3] is None
    assert len(list(tmp_path.iterdir())) == 1


def test_the_summary_says_what_has_no_values(zones, dem, tmp_path):
    done = call_command("zonal", zones, dem, "-o", tmp_path / "out.csv")
    lines = done.stderr.splitlines()

    assert lines[0].startswith("2 of 4 zones have values (")
    assert sorted(lines[1:]) == [
        "  1 outside the raster",
        "  1 partly outside the raster",
        "  1 without a geometry",
    ]


def test_the_summary_is_json_too(zones, dem, tmp_path):
    done = call_command("zonal", zones, dem, "-o", tmp_path / "out.csv", "--json")

    assert done.stderr == ""
    assert json.loads(done.stdout) == {
        "output": str(tmp_path / "out.csv"),
        "zones": 4,
        "with_values": 2,
        "reasons": {"outside_raster": 1, "empty_geometry": 1},
        "notes": {"partial": 1},
    }


def test_without_a_file_the_table_is_csv_on_stdout(zones, dem, expected):
    done = run_command("zonal", zones, dem, "--stats", "mean", "--columns", "code")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))

    assert list(rows[0]) == ["code", "mean", "reason", "note"]
    assert [row["code"] for row in rows] == ["4", "3", "2", "1"]
    assert float(rows[0]["mean"]) == expected["mean"][0]
    assert (rows[1]["mean"], rows[1]["reason"]) == ("", "outside_raster")


def test_or_json(zones, dem, expected):
    done = call_command("zonal", zones, dem, "--stats", "mean", "--json", "-q")
    rows = json.loads(done.stdout)

    assert [row["name"] for row in rows] == expected["name"].tolist()
    assert rows[0]["mean"] == pytest.approx(expected["mean"][0], rel=1e-12)
    assert rows[1]["mean"] is None
    assert done.stderr == ""


def test_csv_is_utf8_wherever_it_is_written(zones, dem):
    done = run_command("zonal", zones, dem, PYTHONIOENCODING="ascii", LC_ALL="C")

    assert "Tuolumne Süd" in done.stdout


def test_several_rasters_have_columns_each(zones, dem, sample):
    other = sample / "landcover_global_2019.tif"
    done = call_command("zonal", zones, dem, other, "--stats", "mean", "-q")

    header = done.stdout.splitlines()[0]
    assert "elevation_yosemite_mean" in header
    assert "landcover_global_2019_mean" in header


def test_rows_by_class_of_another_raster(zones, dem, sample):
    other = sample / "landcover_global_2019.tif"
    done = call_command("zonal", zones, dem, "--group-by", other, "--stats", "count")

    assert done.returncode == 0
    assert "group" in done.stdout.splitlines()[0]
    assert len(done.stdout.splitlines()) > 5


def test_no_zone_with_a_value_is_a_failure(dem, tmp_path):
    far = geopandas.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)], crs=4326)
    far.to_file(tmp_path / "far.gpkg")

    done = call_command("zonal", tmp_path / "far.gpkg", dem, "-o", tmp_path / "o.csv")

    assert done.returncode == 1
    assert done.stderr.startswith("0 of 1 zones have values")
    assert "outside_raster" in (tmp_path / "o.csv").read_text()


def test_no_zones_are_a_table_without_rows(dem, tmp_path):
    empty = geopandas.GeoDataFrame({"name": []}, geometry=[], crs=4326)
    empty.to_file(tmp_path / "empty.gpkg")

    done = call_command("zonal", tmp_path / "empty.gpkg", dem, "--stats", "mean")

    assert done.returncode == 0
    assert done.stdout.splitlines() == ["name,mean,reason,note"]


@pytest.mark.parametrize(
    ("options", "status", "sentence"),
    [
        (["-o", "out.xlsx"], 2, "'out.xlsx' does not end like a table"),
        (["--stats", "nonsense"], 1, "'nonsense' is not a statistic"),
        (["--coverage", "half"], 2, "'half' is not one of"),
        (["--layer", "none"], 1, "none"),
        (["--where", "nothing ="], 1, "cannot be read"),
        (["--columns", "nam"], 1, "'nam', which the zones do not"),
        (["--crs", "EPSG:0"], 1, "EPSG:0"),
        (["--nothing"], 2, "No such option"),
    ],
)
def test_what_is_wrong_is_one_sentence(options, status, sentence, zones, dem):
    done = call_command("zonal", zones, dem, *options)

    assert done.returncode == status
    assert sentence in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_layer_is_asked_for_by_its_option(dem, zones, tmp_path):
    frame = geopandas.read_file(zones)
    frame.to_file(tmp_path / "two.gpkg", layer="a")
    frame.to_file(tmp_path / "two.gpkg", layer="b")

    done = call_command("zonal", tmp_path / "two.gpkg", dem)

    assert done.returncode == 1
    assert "give --layer one of 'a', 'b'" in done.stderr


def test_an_output_that_exists_is_refused_before_work(dem, tmp_path, read_windows):
    (tmp_path / "out.csv").write_text("mine")

    done = call_command("zonal", "no-such-zones.gpkg", dem, "-o", tmp_path / "out.csv")

    assert done.returncode == 1
    assert "out.csv exists; replace it with --overwrite" in done.stderr
    assert read_windows == []


@pytest.mark.parametrize("form", ["csv", "parquet", "gpkg", "geojson"])
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")  # noqa: PTH110
def test_a_full_disk_says_so(form, zones, dem):
    done = call_command("zonal", zones, dem, "-o", "/dev/full", "--format", form)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Error: /dev/full: the disk is full")


def test_an_interrupted_command_leaves_nothing(zones, dem, tmp_path):
    """Where it is when the signal comes is left to chance; nothing is left anywhere."""
    command = ["zonal", str(zones), str(dem), "-o", "out.gpkg"]
    with subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "rasterlet", *command],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while "raster_core.sources.file.cog" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()

    assert process.returncode == 130
    assert rest.endswith("Interrupted.\n")
    assert list(tmp_path.iterdir()) == []


def test_csv_has_every_cell_of_an_array(zones, dem, tmp_path):
    out = tmp_path / "cells.csv"

    call_command("zonal", zones, dem, "-o", out, "--stats", "count,values,coverage")

    found = pd.read_csv(out)
    for name in ("values", "coverage"):
        cells = [json.loads(text) for text in found[name]]
        assert len(cells[0]) > 1000  # where numpy leaves the middle out
        assert [len(row) for row in cells[1:]] == [0, len(cells[2]), 0]
    assert sum(json.loads(found["coverage"][0])) == pytest.approx(found["count"][0])


def test_json_has_geometries_and_every_digit(zones, dem, expected):
    done = call_command(
        "zonal", zones, dem, "--json", "--geometry", "-q", "--stats", "mean,p90"
    )

    rows = json.loads(done.stdout)
    means = [row["mean"] for row in rows]
    assert means == [None if pd.isna(m) else m for m in expected["mean"]]
    shapes = expected.geometry.to_crs(4326)
    assert [row["geometry"] is None for row in rows] == shapes.isna().tolist()
    drawn = shapely.geometry.shape(rows[0]["geometry"])
    assert drawn.equals_exact(shapes.iloc[0], 1e-12)
