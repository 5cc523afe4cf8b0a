"""The direction of imports, and which module may open the door to a heavy library."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.rooms import ROOMS, room
from tests.syntax import imports, nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent

MAX_MODULES = 12
MAX_FLOORS = 6

# Library → the only modules that may import it.
DOORS = {
    "rasterio": {
        "raster_core.ingest.diagnosis.structure",
        "raster_core.sources.file.gdal",
        "raster_core.sources.file.handles",
        "raster_core.sources.file.geotiff",
        "raster_core.sources.file.header",
        "raster_core.sources.file.opening",
        "raster_core.sources.file.tags",
    },
    "shapely": {
        "raster_core.zonal.outlines.projecting",
        "raster_core.zonal.tracks.shapes",
        "raster_core.zonal.zones.repair",
        "raster_core.zonal.outlines.cutting",
        "raster_core.zonal.outlines.degrees",
        "raster_core.zonal.outlines.footprint",
        "raster_core.zonal.outlines.raster_outline",
        "raster_core.zonal.outlines.shapes",
        "raster_core.zonal.zones.checking",
        "raster_core.zonal.zones.reading",
        "raster_core.zonal.zones.turns",
        "raster_core.zonal.zones.zone",
        "rasterlet.frames.zones.geojson",
        "rasterlet.frames.zones.given",
        "rasterlet.frames.zones.kinds",
        "rasterlet.frames.zones.polygons",
        "rasterlet.frames.zones.tracks",
    },
    "pyproj": {
        "raster_core.sources.crs.crs",
        "raster_core.sources.crs.names",
        "raster_core.sources.crs.ellipsoid",
        "raster_core.sources.crs.operations",
        "raster_core.sources.crs.transformers",
        "rasterlet.frames.zones.systems",  # the name of a type
    },
    "PIL": {"raster_core.tile.images.legend", "raster_core.tile.images.encode"},
    "deflate": {"raster_core.sources.blocks.codecs"},
    "zstandard": {"raster_core.sources.blocks.codecs"},
    "isal": {"raster_core.tile.images.compression"},
    "mercantile": {"raster_core.tile.grids.tms"},
    "boto3": {"handlers.catalogue.aws", "rasterlet.opening.objects"},
    "botocore": {"handlers.catalogue.aws", "rasterlet.opening.objects"},
    "snapshot_restore_py": {"handlers.start.snapstart"},
    "click": {
        "rasterlet.commands.arguments",
        "rasterlet.commands.catalog",
        "rasterlet.commands.catalog_add",
        "rasterlet.commands.completion",
        "rasterlet.commands.failures",
        "rasterlet.commands.images",
        "rasterlet.commands.info",
        "rasterlet.commands.main",
        "rasterlet.commands.outputs",
        "rasterlet.commands.point",
        "rasterlet.commands.serve",
        "rasterlet.commands.zonal.command",
        "rasterlet.commands.zonal.writing",
    },
    "uvicorn": {"rasterlet.server.workers"},
    "starlette": {
        "rasterlet.server.gateway.app",
        "rasterlet.server.gateway.events",
        "rasterlet.server.gateway.page",
        "rasterlet.server.gateway.presence",
        "rasterlet.server.gateway.streams",
    },
    "geopandas": {  # the name of a type; imported through ``zones.libraries``
        "rasterlet.frames.results",
        "rasterlet.frames.zones.files",
        "rasterlet.frames.zones.geojson",
        "rasterlet.frames.zones.given",
    },
    "pandas": {
        "rasterlet.cells",
        "rasterlet.commands.zonal.command",
        "rasterlet.frames.cells",
        "rasterlet.frames.groups",
        "rasterlet.frames.results",
        "rasterlet.frames.several",
        "rasterlet.frames.zonal",
        "rasterlet.table",
        "rasterlet.zones",
    },
    "rich": {"rasterlet.frames.progress"},
    "aws_lambda_powertools": {"handlers.platform.powertools"},
}

STANDARD = sys.stdlib_module_names
PACKAGES = ("rasterlet", "handlers", "raster_core")
PLAIN = {"numpy", "affine", *PACKAGES}


@cache
def modules() -> dict[str, Path]:
    files = [file for name in PACKAGES for file in ROOT.glob(f"{name}/**/*.py")]
    return {_module_name(file): file for file in files}


def _module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


@cache
def arrows() -> dict[str, set[str]]:
    """Each module with those of ours that it imports."""
    known = modules().keys() - set(PACKAGES)
    return {
        module: {name for name in named(modules()[module]) if name in known} - {module}
        for module in known
    }


def named(file: Path) -> Iterator[str]:
    """All that a file imports, which may be modules of a package or names of one."""
    for node in nodes(file):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def height(module: str, inside: frozenset[str]) -> int:
    """The length of the longest chain of imports that starts there and stays inside."""
    below = arrows()[module] & inside
    return 1 + max((height(name, inside) for name in below), default=0)


def in_rooms() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for module in arrows():
        found.setdefault(room(module), set()).add(module)
    # A package is the room of its modules, and none of them.
    return {name: frozenset(those - {name}) or {name} for name, those in found.items()}


def test_imports_point_down_only() -> None:
    order = {name: floor for floor, name in enumerate(ROOMS)}
    wrong = [
        f"{module} -> {imported}"
        for module, those in arrows().items()
        for imported in those
        if order[room(imported)] < order[room(module)]
    ]

    assert wrong == []


def test_tiles_and_statistics_do_not_know_each_other() -> None:
    halves = (
        ("raster_core.tile", "raster_core.drawing"),
        ("raster_core.zonal",),
    )
    wrong = [
        f"{module} -> {imported}"
        for module, those in arrows().items()
        for imported in those
        for one, other in (halves, halves[::-1])
        if module.startswith(one) and imported.startswith(other)
    ]

    assert wrong == []


def test_every_room_is_named() -> None:
    assert in_rooms().keys() == set(ROOMS)


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_is_small_enough_to_know(name: str) -> None:
    inside = frozenset(in_rooms()[name])

    assert len(inside) <= MAX_MODULES
    assert max(height(module, inside) for module in inside) <= MAX_FLOORS


def test_heavy_libraries_have_few_doors() -> None:
    wrong = [
        f"{module} -> {imported}"
        for module, file in modules().items()
        for imported in imports(file)
        if (library := imported.split(".")[0]) in DOORS and module not in DOORS[library]
    ]

    assert wrong == []


def test_every_library_is_a_named_one() -> None:
    libraries = {
        imported.split(".")[0]
        for file in modules().values()
        for imported in imports(file)
    }

    assert libraries - STANDARD <= PLAIN | DOORS.keys()


def test_core_reads_no_environment_and_no_event() -> None:
    wrong = [
        f"{module} -> {imported}"
        for module, file in modules().items()
        if module.startswith("raster_core")
        for imported in imports(file)
        if imported in {"os", "boto3", "aws_lambda_powertools", "handlers"}
    ]

    assert wrong == []


def test_only_the_server_needs_the_handlers() -> None:
    """They are not importable where the package is installed, but for its server."""
    wrong = [
        f"{module} -> {imported}"
        for module, file in modules().items()
        if module.startswith("rasterlet") and room(module) != "rasterlet.server.gateway"
        for imported in imports(file)
        if imported.split(".")[0] == "handlers"
    ]

    assert wrong == []


def loaded_by(module: str) -> set[str]:
    """All modules of a process that imports this one and does nothing else."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return set(done.stdout.split())


