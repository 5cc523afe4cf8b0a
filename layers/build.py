"""Builds the layers: ``python -m layers.build [x86_64|arm64 ...]``.

Each step takes the tree of unpacked wheels further and prints what it saved. What goes
wrong ends the build with a message, and leaves the zips of the last good build.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from layers.blas import replace_blas
from layers.bytecode import compile_modules, find_python
from layers.compiler import Compiler, find_zig
from layers.errors import BuildError
from layers.expat import SONAME, build_expat, fetch_source, read_licence
from layers.kernels import SONAME as KERNELS
from layers.kernels import build_kernels
from layers.notice import Licence, take_licences, write_notice
from layers.pack import write_zip
from layers.paths import forget_build_machine
from layers.recipe import REQUIREMENTS, read_recipe
from layers.report import Report, Scale, Size, Step, weigh_packages, write_report
from layers.shims import share_library, stub_library
from layers.strip import find_strip, strip_binaries
from layers.tree import Tree, remove
from layers.verify import check_symbols, check_tree, unreferenced, unresolved
from layers.wheels import MACHINES, download_wheels, unpack_wheels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.recipe import Recipe

HERE = Path(__file__).parent
REPOSITORY = HERE.parent
WORK = REPOSITORY / "build" / "layers"
DIST = HERE / "dist"

# What serverless.yml packs of the repository for each function.
_OWN_CODE = (
    *("handlers/**/*.py", "handlers/**/*.html"),
    *("raster_core/**/*.py", "raster_core/**/*.[ch]"),
)

# At the top of the zip, so that it is /opt/lib, where the loader looks.
_LIBRARIES = "lib/"


@dataclass(slots=True)
class Build:
    """One architecture on its way from wheels to zips."""

    recipe: Recipe
    tree: Tree
    work: Path
    """Where downloads and the compiler's start-up code are kept."""
    scale: Scale
    steps: list[Step] = field(default_factory=list)
    licences: list[Licence] = field(default_factory=list)

    @property
    def compiler(self) -> Compiler:
        """For what replaces libraries."""
        return Compiler(self.tree.arch, self.recipe.glibc, self.work / "zig")

    def done(self, name: str) -> None:
        """Weigh the tree after a step and tell what it saved."""
        size = self.scale.weigh(path for _, path in self.tree.files())
        before = self.steps[-1].size if self.steps else None
        saved = f"; saved {before - size}" if before else ""
        print(f"{self.tree.arch:7} {name:45} {size}{saved}", flush=True)
        self.steps.append(Step(name, size))


def build_layers(
    arch: str,
    recipe: Recipe,
    *,
    lock: Path = REQUIREMENTS,
    work: Path = WORK,
    dist: Path = DIST,
) -> Report:
    """Build the zips of one architecture.

    Raises:
        BuildError: Something is missing, wrong or too large; no zip is touched.
    """
    _check_tools(arch, recipe)
    tree = Tree(arch, work / arch / "python")
    wheels = download_wheels(arch, recipe.python, lock, work / "wheels" / arch)
    unpack_wheels(wheels, tree.root)
    build = Build(recipe, tree, work, Scale(work / "zipped.json"))
    build.done("wheels")
    before = _prepare(build)
    _replace(build)
    compile_modules(build.tree, recipe.python)
    build.done("compiled")
    _check(build, before)
    zips = _pack(build)
    report = _report(build, zips)
    build.scale.save()
    _check_limits(report, recipe)
    _publish(zips, dist)
    return report


def _check_names(architectures: Sequence[str]) -> None:
    for arch in architectures:
        if arch not in MACHINES:
            raise BuildError(f"Lambda has {' and '.join(MACHINES)}, not {arch}")


def _check_tools(arch: str, recipe: Recipe) -> None:
    """What is missing is said before minutes of work."""
    find_strip(arch)
    find_zig()
    find_python(recipe.python)


def _prepare(build: Build) -> set[str]:
    """Drop and strip; returns the names that wheels expect of the system."""
    build.licences += take_licences(build.tree)
    for name, path in build.tree.files():
        if any(rule.matches(name) for rule in build.recipe.drop):
            remove(path)
    build.done("without files that nothing reads")
    strip_binaries(build.tree)
    forget_build_machine(build.tree)
    build.done("stripped")
    return unresolved(build.tree, build.recipe.system)


