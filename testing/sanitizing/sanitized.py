"""A copy of the code whose library sanitizers watch."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from raster_core.native.library import NAME
from raster_core.native.sources import FLAGS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REPOSITORY = Path(__file__).resolve().parent.parent.parent

# One variant of each kernel, in the order of its lines, ended by the first fault.
SANITIZERS = (
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g", "-O1"),
    *("-fno-omit-frame-pointer", "-DRASTERLET_ONE_PROCESSOR"),
)

_OPTIONS = {
    # Python frees little at its end, and numpy is right to ask for what it cannot have.
    "ASAN_OPTIONS": (
        "detect_leaks=0:allocator_may_return_null=1:max_allocation_size_mb=2048"
    ),
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "PYTHONMALLOC": "malloc",  # so that small objects of Python have bounds too
    "OPENBLAS_NUM_THREADS": "1",
}

_LEFT_OUT = shutil.ignore_patterns("__pycache__", "librasterlet.*", "node_modules")


class MissingError(Exception):
    """What this machine lacks."""


@dataclass(frozen=True, slots=True)
class Sanitized:
    """The copy, in which programs run."""

    folder: Path

    def run(
        self, arguments: Sequence[str], more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run Python in it; what it prints is kept."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**os.environ, **_OPTIONS, "LD_PRELOAD": _runtime(), **(more or {})},
            capture_output=True,
            text=True,
            check=False,
        )


def copy_code(folder: Path, names: Sequence[str]) -> Sanitized:
    """Copy folders and files of the repository, to compile and run them there."""
    for name in names:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=_LEFT_OUT)
        else:
            shutil.copy(source, folder / name)
    return Sanitized(folder)


def compile_sanitized(code: Sanitized) -> None:
    """Compile the kernels of a copy with sanitizers.

    Raises:
        MissingError: If there is no gcc with its libasan.
    """
    _runtime()
    target = f"raster_core/native/{NAME}"
    lines = (
        "import sys; from pathlib import Path; "
        "from raster_core.native.compile import compile_library; "
        "compile_library(['gcc'], Path(sys.argv[1]), sys.argv[2:])"
    )
    command = [sys.executable, "-c", lines, target, *SANITIZERS]
    subprocess.run(command, cwd=code.folder, check=True)
    assert "-O1" not in FLAGS  # the last one counts


def _runtime() -> str:
    """The paths of what has to be loaded before Python.

    Raises:
        MissingError: If gcc or its libasan is missing.
    """
    gcc = shutil.which("gcc")
    if gcc is None:
        raise MissingError("missing: gcc, with libasan")
    paths = [
        subprocess.check_output([gcc, f"-print-file-name={name}"], text=True).strip()
        for name in ("libasan.so", "libubsan.so")
    ]
    if not all(map(os.path.isabs, paths)):
        raise MissingError("missing: gcc's libasan.so and libubsan.so")
    return " ".join(paths)
