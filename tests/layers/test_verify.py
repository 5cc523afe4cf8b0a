"""Findings on binaries that are wrong in one way each, made for the purpose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("elftools", reason="make test-layers installs it")

from layers.compiler import Compiler
from layers.elf import read_binary
from layers.errors import BuildError
from layers.paths import forget_build_machine
from layers.recipe import Rule, read_recipe
from layers.shims import share_library, stub_library
from layers.tree import Tree
from layers.verify import (
    check_closure,
    check_machines,
    check_search_paths,
    check_segments,
    check_symbols,
    check_tree,
    check_versions,
    unreferenced,
    unresolved,
)
from tests.layers.conftest import WORK

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.layers

SYSTEM = read_recipe().system

LIBRARY = """
#define PUBLIC __attribute__((visibility("default")))
PUBLIC int answer = 42;
PUBLIC int twice(int x) { return 2 * x; }
PUBLIC int unused(int x) { return x; }
"""
MODULE = """
extern int answer;
int twice(int);
__attribute__((visibility("default"))) int use(void) { return twice(answer); }
"""


@pytest.fixture(params=["x86_64", "arm64"])
def compiler(request: pytest.FixtureRequest) -> Compiler:
    return Compiler(request.param, "2.28", WORK / "zig")


@pytest.fixture
def tree(compiler: Compiler, tmp_path: Path) -> Tree:
    """A package whose module needs a library beside it."""
    root = tmp_path / "python"
    (root / "thing").mkdir(parents=True)
    (root / "thing.libs").mkdir()
    library = root / "thing.libs" / "libtwice-1.so"
    _compile(compiler, tmp_path, LIBRARY, library)
    _compile(
        *(compiler, tmp_path, MODULE, root / "thing" / "use.so"),
        options=(str(library), "-Wl,-rpath,$ORIGIN/../thing.libs"),
    )
    return Tree(compiler.arch, root)


def _compile(
    compiler: Compiler,
    folder: Path,
    text: str,
    target: Path,
    options: tuple[str, ...] = (),
) -> None:
    source = folder / f"{target.stem}.c"
    source.write_text(text)
    compiler.build(target, [source], soname=target.name, options=options)


def test_a_whole_package_is_without_findings(tree):
    assert check_tree(tree, SYSTEM) == []
    assert unresolved(tree, SYSTEM) == set()
    assert unreferenced(tree) == []


def test_a_library_outside_the_closure_is_named(tree):
    (tree.root / "thing.libs" / "libtwice-1.so").unlink()

    (finding,) = check_closure(tree, SYSTEM)
    assert finding.startswith("thing/use.so needs libtwice-1.so, which is neither")


def test_a_name_that_went_away_is_named(tree, compiler, tmp_path):
    before = unresolved(tree, SYSTEM)
    path = tree.root / "thing.libs" / "libtwice-1.so"
    _compile(compiler, tmp_path, LIBRARY.replace("twice", "thrice"), path)

    assert check_symbols(tree, SYSTEM, before) == [
        "thing/use.so: twice is not to be had any more"
    ]


def test_a_binary_for_another_machine_is_found(tree):
    other = {"x86_64": "arm64", "arm64": "x86_64"}[tree.arch]

    assert len(check_machines(replace(tree, arch=other))) == 2


def test_a_symbol_newer_than_the_system_is_found(tree):
    old = replace(SYSTEM, versions={"GLIBC": (2, 1)})
    library = "void *dlopen(char *, int); void *use(void) { return dlopen(0, 1); }"
    text = library.replace(
        "void *use", '__attribute__((visibility("default"))) void *use'
    )
    compiler = Compiler(tree.arch, "2.34", WORK / "zig")
    _compile(compiler, tree.root.parent, text, tree.root / "thing" / "new.so")

    assert check_versions(tree, SYSTEM) == []
    (finding,) = check_versions(tree, old)
    assert finding == "thing/new.so needs GLIBC_2.34; Lambda has up to 2.1"


def test_segments_that_do_not_fit_the_pages_are_found(tree, compiler, tmp_path):
    path = tree.root / "thing" / "narrow.so"
    option = ("-Wl,-z,max-page-size=1024", "-Wl,-z,common-page-size=1024")
    _compile(compiler, tmp_path, LIBRARY, path, options=option)

    findings = check_segments(tree)

    assert findings
    assert all(
        finding.startswith("thing/narrow.so has a segment") for finding in findings
    )


def test_a_search_path_of_the_building_machine_is_found_and_forgotten(
    tree, compiler, tmp_path
):
    path = tree.root / "thing" / "lost.so"
    _compile(
        *(compiler, tmp_path, LIBRARY, path),
        options=("-Wl,-rpath,/usr/local/lib64",),
    )

    assert check_search_paths(tree) == [
        "thing/lost.so looks for libraries in /usr/local/lib64, not below $ORIGIN"
    ]
    forget_build_machine(tree)
    assert check_search_paths(tree) == []
    assert read_binary(path).search == ("$ORIGIN",)
    assert "twice" in read_binary(path).functions


def test_a_library_that_no_module_leads_to_is_found(tree, compiler, tmp_path):
    path = tree.root / "thing.libs" / "libalone.so"
    _compile(compiler, tmp_path, LIBRARY, path)

    assert unreferenced(tree) == [path]


def test_a_stub_has_what_was_wanted_and_no_more(tree, compiler):
    stub_library(tree, Rule(("thing.libs/libtwice-*",), "why"), compiler)

    stub = read_binary(tree.root / "thing.libs" / "libtwice-1.so")
    assert stub.soname == "libtwice-1.so"
    assert stub.functions == {"twice"}
    assert stub.variables == {"answer": 4}
    assert check_tree(tree, SYSTEM) == []
    assert unresolved(tree, SYSTEM) == set()


def test_a_share_leads_to_the_other_copy_by_its_other_names(tree, compiler, tmp_path):
    other = tree.root / "other.libs" / "libtwice-2.so"
    other.parent.mkdir()
    text = LIBRARY.replace("twice", "internal_twice")
    _compile(compiler, tmp_path, text, other)
    plain = MODULE.replace("extern int answer;", "").replace("answer", "21")
    library = tree.root / "thing.libs" / "libtwice-1.so"
    _compile(
        *(compiler, tmp_path, plain, tree.root / "thing" / "use.so"),
        options=(str(library), "-Wl,-rpath,$ORIGIN/../thing.libs"),
    )
    rule = Rule((f"thing.libs/{library.name}",), "why", to="other.libs/*")

    with pytest.raises(BuildError, match=r"libtwice-2\.so has no twice"):
        share_library(tree, rule, compiler)
    share_library(tree, replace(rule, prefix="internal_"), compiler)

    share = read_binary(library)
    assert share.functions == {"twice"}
    assert share.needed[0] == other.name
    assert share.search == ("$ORIGIN/../other.libs",)
    assert check_tree(tree, SYSTEM) == []
    assert unresolved(tree, SYSTEM) == set()
