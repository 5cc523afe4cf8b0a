"""Mutate recorded calls: ``python -m testing.sanitizing.fuzz RECORD SEED SECONDS``.

A face may refuse arguments by any exception; what it may not do is end the process,
which a sanitizer does, or never come back.
"""

from __future__ import annotations

import faulthandler
import pickle
import signal
import sys
import time
import warnings
from importlib import import_module
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from raster_core.native.library import implementation
from testing.sanitizing.mutations import mutate_call

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

# Of one call, in seconds: Python that only takes long is interrupted, as a refusal; a
# kernel that does not come back ends the process.
TURN, PATIENCE = 2, 60


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
    fuzzed = Fuzz(recorded, Random(seed))  # noqa: S311  repeatable
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for name in fuzzed.functions:
            fuzzed.call_function(name)
    calls = fuzzed.taken + fuzzed.refused
    return f"{calls} calls of {len(recorded)} faces, {fuzzed.refused} refused"


class Fuzz:
    """Calls with mutated arguments."""

    def __init__(self, recorded: Mapping[str, Sequence[bytes]], random: Random) -> None:
        self._recorded, self._random = recorded, random
        self.functions = [name for name in recorded if "." not in _name(name)]
        self.taken = self.refused = 0

    def call_function(self, name: str) -> None:
        """Call a function, and each method of what it returns."""
        module = name.partition(":")[0]
        returned = self._call(name, getattr(import_module(module), _name(name)))
        kind = type(returned)
        place = f"{module}:{kind.__qualname__}."
        for method in self._recorded:
            if kind.__module__ == module and method.startswith(place):
                self._call(method, getattr(returned, method.rpartition(".")[2]))

    def _call(self, name: str, face: Callable[..., object]) -> object:
        """What it returns; None where it refuses."""
        sample = self._random.choice(self._recorded[name])
        positional, keyword = pickle.loads(sample)  # noqa: S301  ours
        mutated = mutate_call(positional, keyword, self._random)
        faulthandler.dump_traceback_later(PATIENCE, exit=True)
        try:
            # The alarm may ring after the call, too, until it is off.
            try:
                signal.setitimer(signal.ITIMER_REAL, TURN)
                returned = face(*mutated[0], **mutated[1])
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except Exception:  # noqa: BLE001  the way to refuse
            self.refused += 1
            return None
        finally:
            faulthandler.cancel_dump_traceback_later()
        self.taken += 1
        return returned


def _interrupt(_signal: int, _frame: object) -> None:
    raise TimeoutError


def _name(place: str) -> str:
    return place.partition(":")[2]


if __name__ == "__main__":
    assert implementation() == "native", "the library of sanitizers is not loaded"
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, _interrupt)
    said = fuzz(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
    sys.stdout.write(f"{said}\n")
