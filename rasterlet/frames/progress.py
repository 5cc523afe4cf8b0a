"""How far statistics have come, as a bar in a terminal or notebook, or to a caller."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rasterlet.frames.request import Report


@contextmanager
def reporting(progress: bool | Callable[[int, int], None]) -> Iterator[Report | None]:  # noqa: FBT001  as users say it
    """What to call with the number of finished zones and of all; None if nobody asks.

    Args:
        progress: True for a bar on the standard error, with rate and time left; or
            what is called.
    """
    if not progress:
        yield None
    elif callable(progress):
        yield progress
    else:
        with _bar() as report:
            yield report


@contextmanager
def _bar() -> Iterator[Report]:
    from rich.console import Console  # noqa: PLC0415  a tenth of a second, for bars only
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text  # noqa: PLC0415

    if TYPE_CHECKING:
        from rich.progress import Task  # noqa: PLC0415

    class Rate(ProgressColumn):
        """Zones per second."""

        def render(self, task: Task) -> Text:
            return Text(f"{task.finished_speed or task.speed or 0:,.0f} zones/s")

    bar = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    with bar:
        task = bar.add_task("zones", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
