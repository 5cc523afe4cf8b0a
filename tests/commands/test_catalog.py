from __future__ import annotations

import json
import shlex
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pystac
import pytest
import rasterio
from affine import Affine

from raster_core.catalogue.catalogue import parse_catalogue
from rasterlet.catalogues.edit import put_items
from rasterlet.commands.main import run
from tests.cogs import Recipe, write_cog
from tests.commands.shell import run_command
from tests.server.gateway import run_gateway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass
class Done:
    """The command's status, its output and its complaints."""

    returncode: int
    stdout: str
    stderr: str

    @property
    def item(self) -> dict[str, Any]:
        """The Item that it printed."""
        found: dict[str, Any] = json.loads(self.stdout)
        return found


type Catalog = Callable[..., Done]


@pytest.fixture
def catalog(capsys: pytest.CaptureFixture[str]) -> Catalog:
    """Runs ``rasterlet catalog`` in this process."""

    def call(*arguments: object) -> Done:
        with pytest.raises(SystemExit) as ended:
            run(["catalog", *map(str, arguments)])
        shown = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Done(ended.value.code, shown.out, shown.err)

    return call


@pytest.fixture
def describe(catalog: Catalog) -> Catalog:
    """Prints the Item of a file, as a catalogue beside it would have it."""

    def call(path: Path, *arguments: object) -> Done:
        beside = Path(path).parent / "catalog.json"
        return catalog("add", "--dry-run", beside, path, *arguments)

    return call


@pytest.fixture
def folder(sample: Path, tmp_path: Path) -> Path:
    """A folder with both sample rasters."""
    shutil.copyfile(sample / "landcover_global_2019.tif", tmp_path / "landcover.tif")
    shutil.copyfile(sample / "elevation_yosemite.tif", tmp_path / "elevation.tif")
    return tmp_path


def test_it_tells_of_an_alpha_band_and_of_files_beside_the_raster(
    tmp_path: Path, describe: Catalog
) -> None:
    path = tmp_path / "a.tif"
    profile = {"driver": "GTiff", "count": 4, "height": 8, "width": 8}
    profile |= {"crs": "EPSG:4326", "transform": Affine(0.1, 0, 10, 0, -0.1, 46)}
    with rasterio.open(
        path, "w", dtype="uint8", photometric="RGB", alpha="YES", **profile
    ) as file:
        file.write(np.full((4, 8, 8), 9, np.uint8))
    Path(f"{path}.aux.xml").write_text("<PAMDataset/>")

    masked, plain = describe(path), describe(path, "--alpha-is-data")

    assert "read .aux.xml beside it" in masked.stderr
    assert "band 4 is marked as alpha" in masked.stderr
    assert "--alpha-is-data" in masked.stderr
    assert "alpha" not in plain.stderr
    counts = [len(done.item["assets"]["data"]["bands"]) for done in (masked, plain)]
    assert counts == [3, 4]


def test_it_prints_an_item_that_the_catalogue_takes(
    folder: Path, describe: Catalog
) -> None:
    done = describe(folder / "elevation.tif")

    assert (done.returncode, done.stderr) == (0, "")
    assert not (folder / "catalog.json").exists()
    assert done.item["id"] == "elevation"
    assert done.item["assets"]["data"]["href"] == "elevation.tif"
    found = parse_catalogue(
        json.dumps({"features": [done.item]}).encode(), str(folder / "catalog.json")
    )
    assert not found.faults
    assert found.dataset("elevation").assets[0].href == str(folder / "elevation.tif")


def test_its_item_is_one_of_stac(folder: Path, describe: Catalog) -> None:
    read = pystac.Item.from_dict(describe(folder / "landcover.tif").item)

    assert read.bbox == [-180, -90, 180, 90]
    assert read.properties["version"]
    assert read.assets["data"].roles == ["data"]


