"""Time zonal statistics beside other libraries: ``make bench-zonal``.

Each measurement is a process of its own, the contenders in turn, round after round.
Nothing is asserted about times; that the sides compute the same is.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

from benchmarks.shared.cogs import warm_page_cache
from benchmarks.shared.environment import HEAP_ENVIRONMENT, worker_environment
from benchmarks.shared.failures import DisagreementError, WorkerError
from benchmarks.zonal.agreement import check_figures
from benchmarks.zonal.cases import CASES, OWN, Case, Contender, Rival, Sample
from benchmarks.zonal.figures import Result, Series, details, summary
from benchmarks.zonal.rasters import CATALOGUE, RASTERS, SIDE, build_rasters
from benchmarks.zonal.zones import SEED, ZoneSet, build_zones

# Rasterlet's as it is deployed. The peers have the heap's defaults, in which they are
# 4 % faster.
_OWN_ENVIRONMENT = {
    **HEAP_ENVIRONMENT,
    "RASTERLET_CATALOG": str(CATALOGUE),
}

# Seconds after which one round of a contender has to do.
SLOW = 60.0

# Share of the free memory that a hungry contender may ask for, before it fails rather
# than the machine.
_SHARE = 0.9

_OWN = Rival(OWN)


def main() -> int:
    """Print the tables, or say why there are none."""
    args = _parse_arguments()
    build_rasters()
    zones = build_zones()
    for raster in RASTERS:
        warm_page_cache(raster.path)
    print(
        f"{SIDE} x {SIDE} pixels, seed {SEED}, {args.rounds} rounds; "
        f"{os.cpu_count()} processors, Python {platform.python_version()}"
    )
    for each in zones.values():
        print(
            f"- zones '{each.name}': {each.count}, {each.vertices:,} vertices, "
            f"{each.pixels / 1e6:.1f} million pixels"
        )
    results, failures = [], []
    for case in CASES:
        if args.only and case.key not in args.only:
            continue
        try:
            results.append(_measure(case, zones, args))
            print("\n".join(details(results[-1])), flush=True)
        except (DisagreementError, WorkerError) as error:
            failures.append(error)
            print(f"\n**FAILED** {error}", flush=True)
    if results:
        print("\n".join(summary(results)))
    for error in failures:
        print(error, file=sys.stderr)
    return 1 if failures else 0


def _parse_arguments() -> argparse.Namespace:
    names = {rival.contender.name for case in CASES for rival in case.rivals}
    peers = sorted(names - {r.contender.name for r in _own_rivals()})
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="of each case; default 3")
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="CASE",
        choices=[case.key for case in CASES],
        help=f"of {', '.join(case.key for case in CASES)}; default all",
    )
    parser.add_argument(
        "--peers", nargs="*", choices=peers, default=peers, help="default all"
    )
    return parser.parse_args()


def _own_rivals() -> list[Rival]:
    """Those that are Rasterlet in another way; they are in every run."""
    return [r for case in CASES for r in case.rivals if r.contender.is_own]


def _measure(case: Case, zones: dict[str, ZoneSet], args: argparse.Namespace) -> Result:
    """A case's contenders in turn.

    Raises:
        DisagreementError: If their results differ.
        WorkerError: If one has failed.
    """
    entries = [
        (rival, zones[rival.zones or case.zones])
        for rival in (_OWN, *case.rivals)
        if rival.contender.is_own or rival.contender.name in args.peers
        if _fits(case, rival.contender)
    ]
    ways = [_choose_way(case, rival.contender, where) for rival, where in entries]
    samples: list[list[Sample]] = [[] for _ in entries]
    for _ in range(args.rounds):
        for (rival, where), (way, _), taken in zip(entries, ways, samples, strict=True):
            once = taken and (rival.contender.once or taken[0].clock > SLOW)
            if not once:
                taken.append(_run(case, rival.contender, way, where))
    ours = samples[0][0].figures
    series = [
        Series(
            rival.contender,
            way,
            taken,
            others,
            check_figures(case, rival.contender, taken[0].figures, ours),
        )
        for (rival, _), (way, others), taken in zip(entries, ways, samples, strict=True)
    ]
    rivals = [rival for rival, _ in entries[1:]]
    return Result(case, series[0], list(zip(rivals, series[1:], strict=True)))


def _fits(case: Case, contender: Contender) -> bool:
    free = _free_memory()
    if free is None or free >= contender.needs * 1e9:
        return True
    print(
        f"Case {case.key}: {contender.name} is left out, as it takes "
        f"{contender.needs:g} GB and {free / 1e9:.1f} are free"
    )
    return False


def _choose_way(case: Case, contender: Contender, where: ZoneSet) -> tuple[str, str]:
    """The fastest of a contender's ways, and in words what all of them took."""
    if len(contender.ways) == 1:
        return contender.ways[0], ""
    clocks = {way: _run(case, contender, way, where).clock for way in contender.ways}
    taken = ", ".join(f"{way} {clock:.2f} s" for way, clock in clocks.items())
    best = min(clocks, key=lambda way: clocks[way])
    return best, f"{best}, the faster way ({taken})"


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
    done = subprocess.run(
        (sys.executable, "-m", contender.module),
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


if __name__ == "__main__":
    sys.exit(main())
