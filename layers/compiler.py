"""Shared libraries for Lambda from C, on whatever machine this is.

The compiler is Zig's, which comes as a wheel and knows the symbols of every glibc.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from layers.errors import BuildError
from layers.wheels import MACHINES

if TYPE_CHECKING:
    from collections.abc import Sequence

_FLAGS = (
    *("-shared", "-fPIC", "-O3", "-std=c17", "-fvisibility=hidden"),
    # Nothing of this machine in the result: no debug sections, no build identifiers.
    *("-g0", "-s", "-Wl,--build-id=none"),
    # A name that nothing defines is found here, and not on Lambda.
    "-Wl,-z,defs",
    # Zig would add traps.
    "-fno-sanitize=undefined",
)

# What numpy's own wheel asks for.
_PROCESSORS = {"x86_64": "-mcpu=x86_64_v2", "arm64": "-mcpu=baseline"}


@dataclass(frozen=True, slots=True)
class Compiler:
    """Makes libraries for one architecture."""

    arch: str
    glibc: str
    cache: Path
    """Where Zig keeps the start-up code that it compiles for each target."""

    def build(
        self,
        target: Path,
        sources: Sequence[Path],
        *,
        soname: str,
        options: Sequence[str] = (),
    ) -> None:
        """Compile and link.

        Raises:
            BuildError: There is no compiler, or it refuses.
        """
        command = [
            *(str(find_zig()), "cc"),
            *("-target", f"{MACHINES[self.arch]}-linux-gnu.{self.glibc}"),
            *(_PROCESSORS[self.arch], *_FLAGS, f"-Wl,-soname,{soname}"),
            *("-o", str(target), *map(str, sources), *options),
        ]
        folders = {
            "ZIG_GLOBAL_CACHE_DIR": str(self.cache.resolve()),
            "ZIG_LOCAL_CACHE_DIR": str(self.cache.resolve()),
        }
        # A program found by its own name, and files of our own.
        done = subprocess.run(  # noqa: S603
            command,
            env=os.environ | folders,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BuildError(f"{soname} does not compile:\n{done.stderr.strip()}")


def find_zig() -> Path:
    """The path of the compiler.

    Raises:
        BuildError: The wheel is not installed.
    """
    spec = importlib.util.find_spec("ziglang")
    if spec is None or spec.origin is None:
        raise BuildError(
            "No C compiler: install the wheel ziglang "
            "(pip install --require-hashes -r locks/layers.txt, as `make layers` does)"
        )
    return Path(spec.origin).with_name("zig")
