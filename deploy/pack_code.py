"""Packs the functions' code: ``python deploy/pack_code.py [build/deploy/code.zip]``.

It holds bytecode beside the sources: ``/var/task`` is read-only, so Python would
compile all modules at every cold start, which takes 0.15 s. The sources are for
tracebacks; by those in C, the layer's library of kernels is known to fit. Equal sources
give equal bytes, so a deployment without changes uploads nothing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "deploy" / "code.zip"

PACKAGES = ("handlers", "raster_core")
SUFFIXES = {".py", ".html", ".c", ".h"}

# Lambda's Python and where it unpacks the zip; both are part of bytecode.
PYTHON = (3, 13)
INSTALLED = "/var/task"

# The earliest date that a zip can hold.
_WHEN = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16
_UNIX = 3


def pack_code(target: Path, root: Path = ROOT) -> int:
    """Write the zip; returns its unpacked size in bytes."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _copy_sources(root, folder)
        if sys.version_info[:2] == PYTHON:
            _compile(folder)
        else:
            version = ".".join(map(str, PYTHON))
            print(f"Without bytecode: this is not Python {version}", file=sys.stderr)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        _write_zip(target, folder, files)
        return sum(path.stat().st_size for path in files)


def _copy_sources(root: Path, folder: Path) -> None:
    for package in PACKAGES:
        for path in (root / package).rglob("*"):
            if path.suffix in SUFFIXES:
                copy = folder / path.relative_to(root)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(path.read_bytes())


def _compile(folder: Path) -> None:
    # Unchecked: Python does not compare it with the source, whose time no zip keeps.
    command = [
        *(sys.executable, "-s", "-S", "-m", "compileall", "-q", "-j", "1"),
        *("--invalidation-mode", "unchecked-hash"),
        *("-s", str(folder), "-p", INSTALLED, str(folder)),
    ]
    # The order of names in constants must not differ from one build to the next.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    subprocess.run(command, env=environment, check=True)  # noqa: S603  our own


def _write_zip(target: Path, folder: Path, files: Iterable[Path]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zipped:
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _WHEN)
            entry.create_system = _UNIX
            entry.external_attr = _MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(entry, path.read_bytes(), compresslevel=9)
    partial.replace(target)


def main(arguments: Sequence[str] | None = None) -> None:
    """Pack what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", nargs="?", type=Path, default=TARGET)
    target = parser.parse_args(arguments).target
    size = pack_code(target)
    zipped = target.stat().st_size
    print(f"{target.name}: {zipped / 1e3:.0f} kB, unpacked {size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
