"""Mutate recorded calls: ``python -m testing.sanitizing.fuzz RECORD SEED SECONDS``.

A face may refuse arguments by any exception; what it may not do is end the process,
which a sanitizer does, or never come back.
"""

from __future__ import annotations

import faulthandler
import importlib
import pickle
import sys
import time
import warnings
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from raster_core.native.library import implementation
from testing.sanitizing.mutations import mutate_call

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Of one call; sanitizers make it a tenth as fast.
PATIENCE = 60


def fuzz(record: Path, seed: int, seconds: float) -> str:
    """Call every recorded face with mutated arguments, in turn; says how often.

    Args:
        record: What ``recorder`` wrote.
        seed: Of all that is random.
        seconds: For all faces together.
    """
    recorded: dict[str, list[bytes]] = pickle.loads(record.read_bytes())  # noqa: S301  ours
    if missing := [name for name, samples in recorded.items() if not samples]:
        raise SystemExit(f"no test calls {', '.join(missing)}")
    random, calls, refused = Random(seed), 0, 0  # noqa: S311  repeatable
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for name, samples in recorded.items():
            refused += not _call(_find(name), samples, random)
            calls += 1
    return f"{calls} calls of {len(recorded)} faces, {refused} refused"


def _call(
    face: Callable[..., object], samples: Sequence[bytes], random: Random
) -> bool:
    """Whether a face took the arguments."""
    positional, keyword = pickle.loads(random.choice(samples))  # noqa: S301  ours
    mutated = mutate_call(positional, keyword, random)
    faulthandler.dump_traceback_later(PATIENCE, exit=True)
    try:
        face(*mutated[0], **mutated[1])
    except Exception:  # noqa: BLE001  the way to refuse
        return False
    finally:
        faulthandler.cancel_dump_traceback_later()
    return True


def _find(name: str) -> Callable[..., object]:
    module, _, function = name.partition(":")
    found: Callable[..., object] = getattr(importlib.import_module(module), function)
    return found


if __name__ == "__main__":
    assert implementation() == "native", "the library of sanitizers is not loaded"
    warnings.simplefilter("ignore")
    said = fuzz(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
    sys.stdout.write(f"{said}\n")
