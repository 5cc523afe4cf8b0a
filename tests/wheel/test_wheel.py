"""The wheel: what it has, and that it works where nothing else is."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_string
from typing import TYPE_CHECKING

import pytest

from raster_core.native.compile import find_compiler
from raster_core.native.library import NAME
from raster_core.version import __version__
from tests.cogs import Recipe, write_cog
from tests.server.gateway import PATIENCE, ROOT, clean_environment, run_gateway
from tests.wheel.conftest import PYTHONS, run_uv

if TYPE_CHECKING:
    from pathlib import Path

BOX = {
    "type": "Polygon",
    "coordinates": [[[10.5, 46], [10.6, 46], [10.6, 46.1], [10.5, 46.1], [10.5, 46]]],
}


def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as zipped:
        return zipped.namelist()


def metadata(wheel: Path) -> dict[str, list[str]]:
    with zipfile.ZipFile(wheel) as zipped:
        text = zipped.read(f"rasterlet-{__version__}.dist-info/METADATA").decode()
    found = message_from_string(text)
    return {name: found.get_all(name) or [] for name in found}


def test_it_takes_no_name_that_may_be_others(wheel: Path):
    assert {name.split("/")[0] for name in names(wheel)} == {
        "rasterlet",
        "raster_core",
        f"rasterlet-{__version__}.dist-info",
    }


def test_it_has_all_of_the_service(wheel: Path):
    service = "rasterlet/_service"
    expected = {
        *(f"{service}/{path}" for path in sources("handlers")),
        *(path for name in ("rasterlet", "raster_core") for path in sources(name)),
        *((f"raster_core/native/{NAME}",) if find_compiler() else ()),
        *(
            f"{service}/page/{path.relative_to(ROOT / 'frontend/dist')}"
            for path in (ROOT / "frontend" / "dist").rglob("*")
            if path.is_file()
        ),
    }

    assert {name for name in names(wheel) if ".dist-info/" not in name} == expected
    assert {f"{service}/page/index.html", f"{service}/handlers/openapi/docs.html"} < (
        expected
    )
    assert {"rasterlet/py.typed", "raster_core/py.typed"} < expected


def sources(folder: str) -> set[str]:
    """The files of a folder that Git knows or would take."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != NAME
    }


def test_it_says_what_it_is_for(wheel: Path):
    said = metadata(wheel)

    assert said["Version"] == [__version__]
    assert said["Requires-Python"] == [">=3.12"]
    for python in PYTHONS:
        assert f"Programming Language :: Python :: {python}" in said["Classifier"]
    assert "Typing :: Typed" in said["Classifier"]
    plain = {
        re.split(r"[>=<; ]", row)[0] for row in said["Requires-Dist"] if ";" not in row
    }
    assert plain >= {"click", "rich", "starlette", "uvicorn", "rasterio"}
    assert not plain & {"pandas", "geopandas", "boto3", "pytest"}


def test_its_sources_build_the_same_wheel(built: Path, wheel: Path, tmp_path: Path):
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    assert not (folder / "tests").exists()
    assert not (folder / "sample").exists()
    assert (folder / "raster_core" / "native" / "c" / "library.c").is_file()
    assert not (folder / "raster_core" / "native" / NAME).exists()

    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"],
        cwd=folder,
        check=True,
        capture_output=True,
    )

    (again,) = (folder / "dist").glob("*.whl")
    assert sorted(names(again)) == sorted(names(wheel))
    assert again.name == wheel.name


def test_without_a_compiler_it_is_of_pure_python(tmp_path: Path):
    run = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        env=os.environ | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "No C compiler (cc, gcc, clang): numpy's slow path is used\n" in run.stderr
    (pure,) = tmp_path.glob("*.whl")
    assert pure.name.endswith("-py3-none-any.whl")
    assert f"raster_core/native/{NAME}" not in names(pure)


