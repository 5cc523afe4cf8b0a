"""The examples in Python run, and print what their comments say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "docs/library.md")

MENTION = r"`((?:raster_core|handlers)\.[a-z_][\w.]*)`"


def promised(code: str) -> list[str]:
    """What comments say is printed: on the line, or below the loop."""
    found = []
    for line in code.splitlines():
        if line.startswith("# "):
            found.append(line.removeprefix("# "))
        elif line.lstrip().startswith("print(") and "  # " in line:
            found.append(line.rsplit("  # ", 1)[1])
    return found


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_print_what_their_comments_say(page: str) -> None:
    text = (ROOT / page).read_text()
    code = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))

    printed = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert printed.splitlines() == promised(code)
    assert promised(code) != []


def test_what_pages_name_in_modules_is_there() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
    pages = [
        page for page in pages if page.name != "CHANGELOG.md"
    ]  # of former versions
    named = {name for page in pages for name in re.findall(MENTION, page.read_text())}

    assert len(named) > 5
    assert [name for name in sorted(named) if not _is_there(name)] == []


def _is_there(name: str) -> bool:
    """Whether it is a module, or something in one."""
    try:
        import_module(name)
    except ModuleNotFoundError:
        module, _, attribute = name.rpartition(".")
        return (
            "." in name
            and _is_there(module)
            and hasattr(sys.modules[module], attribute)
        )
    return True
