"""Run the kernels' tests and the fuzz: ``python -m testing.sanitizing``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from testing.sanitizing.sanitized import (
    MissingError,
    Sanitized,
    compile_sanitized,
    copy_code,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FOLDERS = ("raster_core", "rasterlet", "handlers", "testing", "tests", "sample")
FILES = ("pyproject.toml",)

_COMPILING = ("compile", "sanitizing")


def main() -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60, help="of each fuzz")
    asked = parser.parse_args()
    numbers = [str(asked.seed), str(asked.seconds)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        record = str(folder / "calls.pickle")
        try:
            code = copy_code(folder, (*FOLDERS, *FILES))
            compile_sanitized(code)
        except MissingError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        tests = ["-p", "testing.sanitizing.recorder", "-p", "no:cacheprovider"]
        tests += ["-q", "tests/native"]
        # These compile.
        tests += [f"--ignore=tests/native/test_{name}.py" for name in _COMPILING]
        return (
            _run(code, ["-m", "pytest", *tests], {"RASTERLET_RECORD": record})
            or _run(code, ["-m", "testing.sanitizing.fuzz", record, *numbers])
            or _run(code, ["-m", "testing.sanitizing.files", *numbers])
        )


def _run(
    code: Sanitized, arguments: Sequence[str], more: Mapping[str, str] | None = None
) -> int:
    done = code.run(arguments, more)
    sys.stdout.write(done.stdout[-4000:])
    if done.returncode:
        sys.stderr.write(f"{done.stderr[-8000:]}\nfailed: {' '.join(arguments)}\n")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
