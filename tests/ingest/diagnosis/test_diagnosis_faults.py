"""Files that have each fault, files that have none, and the commands that mend them."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from affine import Affine
from rasterio.enums import Resampling
from rasterio.windows import Window

from raster_core.errors import StoreError
from raster_core.ingest.diagnosis.faults import Fault, diagnose
from raster_core.layers.file import file_version
from tests.cogs import Recipe, write_cog

GOOD = Recipe(width=1200, height=1100, blocksize=256)

# Without tiles, overviews, compression and a nodata value.
PLAIN = {
    "driver": "GTiff",
    "width": 1300,
    "height": 1100,
    "count": 1,
    "dtype": "int16",
    "crs": "EPSG:4326",
    "transform": Affine(0.01, 0, 10, 0, -0.01, 46.5),
}
TILED = {"tiled": True, "blockxsize": 256, "blockysize": 256, "compress": "deflate"}


def write(path: Path, **options: object) -> Path:
    """A plain file of smooth values, with other options."""
    profile = {**PLAIN, **options}
    row, col = np.mgrid[: profile["height"], : profile["width"]]
    values = (1000 + row + 2 * col).astype(profile["dtype"])
    with rasterio.open(path, "w", **profile) as file:
        for band in range(1, profile["count"] + 1):
            file.write(values, band)
    return path


def add_overviews(path: Path, kernel: Resampling = Resampling.average) -> None:
    with rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4, 8], kernel)


def codes(path: Path) -> list[str]:
    return [fault.code for fault in diagnose(str(path), file_version(str(path))).faults]


def mend(path: Path, code: str) -> Path:
    """What the command that mends a fault writes: GDAL's program, by its parts."""
    faults = diagnose(str(path), file_version(str(path))).faults
    (command,) = [fault.command for fault in faults if fault.code == code]
    name, *options, source, target = shlex.split(command)
    pairs = list(zip(options[::2], options[1::2], strict=True))
    assert (name, *pairs[0]) == ("gdal_translate", "-of", "COG")
    stated = {option: value for option, value in pairs if option != "-co"}
    creation = dict(value.split("=") for option, value in pairs if option == "-co")
    changed = f"{target}.part.tif"
    rasterio.shutil.copy(source, changed, driver="GTiff", COPY_SRC_OVERVIEWS=True)
    with rasterio.open(changed, "r+") as file:
        if "-a_srs" in stated:
            file.crs = stated["-a_srs"].replace("CODE", "4326")
        if "-a_nodata" in stated:
            file.nodata = float(stated["-a_nodata"])
    if "-ot" in stated:
        with rasterio.open(changed) as file:
            values, profile = file.read(), file.profile
        profile["dtype"] = stated["-ot"].lower()
        with rasterio.open(changed, "w", **profile) as file:
            file.write(values.astype(profile["dtype"]))
    rasterio.shutil.copy(changed, target, driver="COG", **creation)
    return Path(target)


@pytest.mark.parametrize(
    "recipe",
    [
        GOOD,
        replace(GOOD, nodata=None),
        replace(GOOD, mask_band=True, nodata=None),
        replace(GOOD, dtype="uint8", nodata=0, bands=3),
        replace(GOOD, dtype="float32", nodata=float("nan")),
        Recipe(overviews=False),
    ],
)
def test_a_cog_has_no_fault(recipe, tmp_path):
    write_cog(tmp_path / "a.tif", recipe)

    assert codes(tmp_path / "a.tif") == []