def test_wheels_for_linux_differ_in_their_library_alone(portable: dict[str, Path]):
    """What the libraries need was checked when they were built."""
    tags = {f"manylinux_2_17_{machine}" for machine in ("x86_64", "aarch64")}
    assert portable.keys() == tags
    contents = [
        {
            name: zipped.read(name)
            for name in names(path)
            if not name.endswith(("/RECORD", "/WHEEL"))
        }
        for path in portable.values()
        for zipped in [zipfile.ZipFile(path)]
    ]
    library = "raster_core/native/librasterlet.so"
    first, second = (content.pop(library) for content in contents)

    assert first != second
    assert contents[0] == contents[1]


def test_without_the_page_there_is_no_wheel(tmp_path: Path):
    for name in ("pyproject.toml", "README.md", "LICENSE", "hatch_build.py"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "raster_core").mkdir()
    shutil.copy(ROOT / "raster_core/version.py", tmp_path / "raster_core")

    run = subprocess.run(
        [sys.executable, "-m", "hatchling", "build"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode != 0
    assert "frontend/dist/index.html is missing" in run.stderr
    assert "make wheel" in run.stderr


def run_installed(folder: Path, *command: str) -> str:
    run = subprocess.run(
        command,
        cwd=folder,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_what_is_locked_is_what_it_asks_for(installed: Path):
    run_uv("pip", "check", "--python", str(installed / "python"))


def test_it_says_its_version(installed: Path, tmp_path: Path):
    said = run_installed(tmp_path, str(installed / "rasterlet"), "--version")
    module = run_installed(tmp_path, str(installed / "python"), "-m", "rasterlet", "-V")

    assert said == module == f"rasterlet, version {__version__}\n"


def test_its_kernels_run(installed: Path, tmp_path: Path):
    write_cog(tmp_path / "some.tif", Recipe())

    said = run_installed(
        tmp_path, str(installed / "rasterlet"), "info", "some.tif", "--json"
    )

    assert json.loads(said)["engine"] == "native"


@pytest.mark.parametrize("others", [False, True], ids=["alone", "beside others"])
def test_it_serves_a_file(installed: Path, tmp_path: Path, *, others: bool):
    """Also where somebody else's modules are called like the service's."""
    write_cog(tmp_path / "some.tif", Recipe())
    foreign = []
    if others:
        (packages,) = installed.parent.glob("lib/python*/site-packages")
        foreign = [packages / "handlers.py", tmp_path / "handlers.py"]
        for path in foreign:
            path.write_text("raise RuntimeError('somebody else')\n")
    try:
        with run_gateway(
            tmp_path, "some.tif", program=(str(installed / "rasterlet"),), cwd=tmp_path
        ) as running:
            replies = {
                path: running.get(path)
                for path in ("/", "/docs", "/openapi.json", "/datasets", "/health")
            }
            tile = running.get("/datasets/some/tiles/8/135/90.png")
            counted = running.post(
                "/datasets/some/statistics?stats=count&stats=mean",
                json.dumps(BOX).encode(),
            )
    finally:
        for path in foreign:
            path.unlink()

    assert {path: reply.status for path, reply in replies.items()} == dict.fromkeys(
        replies, 200
    )
    assert replies["/"].body == (ROOT / "frontend/dist/index.html").read_bytes()
    assert tile.headers["content-type"] == "image/png"
    assert json.loads(replies["/health"].body)["engine"] == "native"
    statistics = json.loads(counted.body)["properties"]["statistics"]["b1"]
    assert statistics["count"] > 90


def test_importing_it_finds_no_handlers(installed: Path, tmp_path: Path):
    code = "import rasterlet, importlib.util as u; print(u.find_spec('handlers'))"

    assert run_installed(tmp_path, str(installed / "python"), "-c", code) == "None\n"


def test_a_table_needs_the_extra_and_says_so(installed: Path, tmp_path: Path):
    write_cog(tmp_path / "some.tif", Recipe())
    code = (
        "import rasterlet\n"
        "try: rasterlet.zonal_stats([], 'some.tif')\n"
        "except Exception as error: print(error)"
    )

    said = run_installed(tmp_path, str(installed / "python"), "-c", code)

    assert "pip install 'rasterlet[frames]'" in said