# What no function needs to start: docs/performance.md says what each would cost.
NEVER = {"boto3", "pyproj", "http.client", "urllib.request"}


@pytest.mark.parametrize(
    ("module", "unloaded"),
    [
        ("raster_core", {"numpy", "rasterio", "pyproj", "shapely"}),
        ("handlers.meta", {*NEVER, "rasterio", "shapely"}),
        ("handlers.wmts", {*NEVER, "rasterio", "shapely", "PIL"}),
        ("handlers.tiles", {*NEVER, "shapely", "PIL"}),
        ("handlers.statistics", {*NEVER, "PIL", "mercantile"}),
        ("handlers.overlay", {*NEVER, "shapely"}),
    ],
)
def test_a_handler_loads_only_what_it_needs(module: str, unloaded: set[str]) -> None:
    assert not unloaded & loaded_by(module)


@pytest.mark.parametrize("module", ["tiles", "statistics", "overlay"])
def test_a_function_that_reads_has_loaded_the_reader_when_it_starts(
    module: str,
) -> None:
    """Layers import it when they open, which a first request would wait for; and a
    snapshot of a started function would lack it.
    """
    loaded = loaded_by(f"handlers.{module}")

    assert {"rasterio", "raster_core.sources.file.reading"} <= loaded


def test_no_two_test_files_have_one_name() -> None:
    """Pytest imports them by it, and would fail once both are collected."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]

    assert sorted(names) == sorted(set(names))


def test_no_module_has_more_lines_than_a_reader_has_patience_for() -> None:
    long = {
        name: len(path.read_text().splitlines()) for name, path in modules().items()
    }

    assert {name: lines for name, lines in long.items() if lines > 300} == {}


def test_nothing_needs_lapack_which_the_layers_do_not_have() -> None:
    """layers/recipe.toml leaves OpenBLAS out; ``norm`` along an axis does without."""
    wrong = [
        f"{module}: {ast.unparse(node)}"
        for module, file in modules().items()
        for node in nodes(file)
        if isinstance(node, ast.Attribute)
        if (
            isinstance(node.value, ast.Attribute)
            and node.value.attr == "linalg"
            and node.attr != "norm"
        )
        or node.attr in {"polyfit", "lstsq"}
    ]

    assert wrong == []
