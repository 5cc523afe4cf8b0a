"""What pages name and link to exists."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from tests.documents.blocks import ROOT, find_pages

if TYPE_CHECKING:
    from pathlib import Path

MENTION = r"`((?:raster_core|handlers|rasterlet)\.[a-z_][\w.]*)`"

TEXTS = {page: (ROOT / page).read_text() for page in find_pages()}


def test_modules_and_what_is_in_them():
    named = {name for text in TEXTS.values() for name in re.findall(MENTION, text)}

    assert len(named) > 5
    assert [name for name in sorted(named) if not _is_there(name)] == []


def test_files_and_headings_that_links_lead_to():
    links = [
        (page, target)
        for page, text in TEXTS.items()
        for target in re.findall(r"\]\(([^)\s]+)\)", text)
        if "://" not in target and not target.startswith("mailto:")
    ]

    assert len(links) > 100
    assert [link for link in links if not _leads_somewhere(*link)] == []


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


def _leads_somewhere(page: str, target: str) -> bool:
    file, _, anchor = target.partition("#")
    path = (ROOT / page).parent / file if file else ROOT / page
    return path.exists() and (not anchor or anchor in _anchors(path))


def _anchors(path: Path) -> set[str]:
    """Headings as GitHub names them."""
    titles = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles
    }