def test_what_a_file_does_not_say_may_be_told(folder: Path, describe: Catalog) -> None:
    done = describe(
        *(folder / "elevation.tif", "--id", "dem", "--title", "Höhe"),
        *("--href", "s3://bucket/dem.tif", "--provider", "NASA"),
        *("--description", "Metres", "--datetime", "2000-02-16T12:00:00+02:00"),
        *("--colormap-name", "terrain"),
    )

    assert done.item["id"] == "dem"
    assert done.item["assets"]["data"]["href"] == "s3://bucket/dem.tif"
    properties = done.item["properties"]
    assert properties["title"] == "Höhe"
    assert properties["description"] == "Metres"
    assert properties["providers"] == [{"name": "NASA"}]
    assert properties["datetime"] == "2000-02-16T10:00:00Z"
    assert properties["renders"]["default"]["colormap_name"] == "terrain"


def test_classes_come_from_a_file(
    folder: Path, sample: Path, describe: Catalog
) -> None:
    names = sample / "landcover_classes.json"
    done = describe(folder / "landcover.tif", "--classes", names)

    (band,) = done.item["assets"]["data"]["bands"]
    written = json.loads(names.read_text())
    found = {
        str(entry["value"]): entry["title"] for entry in band["classification:classes"]
    }
    assert found == {value: entry["name"] for value, entry in written.items()}


def test_added_to_a_new_catalogue_it_serves_the_file(
    folder: Path, catalog: Catalog
) -> None:
    catalogue = folder / "catalog.json"
    said = []
    for name in ("landcover", "elevation", "landcover"):
        done = catalog("add", catalogue, folder / f"{name}.tif")
        assert (done.returncode, done.stderr) == (0, "")
        said.append(done.stdout)

    assert said == [
        f"Added 'landcover' to {catalogue}\n",
        f"Added 'elevation' to {catalogue}\n",
        f"Replaced 'landcover' in {catalogue}\n",
    ]
    with run_gateway(folder, RASTERLET_CATALOG=str(catalogue)) as gateway:
        listed = json.loads(gateway.get("/datasets").body)["features"]
        tile = gateway.get("/datasets/landcover/tiles/3/2/4")
        value = gateway.get("/datasets/elevation/point?lon=-119.3&lat=37.9")
        log = gateway.log.read_text()

    # The server greets with the addresses of what it has.
    assert "/datasets/landcover/tiles/" in log
    assert [item["id"] for item in listed] == ["elevation", "landcover"]
    assert (tile.status, value.status) == (200, 200)


def test_a_file_that_is_not_beside_its_catalogue_is_told_of(
    folder: Path, catalog: Catalog
) -> None:
    (folder / "elsewhere").mkdir()
    catalogue = folder / "elsewhere" / "catalog.json"
    file = folder / "elevation.tif"

    named = [
        catalog("add", catalogue, file, *more).stderr
        for more in ((), ("--href", file), ("--href", "../elevation.tif"))
    ]

    wanted = folder / "elsewhere" / "elevation.tif"
    assert f"the service will look for {wanted}" in named[0]
    assert "--href" in named[0]
    assert named[1:] == ["", ""]


def test_a_file_below_its_catalogue_is_found_there(
    folder: Path, catalog: Catalog
) -> None:
    (folder / "dem").mkdir()
    shutil.move(folder / "elevation.tif", folder / "dem" / "elevation.tif")
    catalogue = folder / "catalog.json"

    done = catalog("add", catalogue, folder / "dem" / "elevation.tif")

    assert done.stderr == ""
    (item,) = json.loads(catalogue.read_text())["features"]
    assert item["assets"]["data"]["href"] == "dem/elevation.tif"


@pytest.mark.parametrize("command", [(), ("add",), ("list",), ("check",), ("remove",)])
def test_help_fits_a_screen(command: tuple[str, ...], catalog: Catalog) -> None:
    done = catalog(*command, "--help")

    assert done.returncode == 0
    assert len(done.stdout.splitlines()) < 60
    assert "rasterlet catalog" in done.stdout.partition("Usage:")[2].partition("\n")[2]


