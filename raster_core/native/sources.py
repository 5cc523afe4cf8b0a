"""The C sources, how they are compiled, and the number that a library of them bears."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("c")

SUFFIX = {"darwin": ".dylib", "win32": ".dll"}.get(sys.platform, ".so")

# Sums of floats keep their order and their rounding: no fused multiplications, no
# reassociation. Vectors are the compiler's own.
FLAGS = (
    "-std=c11", "-O3", "-fPIC", "-shared", "-fvisibility=hidden", "-ffp-contract=off",
    "-fno-math-errno",
)  # fmt: skip


def c_files() -> list[Path]:
    """What is compiled, in order."""
    return sorted(FOLDER.glob("*.c"))


@cache
def fingerprint() -> int:
    """64 bits of a digest of sources and flags: a library of others does not fit."""
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for path in sorted(FOLDER.glob("*.[ch]")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return int.from_bytes(digest.digest()[:8])


def stamp() -> str:
    """The flag that writes the fingerprint into a library."""
    return f"-DRASTERLET_FINGERPRINT={fingerprint():#x}ull"
