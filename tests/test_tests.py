"""Rules that the tests keep themselves."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.syntax import imports, nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent

FOLDERS = (
    "raster_core",
    "handlers",
    "rasterlet",
    "scripts",
    "deploy",
    "layers",
    "testing",
)

# Tests that are not named after a module, and why.
OF_MANY_MODULES = {
    "test_antimeridian": "zones over it, from their outline to their statistics",
    "test_architecture": "the direction of imports",
    "test_architecture_page": "what docs/architecture.md says of the code",
    "test_awkward": "requests for files that break readers",
    "test_awkward_files": "statistics of files that break readers",
    "test_awkward_tiles": "tiles of files that break readers",
    "test_cdn": "the part of the deployment that deploy/cdn.yml describes",
    "test_changed_files": "files that change between requests, and during one",
    "test_colormaps": "colormaps that a catalogue names, on every route",
    "test_documented": "every answer, against the API's own description",
    "test_far_zones": "zones beside the raster, or beyond the Earth",
    "test_field_files": "files from the field whose Items know nothing of them",
    "test_functions": "every route through awslambdaric",
    "test_fuzz": "requests of any kind",
    "test_generated_client": "a client that is generated from the description",
    "test_image_alpha": "partial alpha, from a file to an image",
    "test_interleaved": "files with all bands in each block",
    "test_items": "Items that cannot be used, on every route",
    "test_join": "neighbouring tiles are one read",
    "test_laws": "statistics, whatever the parts do",
    "test_lifecycle": "starts, errors and deadlines of a Lambda function",
    "test_limits": "docs/limits.md, row by row",
    "test_mentions": "what pages name and link to",
    "test_names": "files whose names mean something to a shell, a URL or GDAL",
    "test_one_place": "points, profiles and zones agree on a pixel",
    "test_own_crs": "rasters whose CRS no authority names",
    "test_package": "what `make package` writes",
    "test_pages": "every code block of the documentation",
    "test_parameters": "every parameter of every route",
    "test_peer_options": "what users of exactextract choose beside the statistics",
    "test_peers": "statistics beside those of other libraries",
    "test_peers_differ": "where other libraries deviate, and why",
    "test_point_route": "a route, whose function is in one of several modules",
    "test_public_items": "Items as public catalogues have them",
    "test_public_scenes": "scenes as public catalogues have them",
    "test_reasons": "why a number is missing, on every route",
    "test_serverless": "serverless.yml",
    "test_source_params": "parameters that change what is read of a file",
    "test_shown": "what pages show, beside what happens",
    "test_stand_in": "the deployment in an account that moto plays",
    "test_template": "the stack's template",
    "test_tests": "this file",
    "test_tilejson": "the TileJSON route",
    "test_tilejson_document": "the document, beside the route",
    "test_warp": "tiles beside GDAL's warper",
    "test_way": "the way of a request through its rooms",
    "test_wheel": "what `make wheel` builds",
    "test_zone_crs": "zones in any CRS, from the body to their statistics",
}

CLOCKS = {"monotonic", "perf_counter", "process_time", "thread_time", "time"}
CLOCKS |= {f"{clock}_ns" for clock in CLOCKS}


def sources(*folders: str) -> list[Path]:
    return [
        path
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "node_modules" not in path.parts
    ]


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef):
            yield node


def is_clock(node: ast.AST) -> bool:
    """Whether it is a call of ``time.monotonic()`` or the like."""
    if not isinstance(node, ast.Call):
        return False
    match node.func:
        case ast.Attribute(value=ast.Name(id="time"), attr=name):
            return name in CLOCKS
        case ast.Name(id=name):
            return name in CLOCKS - {"time"}
    return False


def reads_clock(node: ast.AST, times: set[str]) -> bool:
    """Whether it has a time in it, or one of the variables that hold one."""
    return any(
        is_clock(part) or (isinstance(part, ast.Name) and part.id in times)
        for part in ast.walk(node)
    )


def timed_asserts(function: ast.FunctionDef) -> Iterator[int]:
    """Lines of the assertions that depend on a clock."""
    times: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and reads_clock(node.value, times):
            times |= {name.id for name in node.targets if isinstance(name, ast.Name)}
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) and reads_clock(node.test, times):
            yield node.lineno


def own_returns(function: ast.AST) -> Iterator[int]:
    """Lines of a function's returns, without those of functions inside it."""
    for node in ast.iter_child_nodes(function):
        if isinstance(node, ast.Return):
            yield node.lineno
        elif not isinstance(node, ast.FunctionDef | ast.Lambda):
            yield from own_returns(node)


def module_names() -> set[str]:
    """The last part of each module's name, and of each package's."""
    paths = sources(*FOLDERS)
    return {path.stem for path in paths} | {path.parent.name for path in paths}


@pytest.mark.parametrize(
    "folder",
    [
        "raster_core",
        "handlers",
        "rasterlet",
        "scripts",
        "deploy",
        "layers",
        "testing",
        "benchmarks",
    ],
)
def test_nothing_but_tests_imports_from_tests(folder: str):
    wrong = [
        f"{path.relative_to(ROOT)} -> {imported}"
        for path in sources(folder)
        for imported in imports(path)
        if imported.split(".")[0] == "tests"
    ]

    assert wrong == []


def test_no_test_imports_another():
    """What two of them need stands in a module of its own."""
    wrong = [
        f"{path.relative_to(ROOT)} -> {imported}"
        for path in sources("tests", "testing")
        for imported in imports(path)
        if imported.startswith("tests.") and ".test_" in imported
        if "test_parameters" not in imported
    ]

    assert wrong == []


def test_no_assertion_depends_on_a_clock():
    """A busy machine fails it; a fast one passes it whatever the code does."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources("tests")
        for function in functions(path)
        for line in timed_asserts(function)
    ]

    assert wrong == []


def test_no_test_passes_by_returning_early():
    """What does not apply is not made, is skipped, or is rejected by Hypothesis."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources("tests")
        if path.stem.startswith("test_")
        for function in functions(path)
        if function.name.startswith("test_")
        for line in own_returns(function)
    ]

    assert wrong == []


def names_for(path: Path, module: str) -> set[str]:
    """What a test of a module may be called; no two files may have one name."""
    room = path.parent.name
    return {f"test_{module}", f"test_{room}_{module}", f"test_{room[:-1]}_{module}"}


def test_files_are_named_after_the_modules_they_test():
    """An aspect may follow: ``test_cog_remote``. Those of the browser are named after
    what a person does.
    """
    modules = module_names()
    wrong = [
        str(path.relative_to(ROOT))
        for path in sources("tests")
        if path.stem.startswith("test_")
        if path.parent.name not in {"browser", "clients"}
        if path.stem not in OF_MANY_MODULES
        if not any(
            path.stem.startswith(f"test_{name}_") or path.stem in names_for(path, name)
            for name in modules
        )
    ]

    assert wrong == []


def test_every_exception_is_a_file():
    files = {path.stem for path in sources("tests")}

    assert OF_MANY_MODULES.keys() - files == set()
