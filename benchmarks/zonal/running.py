"""One case of the zonal suite: its contenders in turn, each time in a new process."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.shared.environment import HEAP_ENVIRONMENT, worker_environment
from benchmarks.shared.failures import WorkerError
from benchmarks.zonal.agreement import check_figures
from benchmarks.zonal.cases import Case, Rival, Sample
from benchmarks.zonal.figures import Result, Series
from benchmarks.zonal.rasters import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.zonal.contenders import Contender
    from benchmarks.zonal.zones import ZoneSet

# Rasterlet's as it is deployed. The peers have the heap's defaults, in which they are
# 4 % faster.
_OWN_ENVIRONMENT = {**HEAP_ENVIRONMENT, "RASTERLET_CATALOG": str(CATALOGUE)}

# Seconds after which one round of a contender has to do.
SLOW = 60.0

# Share of the free memory that a hungry contender may ask for, before it fails rather
# than the machine.
_SHARE = 0.9

# The machine's first processor, for both sides alike.
_ONE_CORE = ("taskset", "-c", "0")


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of the suite asks of each case."""

    zones: Mapping[str, ZoneSet]
    rounds: int
    peers: frozenset[str]
    """Names of the peers to run."""
    quick: bool = False
    """One way of each contender, and none that takes long."""


def measure(case: Case, run: Run) -> Result | None:
    """A case's contenders in turn; None if the machine lacks what the case takes.

    Raises:
        DisagreementError: If their results differ.
        WorkerError: If one has failed.
    """
    if case.one_core and not shutil.which(_ONE_CORE[0]):
        print(f"Case {case.key} is left out: there is no {_ONE_CORE[0]}")
        return None
    rivals = [rival for rival in case.rivals if _is_run(case, rival.contender, run)]
    entries = [
        (rival.contender, run.zones[rival.zones or case.zones])
        for rival in (Rival(case.own), *rivals)
    ]
    ways = [_choose_way(case, who, where, run) for who, where in entries]
    samples: list[list[Sample]] = [[] for _ in entries]
    for _ in range(run.rounds):
        for (who, where), (way, _), taken in zip(entries, ways, samples, strict=True):
            once = taken and (who.once or taken[0].clock > SLOW)
            if not once:
                taken.append(_run(case, who, way, where))
    ours = samples[0][0].figures
    own, *series = (
        Series(
            *(who, way, where.count, taken, others),
            check_figures(case, who, taken[0].figures, ours),
        )
        for (who, where), (way, others), taken in zip(
            entries, ways, samples, strict=True
        )
    )
    return Result(case, own, list(zip(rivals, series, strict=True)))


def _is_run(case: Case, contender: Contender, run: Run) -> bool:
    """Whether it is wanted and can be run; what is missing is said in a line."""
    if contender.is_own:
        return True
    if contender.name not in run.peers or (run.quick and contender.once):
        return False
    for why in _obstacles(contender):
        print(f"Case {case.key}: {contender.name} is left out, {why}")
        return False
    return True


def _obstacles(contender: Contender) -> Iterator[str]:
    if importlib.util.find_spec(contender.package) is None:
        yield f"as {contender.package} is not installed"
    free = _free_memory()
    if free is not None and free < contender.needs * 1e9:
        yield f"as it takes {contender.needs:g} GB and {free / 1e9:.1f} are free"


def _choose_way(
    case: Case, contender: Contender, where: ZoneSet, run: Run
) -> tuple[str, str]:
    """The fastest of a contender's ways, and in words what all of them took."""
    if len(contender.ways) == 1 or run.quick:
        return contender.ways[0], ""
    clocks = {way: _run(case, contender, way, where).clock for way in contender.ways}
    taken = ", ".join(f"{way} {clock:.2f} s" for way, clock in clocks.items())
    best = min(clocks, key=lambda way: clocks[way])
    return best, f"{best}, the fastest way ({taken})"


def _run(case: Case, contender: Contender, way: str, where: ZoneSet) -> Sample:
    """One measurement.

    Raises:
        WorkerError: If the process has failed; its standard error says why.
    """
    free = _free_memory()
    job = {
        "raster": str(case.raster.path),
        "dataset": case.raster.dataset,
        "catalogue": str(CATALOGUE),
        "zones": str(where.degrees if contender.degrees else where.projected),
        "fractions": case.fractions,
        "way": way,
        "limit": int(_SHARE * free) if free and contender.needs else None,
    }
    prefix = _ONE_CORE if case.one_core else ()
    done = subprocess.run(
        (*prefix, sys.executable, "-m", contender.module),
        input=json.dumps(job) + "\n",
        stdout=subprocess.PIPE,
        text=True,
        env=worker_environment(_OWN_ENVIRONMENT if contender.is_own else {}),
        check=False,
    )
    if done.returncode or not done.stdout:
        raise WorkerError(f"Case {case.key}: the {contender.name} worker has failed")
    answer = json.loads(done.stdout)
    return Sample(**{**answer, "figures": tuple(answer["figures"])})


def _free_memory() -> float | None:
    """Bytes that new processes may use; None where that is not known."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    line = next(line for line in lines if line.startswith("MemAvailable:"))
    return int(line.split()[1]) * 1024.0