@pytest.mark.parametrize(
    "kernel", ["nearest", "average", "bilinear", "cubic", "lanczos", "mode", "gauss"]
)
def test_no_kernel_makes_overviews_that_count_as_stale(kernel, tmp_path):
    random = np.random.default_rng(1)
    values = random.integers(-900, 3000, (1, GOOD.height, GOOD.width), dtype=np.int16)
    values[:, random.random(values.shape[1:]) < 0.2] = 9999
    values[:, :200] = 9999
    shape = {"height": GOOD.height, "width": GOOD.width, "nodata": 9999}
    path = write(tmp_path / "a.tif", **TILED, **shape)
    with rasterio.open(path, "r+") as file:
        file.write(values)
    add_overviews(path, Resampling[kernel])

    assert codes(path) == ["not_cog"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({**TILED}, "no_overviews"),
        ({"compress": "deflate", "blockysize": 1}, "striped"),
        ({}, "uncompressed"),
        ({**TILED, "blockxsize": 1296, "blockysize": 1104}, "large_blocks"),
        ({**TILED, "blockxsize": 32, "blockysize": 32}, "small_blocks"),
        ({**TILED, "count": 9, "interleave": "pixel"}, "interleaved"),
        ({**TILED, "dtype": "float64"}, "wide_type"),
        ({**TILED, "dtype": "int64"}, "wide_type"),
    ],
)
def test_a_structure_that_is_slow_is_mended_by_one_run(options, code, tmp_path):
    path = write(tmp_path / "it's a.tif", **options)
    found = diagnose(str(path), file_version(str(path))).faults

    assert code in [fault.code for fault in found]
    assert {fault.effect for fault in found} == {"slow"}
    assert len({fault.command for fault in found}) == 1


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({**TILED}, "no_overviews"),
        ({"blockysize": 1}, "striped"),
        ({}, "uncompressed"),
        ({**TILED, "blockxsize": 32, "blockysize": 32}, "small_blocks"),
        ({**TILED, "dtype": "float64"}, "wide_type"),
    ],
)
def test_the_command_mends_all(options, code, tmp_path):
    path = write(tmp_path / "it's a.tif", **options)

    assert codes(mend(path, code)) == []


def test_overviews_of_other_pixels_are_stale_until_made_anew(tmp_path):
    path = write(tmp_path / "a.tif", **TILED)
    add_overviews(path)
    assert codes(path) == ["not_cog"]
    with rasterio.open(path, "r+") as file:
        file.write(np.full((1100, 1300), 20_000, np.int16), 1)

    assert codes(path) == ["stale_overviews", "not_cog"]
    mended = mend(path, "stale_overviews")
    assert codes(mended) == []
    with rasterio.open(mended, overview_level=0) as overview:
        assert (overview.read() == 20_000).all()


def test_overviews_that_show_data_where_there_are_none_are_stale(tmp_path):
    """As GDAL 3.12 writes them by mode, with a negative nodata value: 0 there."""
    path = write(tmp_path / "a.tif", **TILED, nodata=-9999)
    with rasterio.open(path, "r+") as file:
        file.write(np.zeros((1, 1100, 1300), np.int16))
    add_overviews(path, Resampling.nearest)
    with rasterio.open(path, "r+") as file:
        file.write(np.full((1, 1100, 1300), -9999, np.int16))

    assert "stale_overviews" in codes(path)


def test_stale_overviews_show_where_pixels_became_data(tmp_path):
    path = write(tmp_path / "a.tif", **TILED, nodata=0)
    with rasterio.open(path, "r+") as file:
        file.write(np.zeros((1100, 1300), np.int16), 1)
    add_overviews(path)
    with rasterio.open(path, "r+") as file:
        file.write(np.full((900, 1300), 7, np.int16), 1, window=Window(0, 0, 1300, 900))

    assert "stale_overviews" in codes(path)


def test_overviews_beside_the_file_are_not_read(tmp_path):
    path = write(tmp_path / "a.tif", **TILED)
    with rasterio.Env(TIFF_USE_OVR=True), rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4], Resampling.average)

    assert (tmp_path / "a.tif.ovr").exists()
    assert codes(path) == ["external_overviews"]
    assert codes(mend(path, "external_overviews")) == []


def test_a_mask_beside_the_file_stays_on_this_machine(tmp_path):
    path = write(tmp_path / "a.tif", **TILED, height=500, width=600)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=False), rasterio.open(path, "r+") as file:
        file.write_mask(np.arange(500)[:, None] > np.arange(600))

    assert codes(path) == ["external_mask"]
    assert codes(mend(path, "external_mask")) == []


