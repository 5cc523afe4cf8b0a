"""Small libraries in the place of large ones.

A *stub* has the name and the functions of a library that nothing reaches: each of them
says so and ends the process. A *share* has the name of a library of which there is
another copy, and hands on to that.

A share is a library of its own and no link, because a linked library looks for its
dependencies beside the link.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from layers.elf import read_binary
from layers.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.compiler import Compiler
    from layers.elf import Binary
    from layers.recipe import Rule
    from layers.tree import Tree

_JUMP = {"x86_64": "jmp {name}@PLT", "arm64": "b {name}"}

_REFUSAL = """\
#include <stdio.h>
#include <stdlib.h>
#define PUBLIC __attribute__((visibility("default")))

static _Noreturn void refuse(const char *name) {
    fprintf(stderr, "%s: this layer has no %s (layers/recipe.toml)\\n", name, LIBRARY);
    abort();
}
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What others take from a library."""

    functions: tuple[str, ...]
    variables: Mapping[str, int]
    """Their sizes in bytes."""
    versions: Mapping[str, str]
    """The symbol version of each name that is required with one."""


def stub_library(tree: Tree, rule: Rule, compiler: Compiler) -> None:
    """Replace the rule's libraries by ones that refuse to work.

    Raises:
        BuildError: A pattern matches no library, or several.
    """
    for pattern in rule.files:
        path = tree.only(pattern)
        library = read_binary(path)
        wanted = wanted_of(tree, library)
        source = stub_source(path.name, wanted, rule.texts)
        shim = _Shim(library.soname, source, versions=version_script(wanted))
        _replace(path, shim, compiler)


def share_library(tree: Tree, rule: Rule, compiler: Compiler) -> None:
    """Replace the rule's libraries by ones that lead to another copy.

    Raises:
        BuildError: There is no such library, or the copy lacks a function.
    """
    kept = tree.only(rule.to)
    offered = read_binary(kept)
    for pattern in rule.files:
        path = tree.only(pattern)
        library = read_binary(path)
        wanted = wanted_of(tree, library)
        missing = _missing(wanted, offered, rule.prefix)
        if missing:
            raise BuildError(
                f"{kept.name} has no {', '.join(missing[:3])} ({len(missing)} names in "
                f"all), which users of {path.name} need: their versions differ; take "
                "the share out of layers/recipe.toml, or lock versions that agree"
            )
        source = jump_source(wanted.functions, rule.prefix, tree.arch)
        folder = os.path.relpath(kept.parent, path.parent)
        options = (
            "-Wl,--no-as-needed",
            str(kept),
            f"-Wl,-rpath,$ORIGIN/{folder}".removesuffix("/."),
            "-Wl,--allow-shlib-undefined",
        )
        _replace(path, _Shim(library.soname, source, options), compiler)


def wanted_of(tree: Tree, library: Binary) -> Wanted:
    """The names that binaries of the tree take from a library."""
    undefined: set[str] = set()
    versions: dict[str, str] = {}
    for _, path in tree.binaries():
        user = read_binary(path)
        if library.soname in user.needed:
            undefined |= user.undefined
            versions |= {
                name: version
                for name, (version, soname) in user.versioned.items()
                if soname == library.soname
            }
    return Wanted(
        tuple(sorted(undefined & library.functions)),
        {
            name: size
            for name, size in sorted(library.variables.items())
            if name in undefined
        },
        versions,
    )


def stub_source(
    library: str, wanted: Wanted, texts: Mapping[str, str] | None = None
) -> str:
    """C that defines what is wanted. Names may be those of C++.

    Args:
        library: What the message says is not there.
        wanted: What users of the library take from it.
        texts: What functions return that are to return a text and not to refuse.
    """
    lines = [f'#define LIBRARY "{library}"', _REFUSAL]
    for number, name in enumerate(wanted.functions):
        text = (texts or {}).get(name)
        does = f'refuse("{name}")' if text is None else f'return "{text}"'
        lines.append(f'PUBLIC const char *f{number}(void) __asm__("{name}");')
        lines.append(f"const char *f{number}(void) {{ {does}; }}")
    for number, (name, size) in enumerate(wanted.variables.items()):
        lines.append(
            f'PUBLIC _Alignas(16) char v{number}[{max(size, 1)}] __asm__("{name}");'
        )
    return "\n".join([*lines, ""])


def version_script(wanted: Wanted) -> str:
    """What the linker reads to give names their versions; empty if none has one."""
    lines = []
    for version in sorted(set(wanted.versions.values())):
        names = [name for name, of in sorted(wanted.versions.items()) if of == version]
        lines.append(f"{version} {{ global: {'; '.join(names)}; }};")
    return "\n".join(lines)


def jump_source(names: tuple[str, ...], prefix: str, arch: str) -> str:
    """Assembler in C: each name jumps to the one with the prefix.

    Without a prefix there is nothing to define: the dynamic linker finds the names in
    what a library is linked with.
    """
    if not prefix:
        return "typedef int nothing;\n"
    lines = []
    for name in names:
        jump = _JUMP[arch].format(name=prefix + name)
        text = f".globl {name}\\n.type {name},%function\\n{name}: {jump}\\n"
        lines.append(f'__asm__(".text\\n{text}");')
    return "\n".join([*lines, ""])


def _missing(wanted: Wanted, offered: Binary, prefix: str) -> list[str]:
    names = {prefix + name for name in wanted.functions}
    variables = wanted.variables.keys()
    return sorted(
        (names - offered.functions)
        # A jump leads to functions only.
        | (set(variables) if prefix else variables - offered.variables.keys())
    )


@dataclass(frozen=True, slots=True)
class _Shim:
    """What goes into the place of a library."""

    soname: str
    source: str
    options: tuple[str, ...] = ()
    versions: str = ""
    """As the linker reads them."""


def _replace(path: Path, shim: _Shim, compiler: Compiler) -> None:
    options = shim.options
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "shim.c"
        written.write_text(shim.source)
        if shim.versions:
            script = written.with_name("versions.map")
            script.write_text(shim.versions)
            options = (*options, f"-Wl,--version-script={script}")
        compiler.build(path, [written], soname=shim.soname, options=options)
