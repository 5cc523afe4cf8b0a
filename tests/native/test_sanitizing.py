"""Sanitizers catch a kernel that leaves its arrays."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from testing.sanitizing.sanitized import (
    MissingError,
    Sanitized,
    compile_sanitized,
    copy_code,
)

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

CALL = """
import numpy as np
from raster_core.native.differences import undo_differences
from raster_core.native.library import implementation
print(implementation())
undo_differences(np.ones((3, 50, 2), np.uint16))
print("done")
"""


def run_with(folder: Path, before: str, after: str) -> subprocess.CompletedProcess[str]:
    """What becomes of a call, with a line of the kernel replaced."""
    folder.mkdir()
    code: Sanitized = copy_code(folder, ["raster_core"])
    source = folder / "raster_core" / "native" / "c" / "differences.c"
    text = source.read_text()
    assert before in text
    source.write_text(text.replace(before, after))
    try:
        compile_sanitized(code)
    except MissingError as error:
        pytest.skip(str(error))
    return code.run(["-c", CALL])


@pytest.mark.skipif(sys.platform != "linux", reason="LD_PRELOAD is Linux's")
def test_a_kernel_that_reads_beyond_its_block_is_found(tmp_path: Path):
    bounds = "i < columns * bands; i++"

    right = run_with(tmp_path / "right", bounds, bounds)
    wrong = run_with(tmp_path / "wrong", bounds, bounds.replace("<", "<="))

    assert (right.returncode, right.stdout) == (0, "native\ndone\n"), right.stderr
    assert (wrong.returncode, wrong.stdout) != (0, "native\ndone\n")
    assert "heap-buffer-overflow" in wrong.stderr