def test_several_files_and_an_overlay_of_them_are_served(
    folder: Path, catalog: Catalog
) -> None:
    catalogue, overlay = folder / "catalog.json", folder / "overlay.json"
    layers = [{"dataset": "scene", "bidx": "height", "range": [500, 4000]}]
    overlay.write_text(json.dumps({"layers": layers}))
    files = (f"height={folder / 'elevation.tif'}", f"cover={folder / 'landcover.tif'}")

    for arguments in (
        ("--asset", files[0], "--asset", files[1], "--id", "scene"),
        ("--overlay", overlay, "--id", "mix", "--title", "Mix"),
    ):
        done = catalog("add", catalogue, *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("Added ")

    found = parse_catalogue(catalogue.read_bytes(), str(catalogue))
    assert found.faults == {}
    assert [band.name for band in found.dataset("scene").bands] == ["height", "cover"]
    assert found.dataset("mix").overlay is not None


def test_several_files_are_one_dataset_each(folder: Path, catalog: Catalog) -> None:
    catalogue = folder / "catalog.json"
    files = [folder / "landcover.tif", folder / "elevation.tif"]

    done = catalog("add", catalogue, *files, "--href", "s3://bucket/maps")

    assert done.stdout.count("Added ") == 2
    items = json.loads(catalogue.read_text())["features"]
    hrefs = {item["id"]: item["assets"]["data"]["href"] for item in items}
    assert hrefs == {
        "landcover": "s3://bucket/maps/landcover.tif",
        "elevation": "s3://bucket/maps/elevation.tif",
    }


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ((), "Give one of: files, --asset"),
        (("a.tif", "--asset", "red=b.tif"), "Give one of"),
        (("--overlay", "o.json"), "--overlay needs --id"),
        (("--overlay", "o.json", "--id", "x"), "'o.json' cannot be read"),
        (("--asset", "b.tif"), "'b.tif' is not of the form KEY=FILE"),
        (("b.tif", "--id", "a/b"), "the id 'a/b' cannot be part of a URL"),
        (("what?.tif",), "the id 'what?' cannot be part of a URL"),
        (("--asset", "a=b.tif", "--asset", "a=c.tif"), "'a' is given more than once"),
        (("a.tif", "b.tif", "--id", "x"), "--id is of one dataset"),
        (("a.tif", "--datetime", "1 May"), "'1 May' is not of ISO 8601"),
        (("a.tif", "--colormap-name", "virids"), "did you mean 'viridis'?"),
        (("a.tif", "--classes", "c.json"), "'c.json' cannot be read"),
        (("gs://a/b.tif",), "gs:// is not supported"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    arguments: tuple[str, ...],
    fault: str,
    catalog: Catalog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)

    done = catalog("add", "catalog.json", *arguments)

    assert done.returncode
    assert fault in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a JSON object of classes"),
        ('{"a": {"name": "Wood"}}', "class 'a' is not a whole number"),
        ('{"1": "Wood"}', "class '1' has no name"),
        ('{"1": {"name": "Wood", "color": "red"}}', "class '1' has a color"),
    ],
)
def test_classes_that_are_none_are_not_the_rasters_fault(
    content: str, fault: str, folder: Path, catalog: Catalog
) -> None:
    (folder / "names.json").write_text(content)

    done = catalog(
        *("add", folder / "catalog.json", folder / "landcover.tif"),
        *("--classes", folder / "names.json"),
    )

    assert done.returncode == 1
    assert fault in done.stderr
    assert "names.json" in done.stderr
    assert "landcover.tif" not in done.stderr


@pytest.mark.parametrize(
    "content",
    [None, b"", b"no raster", b"II*\0"],
    ids=["missing", "empty", "text", "cut"],
)
def test_what_is_no_geotiff_is_an_error_in_one_line(
    content: bytes | None, tmp_path: Path, catalog: Catalog
) -> None:
    path, catalogue = tmp_path / "broken.tif", tmp_path / "catalog.json"
    if content is not None:
        path.write_bytes(content)

    done = catalog("add", catalogue, path)

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"Error: '{path}' ")
    assert done.stderr.count("\n") == 1
    assert not catalogue.exists()


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"type": "Feature"}', '{"features": 1}']
)
def test_what_is_no_catalogue_is_left_as_it_is(
    content: str, folder: Path, catalog: Catalog
) -> None:
    catalogue = folder / "catalog.json"
    catalogue.write_text(content)

    statuses = [
        catalog(command, catalogue, *more).returncode
        for command, more in (
            ("add", [folder / "elevation.tif"]),
            ("remove", ["elevation"]),
            ("list", []),
            ("check", []),
        )
    ]

    assert statuses == [1, 1, 1, 1]
    assert catalogue.read_text() == content


