"""The wheels of the lock, for a machine that this one need not be."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

from layers.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
"""What Lambda calls an architecture, and what everybody else does."""

# manylinux versions up to Lambda's glibc; pip knows no "this or older".
_MANYLINUX = (17, 24, 26, 27, 28, 31, 34)


def download_wheels(arch: str, python: str, lock: Path, folder: Path) -> list[Path]:
    """Paths of the lock's wheels, those kept from an earlier build included.

    Raises:
        BuildError: pip cannot have a wheel of the lock with one of its hashes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / "lock.sha256"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not (stamp.exists() and stamp.read_text() == digest):
        stamp.unlink(missing_ok=True)
        for wheel in folder.glob("*.whl"):
            wheel.unlink()
        _run_pip(arch, python, lock, folder)
        stamp.write_text(digest)
    wheels = sorted(folder.glob("*.whl"))
    _check_hashes(wheels, lock)
    return wheels


def unpack_wheels(wheels: list[Path], root: Path) -> None:
    """Unpack into a new folder, as an installer would.

    Raises:
        BuildError: A wheel has modules that an installer would put elsewhere.
    """
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(root)
    if moved := [*root.glob("*.data/*lib")]:
        raise BuildError(
            f"{moved[0].relative_to(root)} of a wheel belongs elsewhere: lock a "
            "wheel that has its modules at its top"
        )


def _run_pip(arch: str, python: str, lock: Path, folder: Path) -> None:
    machine = MACHINES[arch]
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in _MANYLINUX]
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet"),
        *("--disable-pip-version-check", "--no-deps", "--require-hashes"),
        *("--only-binary=:all:", "--implementation=cp", f"--python-version={python}"),
        *(f"--abi={abi}" for abi in (f"cp{python.replace('.', '')}", "abi3", "none")),
        *(f"--platform={name}" for name in (*platforms, f"manylinux2014_{machine}")),
        *("--dest", str(folder), "--requirement", str(lock)),
    ]
    # The command is made of the recipe's own words.
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BuildError(
            f"No wheel of {lock.name} for Python {python} on {arch}:\n"
            f"{_errors(done.stderr)}\n"
            "Run `make lock` if it was meant to change"
        )


def _errors(text: str) -> str:
    lines = [line for line in text.splitlines() if not line.startswith("WARNING")]
    return "\n".join(f"    {line.strip()}" for line in lines if line.strip())


def _check_hashes(wheels: list[Path], lock: Path) -> None:
    """For what lay in the cache: what pip brings it has checked."""
    known = set(re.findall(r"--hash=sha256:([0-9a-f]{64})", lock.read_text()))
    for wheel in wheels:
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if digest not in known:
            raise BuildError(
                f"{wheel.name} has the sha256 {digest}, which is not in {lock.name}: "
                f"remove {wheel.parent} and build again"
            )
