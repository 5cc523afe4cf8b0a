"""How far statistics have come: a bar, or a call of the caller's function.

A bar is drawn ten times a second at most, however many zones there are.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from rasterlet.frames.request import Report

    type Draw = Callable[[int, int, str], None]
    """Takes the number of finished zones, that of all, and words about both."""

# Seconds between two drawings.
_INTERVAL = 0.1


@contextmanager
def reporting(progress: bool | Callable[[int, int], None]) -> Iterator[Report | None]:  # noqa: FBT001  as users say it
    """What to call with the number of finished zones and of all; None if nobody asks.

    Args:
        progress: True for a bar, on the standard error or in a notebook's output, with
            rate and time left; or what is called.
    """
    if not progress:
        yield None
        return
    if callable(progress):
        yield progress
        return
    from rich.console import Console  # noqa: PLC0415  a tenth of a second, for bars only

    console = Console(stderr=True)
    draw_on = _draw_in_notebook if console.is_jupyter else _draw_in_terminal
    with draw_on(console) as draw:
        yield _seldom(draw)


def describe_progress(done: int, total: int, seconds: float) -> str:
    """Zones, rate and time left, in words."""
    rate = done / seconds if seconds > 0 else 0.0
    told = f"{done:,} of {total:,} zones, {rate:,.0f} zones/s"
    if not rate or done >= total:
        return told
    return f"{told}, {timedelta(seconds=round((total - done) / rate))} left"


def _seldom(draw: Draw) -> Report:
    """What draws at intervals, and in the end."""
    start = time.monotonic()
    drawn = start - _INTERVAL

    def report(done: int, total: int) -> None:
        nonlocal drawn
        now = time.monotonic()
        if done >= total or now - drawn >= _INTERVAL:
            drawn = now
            draw(done, total, describe_progress(done, total, now - start))

    return report


@contextmanager
def _draw_in_terminal(console: Console) -> Iterator[Draw]:
    from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415  as above

    words = TextColumn("{task.description}")
    with Progress(BarColumn(), words, console=console) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, told: bar.update(
            task, completed=done, total=total, description=told
        )


@contextmanager
def _draw_in_notebook(_: Console) -> Iterator[Draw]:
    """A bar of HTML, which every notebook shows; rich's takes ipywidgets."""
    shown: Any = import_module("IPython.display")  # there, as in any notebook

    def bar(done: int, total: int, told: str) -> object:
        return shown.HTML(
            f'<progress value="{done}" max="{total or 1}"></progress> {told}'
        )

    handle = shown.display(bar(0, 0, ""), display_id=True)
    yield lambda done, total, told: handle.update(bar(done, total, told))