def test_one_bad_file_of_many_changes_nothing(folder: Path, catalog: Catalog) -> None:
    catalogue = folder / "catalog.json"
    catalog("add", catalogue, folder / "landcover.tif")
    before = catalogue.read_bytes()
    (folder / "text.tif").write_text("no raster")

    done = catalog(
        "add", catalogue, folder / "elevation.tif", folder / "text.tif", "no.tif"
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert f"'{folder / 'text.tif'}' is not a raster" in done.stderr
    assert "'no.tif' does not exist" in done.stderr
    assert "2 of 3 files cannot be added" in done.stderr
    assert catalogue.read_bytes() == before


def test_two_files_of_one_name_are_not_one_dataset(
    folder: Path, catalog: Catalog
) -> None:
    (folder / "other").mkdir()
    shutil.copy(folder / "elevation.tif", folder / "other")

    done = catalog(
        *("add", folder / "catalog.json"),
        *(folder / "elevation.tif", folder / "other" / "elevation.tif"),
    )

    assert done.returncode == 1
    assert "another file has the id 'elevation' too" in done.stderr


def test_what_is_added_at_once_is_all_there(tmp_path: Path) -> None:
    """Each process reads, changes and writes the whole file."""
    catalogue = tmp_path / "catalog.json"
    names = ["a", "b", "c"]
    for name in names:
        write_cog(tmp_path / f"{name}.tif", Recipe())

    with ThreadPoolExecutor() as pool:
        done = list(
            pool.map(
                lambda name: run_command(
                    "catalog", "add", catalogue, tmp_path / f"{name}.tif"
                ),
                names,
            )
        )

    assert [one.returncode for one in done] == [0, 0, 0]
    items = json.loads(catalogue.read_text())["features"]
    assert sorted(item["id"] for item in items) == names


class Meddling(list[Any]):
    """Items between whose reading and writing another program writes the file."""

    def __init__(self, path: Path, *items: dict[str, object]) -> None:
        super().__init__(items)
        self.path, self.turns = path, 0

    def __iter__(self) -> Iterator[Any]:
        self.turns += 1
        if self.turns == 2:  # the first is for their ids
            theirs = {"type": "FeatureCollection", "features": [{"id": "theirs"}]}
            self.path.write_text(json.dumps(theirs))
        return super().__iter__()


def test_what_another_program_adds_meanwhile_is_kept(tmp_path: Path) -> None:
    """It takes no lock, and writes after the catalogue was read."""
    catalogue = tmp_path / "catalog.json"
    items = Meddling(catalogue, {"id": "ours"})

    put_items(catalogue, items, lambda content, path: _give(path, content))

    features = json.loads(catalogue.read_text())["features"]
    assert [item["id"] for item in features] == ["theirs", "ours"]


def _give(path: str, content: bytes) -> None:
    Path(path).write_bytes(content)


def test_who_may_read_a_catalogue_stays_as_it_was(
    folder: Path, catalog: Catalog
) -> None:
    catalogue = folder / "catalog.json"
    catalogue.write_text('{"type": "FeatureCollection", "features": []}')
    catalogue.chmod(0o640)

    catalog("add", catalogue, folder / "elevation.tif")

    assert catalogue.stat().st_mode & 0o777 == 0o640


def test_what_is_removed_is_gone_and_what_is_not_there_is_named(
    folder: Path, catalog: Catalog
) -> None:
    catalogue = folder / "catalog.json"
    catalog("add", catalogue, folder / "elevation.tif", folder / "landcover.tif")

    unknown = catalog("remove", catalogue, "landcover", "elevaton")
    done = catalog("remove", catalogue, "landcover")

    assert (unknown.returncode, done.returncode) == (1, 0)
    assert "did you mean 'elevation'?" in unknown.stderr
    assert done.stdout == f"Removed 'landcover' from {catalogue}\n"
    (left,) = json.loads(catalogue.read_text())["features"]
    assert left["id"] == "elevation"


def test_a_list_has_what_is_usable_and_what_is_not(
    folder: Path, catalog: Catalog
) -> None:
    catalogue = folder / "catalog.json"
    catalog("add", catalogue, folder / "elevation.tif", "--title", "Höhe")
    document = json.loads(catalogue.read_text())
    document["features"].append({"id": "broken", "properties": {}, "assets": {}})
    catalogue.write_text(json.dumps(document))

    table = catalog("list", catalogue).stdout.splitlines()
    rows = json.loads(catalog("list", catalogue, "--json").stdout)

    assert table[0].split() == ["ID", "TITLE", "SIZE", "CRS", "BANDS", "FILES"]
    assert table[1].split()[:3] == ["elevation", "Höhe", "1138"]
    assert table[2].startswith("broken: not usable: ")
    assert rows[0]["files"] == [str(folder / "elevation.tif")]
    assert rows[1].keys() == {"id", "fault"}


def test_a_sound_catalogue_passes_its_check(folder: Path, catalog: Catalog) -> None:
    catalogue = folder / "catalog.json"
    files = (f"a={folder / 'elevation.tif'}", f"b={folder / 'landcover.tif'}")
    catalog("add", catalogue, folder / "elevation.tif")
    catalog("add", catalogue, "--asset", files[0], "--asset", files[1], "--id", "two")

    done = catalog("check", catalogue)

    assert (done.returncode, done.stdout) == (0, "")
    assert "2 datasets, 0 with faults" in done.stderr


def test_a_check_finds_what_has_changed_and_says_the_command(
    tmp_path: Path, catalog: Catalog
) -> None:
    catalogue, path = tmp_path / "catalog.json", tmp_path / "dem.tif"
    write_cog(path, Recipe())
    catalog("add", catalogue, path, "--title", "Höhe", "--id", "h")
    write_cog(path, Recipe(width=180, overviews=()))

    done = catalog("check", catalogue)
    faults = json.loads(catalog("check", catalogue, "--json").stdout)["faults"]

    assert done.returncode == 1
    reasons = [fault["reason"] for fault in faults]
    assert any("proj:shape" in reason for reason in reasons)
    assert any("rasterlet:overviews" in reason for reason in reasons)
    assert any("version" in reason for reason in reasons)
    remedy = f"rasterlet catalog add {catalogue} {path} --id h --title 'Höhe'"
    assert remedy in done.stdout
    assert catalog(*shlex.split(faults[0]["remedy"])[2:]).returncode == 0
    assert catalog("check", catalogue).returncode == 0


def test_a_check_misses_a_file_and_goes_on(tmp_path: Path, catalog: Catalog) -> None:
    catalogue = tmp_path / "catalog.json"
    for name in ("a", "b"):
        write_cog(tmp_path / f"{name}.tif", Recipe())
        catalog("add", catalogue, tmp_path / f"{name}.tif")
    (tmp_path / "a.tif").unlink()

    done = catalog("check", catalogue)

    assert done.returncode == 1
    assert f"a: '{tmp_path / 'a.tif'}' does not exist" in done.stdout
    assert "2 datasets, 1 with faults" in done.stderr


@pytest.mark.parametrize(
    "name", ["awkward/derived/no_crs.tif", "awkward/derived/vrt_named_tif.tif"]
)
def test_a_file_that_cannot_be_placed_is_an_error(
    name: str, test_data: Path, describe: Catalog
) -> None:
    done = describe(test_data / name)

    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "name", ["landcover/worldcover_2021_N00E006.tif", "dem/luxembourg_elev_30s.tif"]
)
def test_real_files_have_items_too(
    name: str, test_data: Path, describe: Catalog
) -> None:
    done = describe(test_data / name)

    assert done.returncode == 0
    found = parse_catalogue(
        json.dumps({"features": [done.item]}).encode(), "/catalog.json"
    )
    assert list(found.datasets) == [Path(name).stem]
