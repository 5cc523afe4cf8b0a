"""The examples of docs/library.md run, and print what their comments say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "library.md"


def promised(code: str) -> list[str]:
    """What comments say is printed: on the line, or below the loop."""
    found = []
    for line in code.splitlines():
        if line.startswith("# "):
            found.append(line.removeprefix("# "))
        elif line.lstrip().startswith("print(") and "  # " in line:
            found.append(line.rsplit("  # ", 1)[1])
    return found


def test_the_examples_print_what_their_comments_say() -> None:
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL))

    printed = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert printed.splitlines() == promised(code)
    assert len(promised(code)) > 5