def test_overviews_without_the_mask_are_not_read(tmp_path):
    path = write(tmp_path / "a.tif", **TILED)
    add_overviews(path)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as file:
        file.write_mask(np.arange(1100)[:, None] > np.arange(1300))

    assert "unmasked_overviews" in codes(path)


def test_a_value_in_all_corners_may_be_no_data(tmp_path):
    path = write(tmp_path / "a.tif", **TILED, height=500, width=600)
    with rasterio.open(path, "r+") as file:
        values = file.read(1)
        values[:100] = values[-100:] = -9999
        file.write(values, 1)

    (fault,) = diagnose(str(path), file_version(str(path))).faults

    assert (fault.code, fault.effect) == ("no_nodata", "wrong")
    assert "-a_nodata -9999 " in fault.command
    assert codes(mend(path, "no_nodata")) == []


@pytest.mark.parametrize(
    ("left_out", "why"),
    [
        ({"crs": None}, "no coordinate system"),
        ({"transform": None}, "no geotransform"),
        ({"crs": None, "transform": None}, "no coordinate system and no geotransform"),
    ],
)
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_file_that_lies_nowhere_is_refused(left_out, why, tmp_path):
    path = write(tmp_path / "a.tif", **TILED, height=90, width=80, **left_out)
    (fault,) = diagnose(str(path), file_version(str(path))).faults

    assert (fault.code, fault.effect) == ("no_georeference", "refused")
    assert fault.text == f"It has {why}"
    if left_out == {"crs": None}:
        assert codes(mend(path, "no_georeference")) == []
    else:
        assert "-a_ullr LEFT TOP RIGHT BOTTOM " in fault.command


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gcps_only.tif", "no_georeference"),
        ("complex64.tif", "complex"),
        ("bomb_1000000.tif", "large_blocks"),
        ("corrupt_tile.tif", "damaged"),
        ("ovr_stale.tif", "stale_overviews"),
        ("mask_internal.tif", "not_cog"),
        ("sparse_16384.tif", "no_overviews"),
        ("bands64.tif", "interleaved"),
    ],
)
def test_awkward_files_have_the_fault_that_they_were_made_for(
    name, expected, test_data
):
    assert expected in codes(test_data / "awkward/derived" / name)


@pytest.mark.parametrize(
    "name",
    ["big_endian.tif", "int64.tif", "float64_tiny.tif", "alpha.tif", "ifd_loop.tif"],
)
def test_awkward_files_that_are_served_well_have_none(name, test_data):
    assert codes(test_data / "awkward/derived" / name) == []


@pytest.mark.parametrize("name", ["zero_bytes.tif", "text.tif", "png_named_tif.tif"])
def test_what_is_no_geotiff_has_no_structure(name, test_data):
    with pytest.raises(StoreError):
        codes(test_data / "awkward/derived" / name)


def test_commands_name_files_as_a_shell_has_them(tmp_path):
    write(tmp_path / "it's a.tif", **TILED)

    (fault,) = diagnose(str(tmp_path / "it's a.tif"), "1").faults

    words = shlex.split(fault.command)
    assert words[-2:] == [
        str(tmp_path / "it's a.tif"),
        str(tmp_path / "it's a_cog.tif"),
    ]


def test_bytes_that_may_be_classes_are_not_averaged_unawares(tmp_path):
    (fault,) = diagnose_plain(tmp_path / "bytes.tif", dtype="uint8")
    assert fault.text.endswith(
        "; if its values are classes, take MODE in place of AVERAGE"
    )

    (fault,) = diagnose_plain(tmp_path / "words.tif", dtype="int16")
    assert "classes" not in fault.text


def diagnose_plain(path: Path, **options: object) -> list[Fault]:
    """The faults of a file without overviews."""
    write(path, **TILED, **options)
    found = diagnose(str(path), file_version(str(path))).faults
    return [fault for fault in found if fault.code == "no_overviews"]


def test_ground_control_points_take_one_command_for_all(test_data):
    path = str(test_data / "awkward/derived/gcps_only.tif")
    faults = diagnose(path, file_version(path)).faults

    assert len(faults) > 1
    (command,) = {fault.command for fault in faults}
    assert command.startswith("gdalwarp -of COG ")
