"""``make package`` needs neither an account nor the network, and repeats itself."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from deploy.pack_code import PYTHON
from raster_core.native.library import NAME
from tests.deploy.packages import DEPLOY, OFFLINE, ROOT, find_node

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deploy.packages import Template


def pack(target: Path) -> str:
    done = subprocess.run(
        [sys.executable, str(DEPLOY / "pack_code.py"), str(target)],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_what_is_deployed_is_what_was_packed(packaged: Template, code: Path):
    """Layers too: all names that the template has are those of files that there are."""
    keys = {
        place["S3Key"].rsplit("/", 1)[1]
        for resource in packaged.resources.values()
        if (place := resource["Properties"].get("Code", {}))
        or (place := resource["Properties"].get("Content", {}))
    }

    assert keys == {code.name, "numerics-arm64.zip", "raster-arm64.zip"}


def test_osls_alone_would_ask_an_account(layers: Path, code: Path, tmp_path: Path):
    """So what makes ``make package`` work offline is deploy/package.mjs."""
    assert code.is_file()
    program = DEPLOY / "node_modules" / "osls" / "bin" / "serverless.js"
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}
    kept = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}

    done = subprocess.run(
        [
            *(find_node(), str(program), "package"),
            *("--package", str(tmp_path / "out"), f"--param=layers={layers}"),
        ],
        cwd=ROOT,
        env={**kept, **keys, "NODE_OPTIONS": f"--require {OFFLINE}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode != 0
    assert "osls asks cloudformation." in done.stdout + done.stderr


def test_the_same_sources_give_the_same_zip(tmp_path: Path):
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"

    pack(first)
    pack(second)

    assert first.read_bytes() == second.read_bytes()


def test_the_zip_holds_all_of_the_code_and_nothing_else(code: Path):
    with zipfile.ZipFile(code) as archive:
        names = {name for name in archive.namelist() if "__pycache__" not in name}

    files = {
        path.relative_to(ROOT).as_posix()
        for package in ("handlers", "raster_core")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    # For type checkers, and for this machine.
    left_out = {"raster_core/py.typed", f"raster_core/native/{NAME}"}
    assert names == files - left_out


@pytest.mark.skipif(
    sys.version_info[:2] != PYTHON, reason="bytecode is for Lambda's version of Python"
)
def test_modules_come_with_bytecode_that_needs_no_check(code: Path):
    """``/var/task`` is read-only: without it, Python compiles at every cold start."""
    with zipfile.ZipFile(code) as archive:
        modules = [name for name in archive.namelist() if name.endswith(".py")]
        for name in modules:
            folder, _, file = name.rpartition("/")
            compiled = f"{folder}/__pycache__/{file[:-3]}.cpython-313.pyc"
            header = archive.read(compiled)[:8]

            assert header[:4] == importlib.util.MAGIC_NUMBER
            # PEP 552: by hash of the source, which is not looked at.
            assert int.from_bytes(header[4:], "little") == 0b01


def test_packing_says_what_the_code_weighs(tmp_path: Path):
    printed = pack(tmp_path / "code.zip")

    assert printed.startswith("code.zip: ")
    assert "unpacked" in printed
