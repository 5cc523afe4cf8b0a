"""The build: its size, and its content security policy."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from starlette.requests import Request

from deploy.publish import cache_control
from rasterlet.server.gateway.page import find_page_file
from tests.server.gateway import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

DIST = ROOT / "frontend" / "dist"

# Kilobytes of JavaScript, MapLibre and its worker included.
BUDGET = 480

COMPRESS = """
const { brotliCompressSync } = require("node:zlib");
const { readFileSync } = require("node:fs");
const sizeOf = (file) => brotliCompressSync(readFileSync(file)).length;
const sizes = process.argv.slice(1).map(sizeOf);
console.log(sizes.reduce((sum, size) => sum + size, 0));
"""


def test_the_scripts_fit_their_budget(say: Callable[[str], None]):
    scripts = sorted(map(str, (DIST / "assets").glob("*.js")))
    # Node.js may have come as a Python wheel.
    path = os.pathsep.join((f"{sys.prefix}/bin", os.environ["PATH"]))
    run = subprocess.run(
        ["node", "-e", COMPRESS, *scripts],  # noqa: S607  whichever is there
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": path},
    )
    size = int(run.stdout) / 1000
    say(f"JavaScript with brotli: {size:.0f} kB of {BUDGET}")
    assert size <= BUDGET


def test_the_policy_names_no_other_origin():
    page = (DIST / "index.html").read_text()
    (policy,) = re.findall(r'Content-Security-Policy"\s+content="([^"]*)"', page)
    directives = dict(part.split(" ", 1) for part in policy.split("; "))

    sources = {source for text in directives.values() for source in text.split()}
    assert sources == {"'none'", "'self'", "data:", "blob:"}
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == "'self'"
    assert directives["connect-src"] == "'self'"


def test_what_caches_keep_forever_is_named_by_its_content():
    """In a deployment, and on the local server alike."""
    names = [p.relative_to(DIST).as_posix() for p in DIST.rglob("*") if p.is_file()]
    hashed = {name for name in names if re.fullmatch(r".+-[\w-]{8}\.\w+", name)}

    kept = {name for name in names if "immutable" in cache_control(name)}

    assert kept == hashed
    assert any(name.endswith(".js") for name in kept)
    for name in names:
        scope = {"type": "http", "method": "GET", "path": f"/{name}", "headers": []}
        response = find_page_file(Request(scope))
        assert response is not None
        assert response.headers["cache-control"] == cache_control(name)


def test_everything_is_found_beside_the_page():
    page = (DIST / "index.html").read_text()
    names = re.findall(r'(?:src|href)="([^"]+)"', page)

    assert names
    for name in names:
        assert name.startswith("./"), name
        assert (DIST / name).is_file() or name == "./datasets", name
    assert (DIST / "licenses.txt").stat().st_size > 10_000
    assert (DIST / "zones" / "countries.geojson").is_file()
