"""Blocks that are no code to run: they are parsed, and what they name is looked up."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import yaml

from raster_core.expressions.parser import parse_expressions
from tests.documents.blocks import ROOT

if TYPE_CHECKING:
    from tests.documents.blocks import Block
    from tests.documents.desk import Desk

_URL = re.compile(r"(?<![\w.])/(?:colormaps|datasets|overlay|wmts)\b[^\s`\"']*")

# The attributes that say which tag of its kind one is.
_NAMES = ("http-equiv", "name", "rel")


def check_text(block: Block, desk: Desk) -> None:
    """URLs answer, files and folders exist, expressions can be parsed."""
    for url in _URL.findall(block.text):
        if "{" not in url:
            status, _ = desk.request("GET", url)
            assert status == 200, f"{url}: {status}"
    for path in re.findall(r"^([a-z_]+/[\w/.]*)", block.text, re.MULTILINE):
        folders = (ROOT, (ROOT / block.page).parent)
        assert any((folder / path).exists() for folder in folders), path
    for text in re.findall(r"^expression=(.+)", block.text, re.MULTILINE):
        assert parse_expressions(text.replace("%2B", "+").replace("%26", "&"))


def check_javascript(block: Block, desk: Desk) -> None:
    """Node.js parses it as a module; tests/clients runs those of the maps."""
    node = shutil.which("node", path=desk.environment()["PATH"])
    assert node, "Node.js is missing: make unit installs it"
    script = desk.folder / "script.mjs"
    script.write_text(block.text)
    subprocess.run([node, "--check", str(script)], check=True)


def check_yaml(block: Block, desk: Desk) -> None:  # noqa: ARG001  as all checks
    """It is a mapping, as all of serverless.yml is."""
    assert isinstance(yaml.safe_load(block.text), dict)


def check_html(block: Block, desk: Desk) -> None:  # noqa: ARG001  as all checks
    """The demo page has each of its tags."""
    shown, own = _Tags(), _Tags()
    shown.feed(block.text)
    own.feed((ROOT / "frontend" / "index.html").read_text())
    assert shown.found
    assert shown.found <= own.found


class _Tags(HTMLParser):
    """Collects tags, each with the value that distinguishes it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag."""
        named = dict(attrs)
        name = next((named[key] for key in _NAMES if key in named), None)
        self.found.add((tag, name or ""))
