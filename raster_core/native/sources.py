"""The C sources, and the number that a library made of them bears."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("c")

SUFFIX = {"darwin": ".dylib", "win32": ".dll"}.get(sys.platform, ".so")


@cache
def fingerprint() -> int:
    """64 bits of a digest of all sources: a library of others does not fit."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.glob("*.[ch]")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return int.from_bytes(digest.digest()[:8])
