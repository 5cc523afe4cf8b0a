"""The zips as they are built, the same twice; and builds that must not succeed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("elftools", reason="make test-layers installs it")

from layers.build import _check_limits, build_layers
from layers.bytecode import find_python
from layers.compiler import find_zig
from layers.elf import read_binary
from layers.errors import BuildError
from layers.expat import SONAME, fetch_source
from layers.recipe import REQUIREMENTS, Limits, read_recipe
from layers.report import Report, Size
from layers.strip import find_strip
from tests.layers.conftest import DIST, REPOSITORY, WORK

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.layers

ARCHITECTURES = ("x86_64", "arm64")
LAYERS = ("numerics", "raster")

# Lambda takes no more in a direct upload.
UPLOAD_BYTES = 50 * 2**20


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    """A folder to build in that has the downloads of the real one."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for name in ("wheels", "zig", "zipped.json"):
        (folder / name).symlink_to(WORK / name)
    for archive in WORK.glob("expat_*"):
        (folder / archive.name).symlink_to(archive)
    return folder


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_two_builds_are_the_same_bytes(arch, downloads):
    report = build_layers(arch, read_recipe(), work=downloads, dist=downloads / "dist")

    for layer in LAYERS:
        name = f"{layer}-{arch}.zip"
        assert _digest(downloads / "dist" / name) == _digest(DIST / name), name
        assert (DIST / name).stat().st_size < UPLOAD_BYTES
    assert report.total.zipped < 40e6
    assert report.total.unzipped < 125e6


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_zips_hold_no_time_no_owner_and_no_source(arch):
    for layer in LAYERS:
        with zipfile.ZipFile(DIST / f"{layer}-{arch}.zip") as archive:
            entries = archive.infolist()
        names = [entry.filename for entry in entries]
        assert names == sorted(names)
        assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.external_attr >> 16 for entry in entries} <= {0o100644, 0o120777}
        assert not [name for name in names if name.endswith((".py", ".pyi", ".h"))]
        assert f"licenses/{layer}/NOTICE" in names


def test_licences_of_all_packages_are_in_the_notice():
    with zipfile.ZipFile(DIST / "raster-arm64.zip") as archive:
        notice = archive.read("licenses/raster/NOTICE").decode()

    for package in ("rasterio", "numpy", "pillow", "pyproj", "shapely", "expat"):
        assert f"{package} " in notice
    assert "Thai Open Source Software Center" in notice


def test_bytecode_is_unchecked_and_for_lambdas_python(unpacked):
    magic = subprocess.run(
        [
            *(find_python("3.13"), "-c"),
            "import importlib.util as u; print(u.MAGIC_NUMBER.hex())",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    modules = list((unpacked / "python").rglob("*.pyc"))

    assert len(modules) > 300
    for module in modules:
        head = module.read_bytes()[:8]
        assert head[:4].hex() == magic
        assert head[4:] == b"\x01\0\0\0"  # by hash, and not to be checked


def test_the_own_expat_parses(unpacked):
    library = unpacked / "python" / "rasterio.libs" / SONAME
    code = (
        "import ctypes, sys; expat = ctypes.CDLL(sys.argv[1]); "
        "expat.XML_ParserCreate.restype = ctypes.c_void_p; "
        "parser = ctypes.c_void_p(expat.XML_ParserCreate(None)); "
        "print(expat.XML_Parse(parser, b'<a><b/></a>', 11, 1), "
        "expat.XML_GetErrorCode(parser)); "
        "parser = ctypes.c_void_p(expat.XML_ParserCreate(None)); "
        "print(expat.XML_Parse(parser, b'<a></b>', 7, 1))"
    )

    out = subprocess.check_output([sys.executable, "-c", code, library], text=True)

    assert out.split() == ["1", "0", "0"]
    assert {"XML_Parse", "XML_ParserCreate_MM"} <= read_binary(library).functions


def test_a_wheel_with_another_hash_than_the_locks_stops_the_build(tmp_path):
    lock = tmp_path / "requirements.txt"
    lock.write_text(f"affine==3.0.1 --hash=sha256:{'0' * 64}\n")

    with pytest.raises(BuildError, match="affine") as caught:
        build_layers(
            "arm64", read_recipe(), lock=lock, work=tmp_path, dist=tmp_path / "dist"
        )

    assert "HASH" in str(caught.value).upper()
    assert "make lock" in str(caught.value)
    assert not (tmp_path / "dist").exists()


def test_a_wheel_that_was_changed_in_the_cache_stops_the_build(tmp_path):
    folder = tmp_path / "wheels" / "arm64"
    folder.mkdir(parents=True)
    (folder / "numpy-9-py3-none-any.whl").write_bytes(b"not the lock's")
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    (folder / "lock.sha256").write_text(digest)

    with pytest.raises(BuildError, match=r"numpy-9.* which is not in requirements.txt"):
        build_layers("arm64", read_recipe(), work=tmp_path, dist=tmp_path / "dist")


def test_a_missing_strip_is_named_with_its_package(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(BuildError, match="apt-get install binutils-aarch64-linux-gnu"):
        find_strip("arm64")


def test_a_missing_compiler_is_named_with_its_wheel(monkeypatch):
    monkeypatch.setitem(sys.modules, "ziglang", None)

    with pytest.raises(BuildError, match=r"install the wheel ziglang .*layers\.txt"):
        find_zig()


def test_a_missing_interpreter_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(BuildError, match=r"No python3\.7 .* install Python 3\.7"):
        find_python("3.7")


def test_another_source_of_expat_than_the_recipes_is_refused(tmp_path):
    source = read_recipe().expat
    (tmp_path / source.pool.rpartition("/")[2]).write_bytes(b"something else")

    with pytest.raises(BuildError, match=f"not {source.sha256}"):
        fetch_source(source, tmp_path)


def test_layers_over_budget_are_refused_with_their_sizes_and_the_largest():
    recipe = read_recipe()
    tight = replace(recipe, limits={"arm64": Limits(20_000_000, 90_000_000)})
    report = Report(
        arch="arm64",
        steps=[],
        packages={"rasterio": Size(21_000_000, 60_000_000)},
        layers={"raster": Size(21_000_000, 60_000_000)},
        functions=Size(300_000, 1_000_000),
        plain=recipe.plain["arm64"],
    )

    _check_limits(report, replace(recipe, limits={"arm64": Limits(30**6, 90_000_000)}))
    with pytest.raises(BuildError) as caught:
        _check_limits(report, tight)

    assert "21.30 MB zipped" in str(caught.value)
    assert "at most 20.00 MB zipped" in str(caught.value)
    assert "rasterio 21.00 MB" in str(caught.value)


def test_an_unknown_architecture_is_refused_by_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "layers.build", "riscv"],
        cwd=REPOSITORY,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == "layers: Lambda has x86_64 and arm64, not riscv\n"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
