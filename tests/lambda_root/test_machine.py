"""The machine is like Lambda's, and all that the layers bring works on it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from handlers.routes import ROUTES
from testing.client import read_answer
from testing.lambda_root.events import TILE, example_event
from testing.lambda_root.machine import (
    REPOSITORY,
    MissingError,
    copy_package,
    run_python,
)
from testing.lambda_root.service import layer_zips

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from testing.lambda_root.function import Function
    from testing.lambda_root.machine import Root

    type Make = Callable[..., Function]

PROBE = "testing/lambda_root/probe.handler"

# Powertools looks whether there is a botocore, and no further.
SDK = ("boto3", "botocore.session", "urllib3")

# What libraries would bring that no tile of a raster in degrees needs.
UNUSED = ("urllib.request", "pyproj", "shapely")

# What a process may have mapped: layers, interpreter, and Lambda's own libraries.
ALLOWED = ("/opt/python/", "/opt/lib/", "/var/lang/", "/lib64/", "/var/task/")


def packages(root: Root) -> list[str]:
    """What can be imported from the layers."""
    found = (root.folder / "opt/python").iterdir()
    names = {path.name.partition(".")[0] for path in found if _is_module(path)}
    return sorted(names)


def _is_module(path: Path) -> bool:
    if path.is_dir():
        return any(path.glob("__init__.py*"))
    return path.suffix in {".py", ".pyc"}


@pytest.mark.layers
def test_every_package_is_imported_first(root: Root):
    names = packages(root)
    assert {"numpy", "rasterio", "shapely", "pyproj", "PIL"} < set(names)

    for name in names:
        done = run_python(root, f"import {name}")
        assert done.returncode == 0, (name, done.stderr)


@pytest.mark.layers
@pytest.mark.parametrize(
    "module",
    [
        *("rasterio.features", "rasterio.warp", "shapely.ops", "pyproj.transformer"),
        *("numpy.linalg", "PIL.ImageFont", "PIL.ImageDraw"),
    ],
)
def test_every_library_is_loaded_first(root: Root, module: str):
    done = run_python(root, f"import {module}")

    assert done.returncode == 0, done.stderr


@pytest.mark.layers
def test_nothing_can_be_written_but_in_tmp(function_in_root: Make, root: Root):
    running = function_in_root(PROBE)
    for path in ("/opt", "/var/task", "/var/lang", "/"):
        seen = running.invoke({"look": path}).payload
        assert seen["error"] in {"Read-only file system", "Permission denied"}, path
    assert running.invoke({"look": "/tmp"}).payload == {"listed": [], "error": None}  # noqa: S108
    for path in ("/usr", "/etc", "/home", "/root"):
        listed = running.invoke({"look": path}).payload["listed"]
        assert listed is None, path
    assert not (root.folder / "tmp" / "written").exists()


@pytest.mark.layers
def test_a_function_has_what_lambda_gives_it(function_in_root: Make):
    limits = function_in_root(PROBE).invoke({"limits": None}).payload

    assert limits["descriptors"] == [1024, 1024]
    assert limits["user"] != 0
    assert limits["folder"] == "/var/task"
    assert limits["path"][:3] == [
        "/var/task",
        "/opt/python/lib/python3.13/site-packages",
        "/opt/python",
    ]


@pytest.mark.layers
def test_what_is_loaded_is_the_layers_or_lambdas(function_in_root: Make):
    running = function_in_root(PROBE)
    for route in ROUTES:
        observed = {"function": route.function, "event": example_event(route)}
        mapped = running.invoke({"observe": observed}).payload["mapped"]
        for path in mapped:
            assert path.startswith(ALLOWED), (route, path)


def test_a_tile_is_drawn_without_the_sdk(function: Make):
    seen = (
        function(PROBE)
        .invoke({"observe": {"function": "tiles", "event": TILE}})
        .payload
    )

    assert read_answer(seen["answer"]).status == 200
    assert set(SDK).isdisjoint(seen["modules"])
    assert set(UNUSED).isdisjoint(seen["modules"])


def test_what_is_missing_is_named(tmp_path: Path):
    with pytest.raises(MissingError, match="missing: nothing-of-this-name"):
        copy_package("nothing-of-this-name", tmp_path)


def test_layers_that_are_not_built_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("testing.lambda_root.service.DIST", tmp_path)

    with pytest.raises(MissingError, match=r"missing: layers/dist/.*make layers"):
        layer_zips()


def test_a_program_that_is_not_there_says_so():
    enter = REPOSITORY / "testing/lambda_root/enter.py"
    done = subprocess.run(
        [sys.executable, str(enter), "", "1", "/nowhere/python"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode
    assert "No such file or directory" in done.stderr