def _replace(build: Build) -> None:
    recipe, tree = build.recipe, build.tree
    for rule in recipe.link:
        link_file(tree, rule.files[0], rule.to)
    for rule in recipe.share:
        share_library(tree, rule, build.compiler)
    _drop_unreferenced(tree)
    build.done("one copy of what wheels share")
    for rule in recipe.stub:
        stub_library(tree, rule, build.compiler)
    _drop_unreferenced(tree)
    build.done("without libraries that nothing reaches")
    replace_blas(tree, recipe.blas, build.compiler)
    build.done("products of matrices of our own")
    archive = fetch_source(recipe.expat, build.work)
    build_expat(archive, tree.root / recipe.expat_into / SONAME, build.compiler)
    text = read_licence(archive)
    build.licences.append(Licence(f"expat {recipe.expat.version}", "MIT", (text,)))
    build.done("with libexpat")
    build_kernels(tree.root / _LIBRARIES / KERNELS, build.compiler)
    build.done("with kernels of our own")


def link_file(tree: Tree, name: str, kept: str) -> None:
    """Replace a data file by a relative link to another copy."""
    path, target = tree.only(name), tree.only(kept)
    path.unlink()
    path.symlink_to(os.path.relpath(target, path.parent))


def _drop_unreferenced(tree: Tree) -> None:
    while paths := unreferenced(tree):
        for path in paths:
            remove(path)


def _check(build: Build, before: set[str]) -> None:
    system = build.recipe.system
    wrong = check_tree(build.tree, system)
    wrong += check_symbols(build.tree, system, before)
    if wrong:
        shown = "\n".join(f"    {sentence}" for sentence in wrong[:20])
        raise BuildError(
            f"{build.tree.arch} would not load on Lambda ({len(wrong)} findings):\n"
            f"{shown}\nA pattern of layers/recipe.toml drops or replaces too much"
        )


def _pack(build: Build) -> dict[str, tuple[Path, Size]]:
    """The zip of each layer, where nobody takes it yet."""
    folder = build.tree.root.parent
    notice = folder / "NOTICE"
    write_notice(notice, build.licences)
    packed = {}
    for layer, files in _split(build).items():
        entries = [*files, (f"licenses/{layer}/NOTICE", notice)]
        path = folder / f"{layer}-{build.tree.arch}.zip"
        write_zip(path, entries)
        unzipped = build.scale.weigh(file for _, file in entries).unzipped
        packed[layer] = path, Size(path.stat().st_size, unzipped)
    return packed


def _publish(zips: Mapping[str, tuple[Path, Size]], dist: Path) -> None:
    dist.mkdir(parents=True, exist_ok=True)
    for path, size in zips.values():
        # Under another name first: a concurrent packing finds the old or the new zip.
        partial = dist / f".{path.name}"
        shutil.copyfile(path, partial)
        partial.replace(dist / path.name)
        print(f"{path.name}: {size}")


def _report(build: Build, zips: Mapping[str, tuple[Path, Size]]) -> Report:
    own = [path for part in _OWN_CODE for path in REPOSITORY.glob(part)]
    return Report(
        arch=build.tree.arch,
        steps=build.steps,
        packages=weigh_packages(build.tree, build.scale),
        layers={name: size for name, (_, size) in zips.items()},
        functions=build.scale.weigh(own),
        plain=build.recipe.plain[build.tree.arch],
    )


def _check_limits(report: Report, recipe: Recipe) -> None:
    limit, total = recipe.limits[report.arch], report.total
    if total.zipped > limit.zipped or total.unzipped > limit.unzipped:
        large = ", ".join(f"{name} {size}" for name, size in _largest(report))
        raise BuildError(
            f"The layers for {report.arch} are over their budget: {total}, of at most "
            f"{Size(limit.zipped, limit.unzipped)}. The largest are {large}. Drop what "
            "is not needed in layers/recipe.toml"
        )


def _largest(report: Report) -> Sequence[tuple[str, Size]]:
    return list(report.packages.items())[:3]


def _split(build: Build) -> Mapping[str, list[tuple[str, Path]]]:
    """Files of each layer, by the first layer that has a pattern for them."""
    found: dict[str, list[tuple[str, Path]]] = {
        name: [] for name in build.recipe.layers
    }
    for name, path in build.tree.files():
        place = name if name.startswith(_LIBRARIES) else f"python/{name}"
        found[build.recipe.layer_of(name)].append((place, path))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the requested layers; returns the exit status."""
    parser = argparse.ArgumentParser(description="Build the Lambda layers")
    parser.add_argument("arch", nargs="*", help=f"of {', '.join(MACHINES)}; else all")
    parser.add_argument("--dist", type=Path, default=DIST, help="where the zips go")
    asked = parser.parse_args(arguments)
    try:
        recipe = read_recipe()
        architectures = asked.arch or list(MACHINES)
        _check_names(architectures)
        reports = [
            build_layers(arch, recipe, dist=asked.dist) for arch in architectures
        ]
    except BuildError as error:
        print(f"layers: {error}", file=sys.stderr)
        return 1
    write_report(HERE / "SIZES.md", WORK / "sizes.json", reports)
    return 0


if __name__ == "__main__":
    sys.exit(main())
