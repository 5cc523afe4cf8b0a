"""How much memory a process of its own has held."""

from __future__ import annotations

import resource
import sys
from pathlib import Path


def most_memory() -> int:
    """The most bytes that this process has held so far.

    On Linux not ``ru_maxrss``: there it begins with what the parent held, which for a
    child of a test run may be more than the limit that the test is about.
    """
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return held if sys.platform == "darwin" else held * 1024
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024
