"""What numpy has in the layers instead of OpenBLAS, which is 23 MB.

numpy binds 57 of OpenBLAS's names when it is imported. The 22 functions that multiply
matrices and vectors, and four that copy, are written out in ``blas.c``; what is left is
LAPACK, which Rasterlet does not reach: those refuse to work.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from layers.elf import read_binary
from layers.shims import Wanted, stub_source, wanted_of

if TYPE_CHECKING:
    from layers.compiler import Compiler
    from layers.recipe import Rule
    from layers.tree import Tree

BLAS_SOURCE = Path(__file__).with_name("blas.c")


def replace_blas(tree: Tree, rule: Rule, compiler: Compiler) -> None:
    """Put our own library in the place of OpenBLAS.

    Raises:
        BuildError: There is no OpenBLAS in the tree, or the compiler refuses.
    """
    path = tree.only(rule.files[0])
    library = read_binary(path)
    wanted = wanted_of(tree, library)
    with tempfile.TemporaryDirectory() as folder:
        products = Path(folder) / "products.so"
        compiler.build(products, [BLAS_SOURCE], soname=library.soname)
        written = read_binary(products).functions
        refused = tuple(name for name in wanted.functions if name not in written)
        rest = Path(folder) / "lapack.c"
        rest.write_text(stub_source("LAPACK", Wanted(refused, wanted.variables, {})))
        compiler.build(path, [BLAS_SOURCE, rest], soname=library.soname)
