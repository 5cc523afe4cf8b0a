from __future__ import annotations

import json
import shlex
from dataclasses import replace

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from affine import Affine

from raster_core.native.library import implementation, without_library
from tests.cogs import Recipe, write_cog
from tests.commands.shell import call_command, run_command

UTM = Recipe(crs="EPSG:32633", transform=Affine(30, 0, 500_000, 0, -30, 5_000_000))


@pytest.fixture
def plain(tmp_path):
    """Striped, uncompressed, without overviews."""
    path = tmp_path / "it's plain.tif"
    profile = {"driver": "GTiff", "width": 1300, "height": 1100, "count": 1}
    profile |= {"dtype": "uint8", "crs": "EPSG:4326"}
    with rasterio.open(
        path, "w", **profile, transform=Affine(0.01, 0, 10, 0, -0.01, 46)
    ) as file:
        file.write(np.arange(1300 * 1100, dtype=np.uint8).reshape(1, 1100, 1300))
    return path


def test_a_person_reads_what_a_file_is(tmp_path):
    write_cog(tmp_path / "dem.tif", replace(UTM, scale=0.1, offset=0))

    done = run_command("info", "dem.tif", cwd=tmp_path)

    assert done.returncode == 0
    assert done.stderr == ""
    for text in (
        "200 x 150 pixels",
        "EPSG:32633 WGS 84 / UTM zone 33N",
        "30 x 30 metres",
        "128 x 128 pixels",
        "1 b1  int16  nodata -9999  scale 0.1 offset 0",
        "a nodata value",
        "Nothing is wrong with it for serving.",
    ):
        assert text in done.stdout
    assert "\x1b" not in done.stdout


def test_a_program_reads_the_same(tmp_path):
    write_cog(tmp_path / "dem.tif", UTM)

    document = json.loads(call_command("info", tmp_path / "dem.tif", "--json").stdout)

    assert document["width"] == 200
    assert document["crs"] == "EPSG:32633"
    assert document["transform"] == [30, 0, 500_000, 0, -30, 5_000_000]
    assert document["native_bounds"] == [500_000, 4_995_500, 506_000, 5_000_000]
    assert document["bands"][0]["nodata"] == -9999
    assert document["structure"][0]["compression"] == "DEFLATE"
    assert document["faults"] == []
    assert document["engine"] == implementation()


def test_a_person_is_told_that_the_slow_engine_runs(tmp_path):
    write_cog(tmp_path / "dem.tif", UTM)

    with without_library():
        done = call_command("info", tmp_path / "dem.tif")

    assert "engine      numpy, slower: no compiled library here" in done.stdout


def test_faults_come_with_the_command_that_mends_them(plain):
    done = run_command("info", plain.name, cwd=plain.parent)

    assert done.returncode == 0
    assert "3 things are wrong with it:" in done.stdout
    for text in ("striped", "no overviews", "not compressed"):
        assert text in done.stdout
    (command,) = [line for line in done.stdout.splitlines() if "gdal_translate" in line]
    assert shlex.split(command)[-2:] == ["it's plain.tif", "it's plain_cog.tif"]


def test_a_file_that_cannot_be_served_says_why(tmp_path):
    write_cog(tmp_path / "a.tif", replace(UTM, crs=None))

    done = call_command("info", tmp_path / "a.tif")
    document = json.loads(call_command("info", tmp_path / "a.tif", "--json").stdout)

    assert done.returncode == 1
    assert "It has no coordinate system." in done.stdout
    assert "-a_srs EPSG:CODE" in done.stdout
    assert [fault["effect"] for fault in document["faults"]] == ["refused"]


def test_what_is_no_raster_is_one_sentence(tmp_path):
    (tmp_path / "a.tif").write_text("no raster")

    for name in ("a.tif", "missing.tif"):
        done = call_command("info", tmp_path / name)
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr.startswith("Error: ")
        assert done.stderr.count("\n") == 1


def test_a_dataset_of_a_catalogue_is_chosen_by_its_id(sample):
    catalogue = sample / "catalog.json"

    assert call_command("info", catalogue, "--id", "landcover").returncode == 0
    assert call_command("info", catalogue, "--id", "meadows").returncode == 0
    refused = call_command("info", catalogue)
    assert refused.returncode == 1
    assert "choose one by --id: 'landcover'" in refused.stderr


def test_a_file_s_name_does_not_command_the_terminal(plain):
    hostile = plain.rename(plain.with_name("\x1b]0;a title\x07.tif"))

    done = call_command("info", hostile)

    assert done.returncode == 0
    assert done.stdout.count(r"\x1b]0;a title\x07.tif") > 1  # in a remedy, too
    assert "\x1b]" not in done.stdout
