"""What docs/architecture.md says of the code, held against the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.rooms import ROOMS

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text()

# From how many files on adding one is too much.
LIMITS = {
    "a statistic": 2,
    "an algorithm": 2,
    "a kind of layer": 5,
    "a route": 5,
    "a parameter": 3,
    "a keyword of images": 2,
}

# Rooms that a reader need not know: they hold other rooms and nothing else, or are one
# module that the page names with its neighbours.
UNSAID = {
    "handlers.routes",
    "rasterlet.__main__",
    "raster_core.sources",
    "raster_core.tile",
}


def section(title: str) -> str:
    (text,) = re.findall(
        rf"^#+ {title}\n(.*?)(?=^#|\Z)", PAGE, re.DOTALL | re.MULTILINE
    )
    return text


def exists(path: str) -> bool:
    """Whether a file or folder is there; the page leaves the core's prefix away."""
    return any(
        (top / name).exists()
        for top in (ROOT, ROOT / "raster_core")
        for name in (path, f"{path}.py")
    )


def test_every_room_has_its_line_in_order():
    rows = re.findall(r"^\| `([\w/]+)/` \|", section("What stands where"), re.MULTILINE)

    assert [row.replace("/", ".") for row in rows] == [
        name for name in ROOMS if name not in UNSAID
    ]


def test_what_the_page_names_is_there():
    paths = set(re.findall(r"`([a-z_]+/[\w/.]*)`", PAGE))

    assert len(paths) > 60
    assert [path for path in sorted(paths) if not _may_be_new(path)] == []


def _may_be_new(path: str) -> bool:
    """Whether it is there, or has a name in capitals, which stands for a new file."""
    known = [part for part in path.split("/") if not part.split(".")[0].isupper()]
    return exists("/".join(known)) or len(known) < len(path.split("/"))


@pytest.mark.parametrize("what", LIMITS)
def test_adding_takes_few_files(what: str):
    text = section(f"… {what}")
    (most,) = re.findall(r"^At most (\d+) files:", text, re.MULTILINE)
    items = re.findall(r"^- (.*)", text, re.MULTILINE)
    # An item begins with its file, unless any module may be meant.
    files = [found[1] for item in items if (found := re.match(r"`([^`]+)`", item))]

    assert len(items) <= int(most) == LIMITS[what]
    assert files != []
    assert [file for file in files if not _may_be_new(file)] == []
