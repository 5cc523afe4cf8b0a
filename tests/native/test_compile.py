"""The library from its sources, by every compiler there is, and by none."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from raster_core.native.compile import COMPILERS, compile_library
from raster_core.native.library import NAME, fits, open_library
from raster_core.native.sources import FOLDER

ROOT = Path(__file__).resolve().parent.parent.parent

STRICT = ("-Wall", "-Wextra", "-Werror")

PROGRAM = (sys.executable, "-m", "raster_core.native.compile")

# The oldest glibc of wheels, systems without ifunc, and other processors.
TARGETS = (
    "x86_64-linux-gnu.2.17",
    "aarch64-linux-gnu.2.17",
    "x86_64-linux-musl",
    "aarch64-macos",
)


def sum_of_differences(library: ctypes.CDLL) -> list[int]:
    block = np.full((1, 200, 1), 3, np.uint8)
    sizes = map(ctypes.c_size_t, (block.size, *block.shape))
    kernel = library["rasterlet_undo_differences_8"]

    assert kernel(ctypes.c_void_p(block.ctypes.data), *sizes) == 0
    return block.ravel().tolist()


@pytest.mark.parametrize("name", COMPILERS)
def test_a_compiler_has_nothing_to_complain_of(name: str, tmp_path: Path):
    compiler = shutil.which(name)
    if compiler is None:
        pytest.skip(f"no {name} here")

    compile_library([compiler], tmp_path / NAME, STRICT)

    found = open_library(str(tmp_path / NAME))
    assert found is not None
    assert fits(found)
    expected = [3 * number % 256 for number in range(1, 201)]
    assert sum_of_differences(found) == expected


@pytest.mark.parametrize("target", TARGETS)
def test_zig_has_nothing_to_complain_of(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    pytest.importorskip("ziglang", reason="make layers installs it")
    for name in ("ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR"):
        monkeypatch.setenv(name, str(ROOT / "build" / "zig"))
    compiler = [sys.executable, "-m", "ziglang", "cc", "-target", target]

    # Zig would add traps.
    compile_library(compiler, tmp_path / NAME, (*STRICT, "-fno-sanitize=undefined"))

    if target.startswith(f"{platform.machine()}-{sys.platform}-gnu"):
        found = open_library(str(tmp_path / NAME))
        assert found is not None
        assert fits(found)
        assert sum_of_differences(found)[-1] == 600 % 256


def test_a_library_of_other_sources_does_not_fit(tmp_path: Path):
    compiler = next(filter(None, map(shutil.which, COMPILERS)), None)
    if compiler is None:
        pytest.skip("no compiler here")
    source = tmp_path / "other.c"
    source.write_text("unsigned long long rasterlet_fingerprint(void) { return 1; }\n")
    command = [compiler, "-shared", "-fPIC", str(source), "-o", str(tmp_path / NAME)]
    subprocess.run(command, check=True)

    found = open_library(str(tmp_path / NAME))

    assert found is not None
    assert not fits(found)


def copy_of_the_core(folder: Path) -> Path:
    """The package without a library, in a folder where one may be compiled."""
    (folder / "raster_core").mkdir()
    shutil.copy(ROOT / "raster_core" / "__init__.py", folder / "raster_core")
    left_out = shutil.ignore_patterns("librasterlet.*", "__pycache__")
    native = folder / "raster_core" / "native"
    shutil.copytree(FOLDER.parent, native, ignore=left_out)
    return native


def compile_there(folder: Path, path: str) -> str:
    """What the program says, which never fails."""
    run = subprocess.run(
        PROGRAM,
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stderr


def test_without_a_compiler_one_line_says_what_runs(tmp_path: Path):
    native = copy_of_the_core(tmp_path)

    said = compile_there(tmp_path, str(tmp_path))

    assert said == "No C compiler (cc, gcc, clang): numpy's slow path is used\n"
    assert not (native / NAME).exists()
    run = "from raster_core.native.library import implementation as i; print(i())"
    command = [sys.executable, "-c", run]
    ran = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert ran.stdout == b"numpy\n"


def test_a_compiler_that_fails_ends_nothing(tmp_path: Path):
    native = copy_of_the_core(tmp_path)
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "cc").write_text("#!/bin/sh\nexit 3\n")
    (folder / "cc").chmod(0o755)

    said = compile_there(tmp_path, f"{folder}:/bin:/usr/bin")

    assert said.endswith("exit status 3.: numpy's slow path is used\n")
    assert not (native / NAME).exists()


def test_what_is_of_other_sources_is_compiled_again(tmp_path: Path):
    path = os.environ["PATH"]
    if not any(map(shutil.which, COMPILERS)):
        pytest.skip("no compiler here")
    native = copy_of_the_core(tmp_path)
    assert compile_there(tmp_path, path) == ""
    first = (native / NAME).read_bytes()
    written = (native / NAME).stat().st_mtime_ns

    assert compile_there(tmp_path, path) == ""
    assert (native / NAME).stat().st_mtime_ns == written

    source = native / "c" / "library.c"
    source.write_text(f"{source.read_text()}\n/* changed */\n")
    assert compile_there(tmp_path, path) == ""
    assert (native / NAME).read_bytes() != first
