from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pystac
import pytest
import rasterio
from affine import Affine

from raster_core.catalogue.catalogue import parse_catalogue
from scripts.stac_item import main
from tests.server.gateway import ROOT, run_gateway


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The script's output, its status and its complaints."""
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "stac_item.py", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def folder(sample: Path, tmp_path: Path) -> Path:
    """A folder with both sample rasters."""
    shutil.copyfile(sample / "landcover_global_2019.tif", tmp_path / "landcover.tif")
    shutil.copyfile(sample / "elevation_yosemite.tif", tmp_path / "elevation.tif")
    return tmp_path


def test_it_tells_of_an_alpha_band_and_of_files_beside_the_raster(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.tif"
    profile = {"driver": "GTiff", "count": 4, "height": 8, "width": 8}
    profile |= {"crs": "EPSG:4326", "transform": Affine(0.1, 0, 10, 0, -0.1, 46)}
    with rasterio.open(
        path, "w", dtype="uint8", photometric="RGB", alpha="YES", **profile
    ) as file:
        file.write(np.full((4, 8, 8), 9, np.uint8))
    Path(f"{path}.aux.xml").write_text("<PAMDataset/>")

    masked, plain = run(path), run(path, "--alpha-is-data")

    assert "read .aux.xml beside it" in masked.stderr
    assert "band 4 is marked as alpha" in masked.stderr
    assert "--alpha-is-data" in masked.stderr
    assert "alpha" not in plain.stderr
    counts = [
        len(json.loads(done.stdout)["assets"]["data"]["bands"])
        for done in (masked, plain)
    ]
    assert counts == [3, 4]


def test_it_prints_an_item_that_the_catalogue_takes(folder: Path) -> None:
    done = run(folder / "elevation.tif")

    assert (done.returncode, done.stderr) == (0, "")
    item = json.loads(done.stdout)
    assert item["id"] == "elevation"
    assert item["assets"]["data"]["href"] == "elevation.tif"
    found = parse_catalogue(
        json.dumps({"features": [item]}).encode(), str(folder / "catalog.json")
    )
    assert not found.faults
    assert found.dataset("elevation").assets[0].href == str(folder / "elevation.tif")


def test_its_item_is_one_of_stac(folder: Path) -> None:
    item = json.loads(run(folder / "landcover.tif").stdout)

    read = pystac.Item.from_dict(item)
    assert read.bbox == [-180, -90, 180, 90]
    assert read.properties["version"]
    assert read.assets["data"].roles == ["data"]


def test_what_a_file_does_not_say_may_be_told(folder: Path) -> None:
    done = run(
        *(folder / "elevation.tif", "--id", "dem", "--title", "Höhe"),
        *("--href", "s3://bucket/dem.tif", "--provider", "NASA"),
        *("--description", "Metres", "--datetime", "2000-02-16T12:00:00+02:00"),
        *("--colormap-name", "terrain"),
    )

    item = json.loads(done.stdout)
    assert item["id"] == "dem"
    assert item["assets"]["data"]["href"] == "s3://bucket/dem.tif"
    properties = item["properties"]
    assert properties["title"] == "Höhe"
    assert properties["description"] == "Metres"
    assert properties["providers"] == [{"name": "NASA"}]
    assert properties["datetime"] == "2000-02-16T10:00:00Z"
    assert properties["renders"]["default"]["colormap_name"] == "terrain"


def test_classes_come_from_a_file(folder: Path, sample: Path) -> None:
    names = sample / "landcover_classes.json"
    done = run(folder / "landcover.tif", "--classes", names)

    (band,) = json.loads(done.stdout)["assets"]["data"]["bands"]
    written = json.loads(names.read_text())
    found = {
        str(entry["value"]): entry["title"] for entry in band["classification:classes"]
    }
    assert found == {value: entry["name"] for value, entry in written.items()}


def test_appended_to_a_new_catalogue_it_serves_the_file(folder: Path) -> None:
    catalogue = folder / "catalog.json"
    for name in ("landcover", "elevation", "landcover"):
        done = run(folder / f"{name}.tif", "--append", catalogue)
        assert (done.returncode, done.stdout) == (0, "")

    with run_gateway(folder, RASTERLET_CATALOG=str(catalogue)) as gateway:
        listed = json.loads(gateway.get("/datasets").body)["features"]
        tile = gateway.get("/datasets/landcover/tiles/3/2/4")
        value = gateway.get("/datasets/elevation/point?lon=-119.3&lat=37.9")
        log = gateway.log.read_text()

    # The addresses that the server greets with are those of the sample.
    assert "/datasets/" not in log
    assert [item["id"] for item in listed] == ["elevation", "landcover"]
    assert (tile.status, value.status) == (200, 200)


def test_a_file_that_is_not_beside_its_catalogue_is_told_of(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    catalogue = folder / "elsewhere" / "catalog.json"
    file = folder / "elevation.tif"

    named = [
        run(file, "--append", catalogue, *more).stderr
        for more in ((), ("--href", file), ("--href", "../elevation.tif"))
    ]

    wanted = folder / "elsewhere" / "elevation.tif"
    assert f"the service will look for {wanted}" in named[0]
    assert "--href" in named[0]
    assert named[1:] == ["", ""]


def test_help_fits_a_screen() -> None:
    assert len(run("--help").stdout.splitlines()) < 60


def test_several_files_and_an_overlay_of_them_are_served(folder: Path) -> None:
    catalogue, overlay = folder / "catalog.json", folder / "overlay.json"
    layers = [{"dataset": "scene", "bidx": "height", "range": [500, 4000]}]
    overlay.write_text(json.dumps({"layers": layers}))
    files = (f"height={folder / 'elevation.tif'}", f"cover={folder / 'landcover.tif'}")

    for arguments in (
        ("--asset", files[0], "--asset", files[1], "--id", "scene"),
        ("--overlay", overlay, "--id", "mix", "--title", "Mix"),
    ):
        done = run(*arguments, "--append", catalogue)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    found = parse_catalogue(catalogue.read_bytes(), str(catalogue))
    assert found.faults == {}
    assert [band.name for band in found.dataset("scene").bands] == ["height", "cover"]
    assert found.dataset("mix").overlay is not None


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ((), "give one of: a file, --asset"),
        (("a.tif", "--asset", "red=b.tif"), "give one of"),
        (("--overlay", "o.json", "--id", "x"), "--overlay needs --id, and --append"),
        (("--asset", "b.tif"), "'b.tif' is not of the form KEY=FILE"),
        (("b.tif", "--id", "a/b"), "the id 'a/b' cannot be part of a URL"),
        (("what?.tif",), "the id 'what?' cannot be part of a URL"),
        (("--asset", "a=b.tif", "--asset", "a=c.tif"), "'a' is given more than once"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    arguments: tuple[str, ...],
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["stac_item.py", *arguments])

    try:
        status = main()
    except SystemExit as error:  # argparse's way out
        status = error.code

    assert status
    assert fault in capsys.readouterr().err


@pytest.mark.parametrize(
    "content",
    [None, b"", b"no raster", b"II*\0"],
    ids=["missing", "empty", "text", "cut"],
)
def test_what_is_no_geotiff_is_an_error_in_one_line(
    content: bytes | None, tmp_path: Path
) -> None:
    path, catalogue = tmp_path / "broken.tif", tmp_path / "catalog.json"
    if content is not None:
        path.write_bytes(content)

    done = run(path, "--append", catalogue)

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"{path}: ")
    assert done.stderr.count("\n") == 1
    assert not catalogue.exists()


@pytest.mark.parametrize(
    "name", ["awkward/derived/no_crs.tif", "awkward/derived/vrt_named_tif.tif"]
)
def test_a_file_that_cannot_be_placed_is_an_error(name: str, test_data: Path) -> None:
    done = run(test_data / name)

    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "name", ["landcover/worldcover_2021_N00E006.tif", "dem/luxembourg_elev_30s.tif"]
)
def test_real_files_have_items_too(name: str, test_data: Path) -> None:
    done = run(test_data / name)

    assert done.returncode == 0
    found = parse_catalogue(
        json.dumps({"features": [json.loads(done.stdout)]}).encode(), "/catalog.json"
    )
    assert list(found.datasets) == [Path(name).stem]
