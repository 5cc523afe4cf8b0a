"""The direction of imports, and which module may open the door to a heavy library."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.syntax import imports, nodes

ROOT = Path(__file__).resolve().parent.parent

# From top to bottom: a room imports from rooms further down, or from itself.
FLOORS = (
    ("handlers",),
    ("raster_core.ingest",),
    ("raster_core.zonal", "raster_core.tile"),
    ("raster_core.catalogue",),
    ("raster_core.layers",),
    ("raster_core.layers.sampling",),
    ("raster_core.source",),
    ("raster_core.stated", "raster_core.expressions"),
    ("raster_core.raster",),
    ("raster_core.grid", "raster_core.bands"),
    ("raster_core.documents", "raster_core.earth"),
    ("raster_core.errors", "raster_core.version"),
)

# Modules of ``source`` that stand above the layers, as a room of their own.
CATALOGUE = frozenset(
    f"raster_core.source.{name}"
    for name in (
        *("asset_fields", "band_fields", "catalogue", "colormap_fields", "dataset"),
        *("fields", "item", "overlaid", "recipe", "render_fields", "sentinel2"),
        "versions",
    )
)

# Library → the only modules that may import it.
DOORS = {
    "rasterio": {
        "raster_core.sources.file.gdal",
        "raster_core.sources.file.handles",
        "raster_core.sources.file.geotiff",
        "raster_core.sources.file.header",
        "raster_core.sources.file.tags",
    },
    "shapely": {
        "raster_core.zonal.outlines.projecting",
        "raster_core.zonal.zones.repair",
        "raster_core.zonal.outlines.cutting",
        "raster_core.zonal.outlines.degrees",
        "raster_core.zonal.outlines.footprint",
        "raster_core.zonal.outlines.raster_outline",
        "raster_core.zonal.outlines.shapes",
        "raster_core.zonal.zones.turns",
        "raster_core.zonal.zones.zone",
    },
    "pyproj": {
        "raster_core.sources.crs.crs",
        "raster_core.sources.crs.names",
        "raster_core.sources.crs.ellipsoid",
        "raster_core.sources.crs.operations",
        "raster_core.sources.crs.transformers",
    },
    "PIL": {"raster_core.tile.images.legend", "raster_core.tile.images.encode"},
    "mercantile": {"raster_core.tile.grids.tms"},
    "boto3": {"handlers.catalogue.aws"},
    "botocore": {"handlers.catalogue.aws"},
    "snapshot_restore_py": {"handlers.start.snapstart"},
    "aws_lambda_powertools": {"handlers.platform.powertools"},
}

STANDARD = sys.stdlib_module_names
PLAIN = {"numpy", "affine", "raster_core", "handlers"}


@cache
def modules() -> dict[str, Path]:
    files = [*ROOT.glob("raster_core/**/*.py"), *ROOT.glob("handlers/**/*.py")]
    return {_module_name(file): file for file in files}


def _module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def floor(module: str) -> int:
    module = "raster_core.catalogue" if module in CATALOGUE else module
    for level, rooms in enumerate(FLOORS):
        if any(module == room or module.startswith(room + ".") for room in rooms):
            return level
    raise AssertionError(f"{module} is on no floor")


def room(module: str) -> str:
    rooms = FLOORS[floor(module)]
    module = "raster_core.catalogue" if module in CATALOGUE else module
    return next(r for r in rooms if module == r or module.startswith(r + "."))


def test_imports_point_down_only() -> None:
    wrong = [
        f"{module} -> {imported}"
        for module, file in modules().items()
        if module != "raster_core"
        for imported in imports(file)
        if imported.startswith(("raster_core.", "handlers."))
        and room(imported) != room(module)
        and floor(imported) <= floor(module)
    ]

    assert wrong == []


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
    code = f"import sys, {module}; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()

    assert not unloaded & set(loaded)


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
