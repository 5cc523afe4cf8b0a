"""The wheel, built once, and an environment with it for each Python of the machine."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.server.gateway import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PYTHONS = ("3.12", "3.13", "3.14")

_UV = Path(sys.prefix) / "bin" / "uv"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name == "wheel":
            item.add_marker(pytest.mark.wheel)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sources."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def wheel(built: Path) -> Path:
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def portable(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheels for Linux by their tags' last part."""
    pytest.importorskip("elftools", reason="make wheel-test installs it")
    folder = tmp_path_factory.mktemp("wheels")
    command = [sys.executable, "-m", "scripts.build_wheels", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return {path.stem.rpartition("-")[2]: path for path in folder.glob("*.whl")}


@pytest.fixture(scope="session", params=PYTHONS)
def installed(
    request: pytest.FixtureRequest,
    wheel: Path,
    portable: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """An environment of nothing but the wheel and what is locked for it: its bin."""
    python = find_python(request.param)
    if python is None:
        pytest.skip(f"no Python {request.param} here")
    bin_folder = tmp_path_factory.mktemp(f"python{request.param}") / "bin"
    locked = ROOT / "locks" / "server.txt"
    run_uv("venv", "--python", str(python), str(bin_folder.parent))
    inside = ("pip", "install", "--python", str(bin_folder / "python"))
    run_uv(*inside, "--require-hashes", "-r", str(locked))
    # What most people get; elsewhere, pip compiles.
    tag = f"manylinux_2_17_{platform.machine()}"
    run_uv(*inside, "--no-deps", str(portable.get(tag, wheel)))
    return bin_folder


def run_uv(*arguments: str) -> None:
    run = subprocess.run(
        [str(_UV), "--quiet", *arguments], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


@cache
def find_python(version: str) -> Path | None:
    """An interpreter of the machine that runs and has this version."""
    for path in _candidates(version):
        code = "import sys, ssl, sqlite3; print('%d.%d' % sys.version_info[:2])"
        run = subprocess.run(
            [str(path), "-I", "-c", code], capture_output=True, text=True, check=False
        )
        if run.returncode == 0 and run.stdout.strip() == version:
            return path
    return None


def _candidates(version: str) -> Iterator[Path]:
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        yield Path(sys.executable)
    if found := shutil.which(f"python{version}"):
        yield Path(found)
    homes = [
        Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions",
        Path.home() / ".local" / "share" / "uv" / "python",
        Path("/opt"),
    ]
    for home in homes:
        yield from sorted(home.glob(f"*{version}*/bin/python{version}"))
