"""Whether two sides have computed the same zonal statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.shared.failures import DisagreementError
from benchmarks.zonal.contenders import Likeness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.zonal.cases import Case, Figures
    from benchmarks.zonal.contenders import Contender

# Relative, between exact coverages: exactextract's are float32.
SAME = 1e-5

# Largest difference between exact class fractions.
SAME_FRACTION = 1e-4

# Relative, and of 1, over all zones: whole pixels instead of shares along the edges.
CLOSE = 0.01

# What adds up from cells, and is compared with SAME; min and max must be equal.
_SUMS = ("count", "mean", "sum", "std")


def check_figures(
    case: Case, contender: Contender, theirs: Sequence[Figures], ours: Sequence[Figures]
) -> str:
    """How far the figures agree, in words; empty for a contender without figures.

    Raises:
        DisagreementError: If they differ by more than the contender's kind allows.
    """
    if contender.likeness is Likeness.NONE:
        return ""
    who = f"Case {case.key}, {contender.name}"
    if len(theirs) != len(ours):
        raise DisagreementError(f"{who}: {len(theirs)} zones, not {len(ours)}")
    if contender.likeness is Likeness.SAME:
        if list(theirs) != list(ours):
            raise DisagreementError(f"{who}: {theirs} is not {ours}")
        return "the same figures"
    if contender.likeness is Likeness.CLOSE:
        compare = _close_fractions if case.fractions else _close_moments
    else:
        compare = _exact_fractions if case.fractions else _exact_moments
    return compare(who, theirs, ours)


def _exact_moments(who: str, theirs: Sequence[Figures], ours: Sequence[Figures]) -> str:
    worst = 0.0
    for number, (their, our) in enumerate(zip(theirs, ours, strict=True)):
        for name in ("min", "max"):
            if their[name] != our[name]:
                raise DisagreementError(
                    f"{who}, zone {number}: {name} is {their[name]} there, "
                    f"{our[name]} here"
                )
        for name in _SUMS:
            apart = abs(their[name] - our[name]) / max(abs(our[name]), 1e-9)
            if not apart <= SAME:
                raise DisagreementError(
                    f"{who}, zone {number}: {name} is {their[name]} there, "
                    f"{our[name]} here"
                )
            worst = max(worst, apart)
    return f"{', '.join(_SUMS)} within {worst:.0e}, min and max equal"


def _exact_fractions(
    who: str, theirs: Sequence[Figures], ours: Sequence[Figures]
) -> str:
    worst = 0.0
    for number, (their, our) in enumerate(zip(theirs, ours, strict=True)):
        for name in their.keys() | our.keys():
            there, here = their.get(name, 0.0), our.get(name, 0.0)
            if not abs(there - here) <= SAME_FRACTION:
                raise DisagreementError(
                    f"{who}, zone {number}: class {name} has {there} there, {here} here"
                )
            worst = max(worst, abs(there - here))
    return f"fractions within {worst:.0e}"


def _close_moments(who: str, theirs: Sequence[Figures], ours: Sequence[Figures]) -> str:
    apart = {}
    for name in ("count", "sum"):
        there, here = (sum(zone[name] for zone in side) for side in (theirs, ours))
        apart[name] = abs(there / here - 1)
        if not apart[name] <= CLOSE:
            raise DisagreementError(f"{who}: {name} is {there} there, {here} here")
    return "in total, " + ", ".join(
        f"{name} within {share:.0e}" for name, share in apart.items()
    )


def _close_fractions(
    who: str, theirs: Sequence[Figures], ours: Sequence[Figures]
) -> str:
    """On average over the zones: in a small one, a pixel is a large share."""
    names = {name for zone in (*theirs, *ours) for name in zone}
    apart = max(
        float(
            np.mean(
                [
                    abs(their.get(name, 0.0) - our.get(name, 0.0))
                    for their, our in zip(theirs, ours, strict=True)
                ]
            )
        )
        for name in names
    )
    if not apart <= CLOSE:
        raise DisagreementError(f"{who}: fractions are {apart:.3f} apart on average")
    return f"fractions within {apart:.0e} on average"
