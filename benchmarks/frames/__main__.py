"""Time ``rasterlet.zonal_stats`` beside ``exact_extract``: ``make bench-frames``.

A GeoDataFrame in, a DataFrame out, each measurement in a process of its own, the sides
in turn. Nothing is asserted about times; that the tables agree is.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.shared.cogs import warm_page_cache
from benchmarks.shared.environment import worker_environment
from benchmarks.shared.failures import DisagreementError, WorkerError
from benchmarks.shared.paths import SAMPLE
from benchmarks.zonal.rasters import ELEVATION, LANDCOVER, build_rasters

if TYPE_CHECKING:
    from pathlib import Path

# Relative to 1 or to the figure: exactextract's coverage and its means are float32.
SAME = 1e-5

_SIDES = ("rasterlet", "exactextract")


@dataclass(frozen=True, slots=True)
class Case:
    """What is counted in the parcels."""

    name: str
    path: Path
    figures: str
    """Key of ``worker.FIGURES``."""


CASES = (
    Case("elevation: count, mean, min, max", ELEVATION.path, "moments"),
    Case("land cover: fractions", LANDCOVER.path, "fractions"),
    Case(
        "sample elevation, degrees: count, mean, min, max",
        SAMPLE / "elevation_yosemite.tif",
        "moments",
    ),
)


def main() -> int:
    """Print a table, or say why there is none."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="default 5")
    parser.add_argument("--parcels", type=int, default=10_000, help="default 10,000")
    args = parser.parse_args()
    build_rasters()
    print(
        f"{args.parcels} parcels, {args.rounds} rounds; {os.cpu_count()} processors, "
        f"Python {platform.python_version()}\n\n"
        "| case | exactextract s | rasterlet s | times faster | of the processor | "
        "conversion |\n|---|---:|---:|---:|---:|---:|"
    )
    failed = 0
    for case in CASES:
        warm_page_cache(case.path)
        try:
            print(_measure(case, args), flush=True)
        except (DisagreementError, WorkerError) as error:
            print(f"{case.name}: {error}", file=sys.stderr)
            failed = 1
    return failed


def _measure(case: Case, args: argparse.Namespace) -> str:
    """The row of a case: medians, and medians of the rounds' ratios.

    Raises:
        DisagreementError: If the tables differ.
        WorkerError: If a worker fails.
    """
    rounds = []
    for _ in range(args.rounds):
        found = {side: _ask(side, case, args.parcels) for side in _SIDES}
        _check(found["exactextract"]["table"], found["rasterlet"]["table"])
        rounds.append(found)

    def middle(side: str, what: str) -> float:
        return median(each[side][what] for each in rounds)

    def ratio(what: str) -> float:
        return median(e["exactextract"][what] / e["rasterlet"][what] for e in rounds)

    conversion = median(
        1 - each["rasterlet"]["engine"] / each["rasterlet"]["processor"]
        for each in rounds
    )
    return (
        f"| {case.name} | {middle('exactextract', 'clock'):.2f} | "
        f"{middle('rasterlet', 'clock'):.2f} | {ratio('clock'):.1f} | "
        f"{ratio('processor'):.1f} times less | {100 * conversion:.0f} % |"
    )


def _ask(side: str, case: Case, parcels: int) -> dict[str, Any]:
    """One side's answer.

    Raises:
        WorkerError: If there is none.
    """
    done = subprocess.run(
        (
            *(sys.executable, "-m", "benchmarks.frames.worker"),
            *(side, str(case.path), case.figures, str(parcels)),
        ),
        env=worker_environment({}),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise WorkerError(f"The {side} worker has failed")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _check(theirs: dict[str, list[float]], ours: dict[str, list[float]]) -> None:
    """Hold the columns of two tables against each other; one lacking is all zeros.

    Raises:
        DisagreementError: If a number differs by more than ``SAME``.
    """
    none = [0.0] * len(next(iter(ours.values())))
    for name in theirs.keys() | ours.keys():
        there = np.array(theirs.get(name, none))
        here = np.array(ours.get(name, none))
        apart = np.abs(there - here) / np.maximum(1.0, np.abs(here))
        if apart.max() > SAME:
            row = int(apart.argmax())
            raise DisagreementError(
                f"{name} of parcel {row} is {there[row]} there, {here[row]} here"
            )


if __name__ == "__main__":
    sys.exit(main())
