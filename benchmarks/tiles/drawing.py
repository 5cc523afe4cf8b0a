"""One raster's tiles by all sides in turn, after a check that the images agree."""

from __future__ import annotations

import importlib.util
import subprocess
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from benchmarks.shared.failures import DisagreementError
from benchmarks.tiles.agreement import Picture, compare, decode
from benchmarks.tiles.figures import Beside, Pass, Result, Timing
from benchmarks.tiles.sides import (
    COG_TILES,
    MAPSERVER,
    RASTERLET,
    TITILER,
    Side,
    Worker,
    start_worker,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mercantile import Tile

    from benchmarks.tiles.rasters import Raster

# Rounds of a side that is slow.
_FEW = 2

_PEERS = {side.name: side for side in (TITILER, MAPSERVER, COG_TILES)}
_MODULES = {COG_TILES.name: "cog_tiles", MAPSERVER.name: "mapscript"}


def measure(
    raster: Raster, tiles: Sequence[Tile], rounds: int, peers: Sequence[str]
) -> Result | None:
    """What all sides do with one raster; None if there is nobody to compare with.

    Raises:
        DisagreementError: If their images differ.
        WorkerError: If one of them has ended.
    """
    sides = [_PEERS[name] for name in raster.peers if name in peers]
    sides = [*(side for side in sides if _is_there(side, raster)), RASTERLET]
    if len(sides) == 1:
        return None
    with _start_workers(sides, raster, tiles) as workers:
        pictures = [_draw(worker, raster, tiles) for worker in workers]
    agreements = [compare(each, pictures[-1]) for each in pictures[:-1]]
    for side, agreement in zip(sides, agreements, strict=False):
        _check(raster, side, "transparency", agreement.transparency)
        _check(raster, side, "colour", agreement.color)

    with _start_workers(sides, raster, tiles) as workers:
        passes: list[list[Pass]] = [[] for _ in workers]
        # A B C A B C ...: what disturbs the machine for a while disturbs all.
        for number in range(1 + rounds):
            for worker, taken in zip(workers, passes, strict=True):
                if number <= _FEW or not worker.side.slow:
                    taken.append(Pass(**worker.ask("round")))
        *peers_, own = (
            Timing(
                *(worker.side.name, worker.versions, first, rest),
                sum(picture.size for picture in drawn) / len(drawn),
            )
            for worker, (first, *rest), drawn in zip(
                workers, passes, pictures, strict=True
            )
        )
    besides = [Beside(*pair) for pair in zip(peers_, agreements, strict=True)]
    return Result(raster, len(tiles), besides, own)


def _is_there(side: Side, raster: Raster) -> bool:
    """Whether a side is installed; says so in a line if it is not."""
    module = _MODULES.get(side.name)
    if module is None or (
        side is COG_TILES and importlib.util.find_spec(module) is not None
    ):
        return True
    asked = (side.python, "-c", f"import {module}")
    try:
        there = not subprocess.run(asked, capture_output=True, check=False).returncode
    except OSError:
        there = False
    if not there:
        print(f"{raster.title}: {side.name} is left out, as it is not installed")
    return there


@contextmanager
def _start_workers(
    sides: Sequence[Side], raster: Raster, tiles: Sequence[Tile]
) -> Iterator[list[Worker]]:
    """A new worker of each side, which knows its requests."""
    with ExitStack() as stack:
        yield [stack.enter_context(start_worker(side, raster, tiles)) for side in sides]


def _draw(worker: Worker, raster: Raster, tiles: Sequence[Tile]) -> list[Picture]:
    """The worker's images of its tiles."""
    return [
        decode(
            answer,
            f"{worker.side.name}, tile {tile.z}/{tile.x}/{tile.y}",
            raster.format,
        )
        for answer, tile in zip(worker.ask("answers"), tiles, strict=True)
    ]


def _check(raster: Raster, side: Side, what: str, share: float) -> None:
    if share < side.alike:
        raise DisagreementError(
            f"{raster.title}: {side.name} agrees on {what} in {share:.1%} of the "
            f"pixels, not in {side.alike:.0%}"
        )
