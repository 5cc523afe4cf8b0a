"""The code blocks of the documentation."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Describes former versions, whose commands have gone.
_HISTORY = "CHANGELOG.md"

_FENCE = re.compile(r"^( *)```([^\n`]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """What stands between two fences."""

    page: str
    """Path below the repository."""
    line: int
    """Line of the opening fence, from 1."""
    language: str
    """Empty for a fence without one."""
    text: str
    """Without the indentation that all lines share."""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def find_pages() -> list[str]:
    """All pages of documentation, as paths below the repository."""
    found = [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("*/README.md"),
    ]
    paths = {path.relative_to(ROOT).as_posix() for path in found}
    return sorted(paths - {_HISTORY})


def read_blocks(page: str) -> list[Block]:
    """The blocks of a page, from top to bottom."""
    text = (ROOT / page).read_text()
    return [
        Block(
            page,
            text.count("\n", 0, fence.start()) + 1,
            fence[2].strip(),
            textwrap.dedent(fence[3]),
        )
        for fence in _FENCE.finditer(text)
    ]
