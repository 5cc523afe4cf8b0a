"""titiler's application on Lambda's machine, as its own deployment puts it there.

Its Dockerfile installs the wheels into the function's folder, moves their bytecode to
where the sources were, and drops those (deployment/aws/lambda/Dockerfile). The other
form is what pip leaves without compiling.
"""

from __future__ import annotations

import json
import shutil
import sys
from importlib.metadata import Distribution
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmarks.shared.events import make_event
from benchmarks.shared.paths import ROOT
from handlers import routes
from layers.recipe import read_recipe
from testing.geojson import feature
from testing.lambda_root.events import example_event
from testing.lambda_root.machine import (
    MissingError,
    Root,
    build_root,
    copy_distribution,
)
from testing.lambda_root.service import layer_zips

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

type Form = Literal["bytecode", "sources"]

FORMS: tuple[Form, ...] = ("bytecode", "sources")

_INSTALLED = ROOT / ".venv-bench/lib/python3.13/site-packages"

_HANDLER = """\
from mangum import Mangum
from titiler.application.main import app

handler = Mangum(app, lifespan="off")
"""

# In the middle of the sample's elevation, as the examples of our own description.
_TILE = "/cog/tiles/WebMercatorQuad/10/171/395.png"
_TILEJSON = "/cog/WebMercatorQuad/tilejson.json"
_CAPABILITIES = "/cog/WMTSCapabilities.xml"


def build_titiler(folder: Path, form: Form) -> Root:
    """A machine with titiler on it.

    Raises:
        MissingError: If it is not installed, or this machine lacks something.
    """

    def install(root: Path) -> None:
        task = root / "var/task"
        for found in _closure("titiler.application", "mangum"):
            copy_distribution(found, task)
        (task / "handler.py").write_text(_HANDLER)
        _shape(task, form)
        _add_expat(root)

    return build_root(folder, read_recipe().system.libraries, install)


def titiler_events(url: str) -> Mapping[str, dict[str, Any]]:
    """What titiler is asked for, by the function of ours that answers the same."""
    rendering = {"bidx": 1, "rescale": "900,3900", "colormap_name": "viridis"}
    query = urlencode({"url": url, **rendering}, safe=",/")
    return {
        "tiles": make_event(_TILE, query),
        "statistics": _statistics_event(url),
        "meta": make_event(_TILEJSON, query),
        "wmts": make_event(_CAPABILITIES, query),
    }


def _statistics_event(url: str) -> dict[str, Any]:
    """The same polygon, as the Feature that titiler asks for."""
    ours = example_event(routes.ZONE_STATISTICS)
    document = feature(json.loads(ours["body"]), properties={})
    event = make_event("/cog/statistics", urlencode({"url": url}, safe="/"))
    event["requestContext"]["http"]["method"] = "POST"
    event["headers"]["content-type"] = "application/json"
    return {**event, "body": json.dumps(document)}


def _closure(*names: str) -> list[Distribution]:
    """The installed distributions that some need, themselves included."""
    installed = {
        canonicalize_name(found.name): found
        for found in Distribution.discover(path=[str(_INSTALLED)])
    }
    waiting, seen = [canonicalize_name(name) for name in names], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        if name not in installed:
            raise MissingError(f"missing: {name}, which `make bench-cold` installs")
        seen.add(name)
        for text in installed[name].requires or ():
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                waiting.append(canonicalize_name(needed.name))
                waiting += _of_extras(installed, needed)
    return [installed[name] for name in sorted(seen)]


def _of_extras(installed: Mapping[str, Distribution], needed: Requirement) -> list[str]:
    """What a requirement's extras ask for, where it is installed."""
    found = installed.get(canonicalize_name(needed.name))
    asked = [Requirement(text) for text in (found and found.requires) or ()]
    return [
        canonicalize_name(more.name)
        for more in asked
        for extra in needed.extras
        if more.marker
        and more.marker.evaluate({"extra": extra})
        and not more.marker.evaluate({"extra": ""})
    ]


def _shape(task: Path, form: Form) -> None:
    """Bytecode alone, where its sources were, or sources alone."""
    for cache in list(task.rglob("__pycache__")):
        for compiled in cache.glob(f"*.{sys.implementation.cache_tag}.pyc"):
            source = cache.parent / f"{compiled.name.partition('.')[0]}.py"
            if form == "bytecode" and source.exists():
                compiled.rename(source.with_suffix(".pyc"))
                source.unlink()
        shutil.rmtree(cache)


def _add_expat(root: Path) -> None:
    """What rasterio's wheel needs; titiler's Dockerfile copies the system's."""
    for path in layer_zips():
        with ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith("/libexpat.so.1"):
                    target = root / "var/task/libexpat.so.1"
                    target.write_bytes(archive.read(name))
