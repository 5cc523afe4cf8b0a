"""Work as data: a task goes to JSON and back, and runs wherever it lands.

A worker computes coverage again for the blocks it was given, from the same edges; the
weights come out the same (see ``walk``), so the answer does not depend on how many
workers there were.
"""

from __future__ import annotations

import base64
import json
from dataclasses import astuple, dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from raster_core.errors import RequestError
from raster_core.layers.kinds import open_layer, spec_from_json, spec_to_json
from raster_core.zonal.coverage.blockplan import BlockPlan, keep_blocks, plan_blocks
from raster_core.zonal.coverage.cover import Mode, cover
from raster_core.zonal.outlines.outline import Edges
from raster_core.zonal.partials.counting import Sums
from raster_core.zonal.partials.ground import BlockArea
from raster_core.zonal.partials.kept import Kept
from raster_core.zonal.partials.merge import BlockSummary
from raster_core.zonal.partials.partial import (
    BlockMoments,
    Histogram,
    Moments,
    Partial,
    Totals,
)
from raster_core.zonal.reading.summarise import summarise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from raster_core.documents import OwnJson
    from raster_core.layers.spec import LayerSpec

VERSION = 5
"""Version of the JSON; another one is refused."""


@dataclass(frozen=True, slots=True)
class Job:
    """What all tasks of a request have in common."""

    spec: LayerSpec
    mode: Mode = Mode.FRACTION
    min_coverage: float = 0.0
    areas: bool = False
    """Whether ground areas are measured too."""
    brief: bool = False
    """Whether sums of small integers are enough, without their histogram."""
    kept: tuple[int, ...] = ()
    """Zones whose values of wide types are kept, ascending."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Some blocks of a raster, and the zones to summarise in them."""

    job: Job
    edges: Edges
    """On the raster's native grid; those that bear on the blocks."""
    blocks: tuple[int, ...]
    """Block numbers of the raster's plan, ascending."""


def run_task(text: str) -> str:
    """The summaries of a task, JSON in and JSON out: what a worker does."""
    return encode_summaries(summarise_task(decode_task(text)))


def summarise_task(task: Task) -> list[BlockSummary]:
    """One summary per zone, block and band of the task.

    Raises:
        SourceError: If the raster cannot be read.
    """
    layer = open_layer(task.job.spec)
    info = layer.info
    job = task.job
    runs = cover(task.edges, info.grid.window, job.mode, min_coverage=job.min_coverage)
    plan = plan_blocks(runs, info.grid, info.block_shape)
    mine = keep_blocks(plan, task.blocks)
    kept = np.isin(np.arange(int(mine.zones.max(initial=-1)) + 1), job.kept)
    return list(summarise(layer, mine, areas=job.areas, brief=job.brief, kept=kept))


def split_plan(plan: BlockPlan, job: Job, edges: Edges, *, pieces: int) -> list[Task]:
    """The plan as at most ``pieces`` tasks of neighbouring blocks."""
    groups = np.array_split(plan.blocks, min(pieces, max(1, len(plan.blocks))))
    tasks = []
    for blocks in groups:
        if not blocks.size:
            continue
        rows = blocks[[0, -1]] // plan.columns * plan.block_shape[0]
        below = rows[1] + plan.block_shape[0]
        near = (edges.row1 > rows[0]) & (edges.row0 < below)
        part = Edges(*(getattr(edges, name)[near] for name in _EDGE_FIELDS))
        tasks.append(Task(job, part, tuple(blocks.tolist())))
    return tasks


def run_tasks(tasks: Sequence[Task], executor: Executor) -> Iterable[BlockSummary]:
    """The summaries of all tasks, each run wherever the executor puts it."""
    # A list: Dask's map takes no iterators.
    answers = executor.map(run_task, list(map(encode_task, tasks)))
    return chain.from_iterable(map(decode_summaries, answers))


def encode_task(task: Task) -> str:
    """JSON of a task."""
    edges = {name: _pack(getattr(task.edges, name)) for name in _EDGE_FIELDS}
    return json.dumps(
        {
            "version": VERSION,
            "job": {
                "spec": spec_to_json(task.job.spec),
                "mode": task.job.mode,
                "min_coverage": task.job.min_coverage,
                "areas": task.job.areas,
                "brief": task.job.brief,
                "kept": task.job.kept,
            },
            "edges": edges,
            "blocks": task.blocks,
        }
    )


def decode_task(text: str) -> Task:
    """The task of ``encode_task``.

    Raises:
        RequestError: If it was written by another version.
    """
    document = _load(text)
    job = document["job"]
    edges = Edges(*(_unpack(document["edges"][name]) for name in _EDGE_FIELDS))
    spec = spec_from_json(job["spec"])
    return Task(
        Job(
            spec,
            Mode(job["mode"]),
            job["min_coverage"],
            areas=job["areas"],
            brief=job["brief"],
            kept=tuple(job["kept"]),
        ),
        edges,
        tuple(document["blocks"]),
    )


def encode_summaries(summaries: Iterable[BlockSummary]) -> str:
    """JSON of summaries: zone, band and partial of each."""
    rows = [
        [s.zone, s.band, _encode_partial(s.partial), s.area and astuple(s.area)]
        for s in summaries
    ]
    return json.dumps({"version": VERSION, "summaries": rows}, separators=(",", ":"))


def decode_summaries(text: str) -> list[BlockSummary]:
    """The summaries of ``encode_summaries``.

    Raises:
        RequestError: If they were written by another version.
    """
    rows = _load(text)["summaries"]
    return [
        BlockSummary(zone, band, _decode_partial(partial), _decode_area(area))
        for zone, band, partial, area in rows
    ]


_EDGE_FIELDS = ("zone", "sign", "col0", "row0", "col1", "row1")


def _load(text: str) -> OwnJson:
    document: OwnJson = json.loads(text)
    if document.get("version") != VERSION:
        raise RequestError(
            f"Version {document.get('version')} of a task is not {VERSION}"
        )
    return document


def _encode_partial(partial: Partial) -> OwnJson:
    """Numbers as they are: Python's shortest form of a float reads back the same."""
    if isinstance(partial, Histogram):
        return {
            "values": partial.values.tolist(),
            "high": partial.high.tolist(),
            "low": partial.low.tolist(),
            "masked": partial.masked,
        }
    if isinstance(partial, Totals):
        return {"sums": partial.sums, "masked": partial.masked}
    return {
        "blocks": [astuple(block) for block in partial.blocks],
        "masked": partial.masked,
        "kept": [
            [_pack(part.whole), _pack(part.partial), _pack(part.weights)]
            for part in partial.kept
        ],
    }


def _decode_partial(document: OwnJson) -> Partial:
    if "blocks" in document:
        blocks = tuple(BlockMoments(*block) for block in document["blocks"])
        kept = tuple(
            Kept(_unpack(whole), _unpack(partial), _unpack(weights))
            for whole, partial, weights in document["kept"]
        )
        return Moments(blocks, document["masked"], kept)
    if "sums" in document:
        sums = document["sums"]
        return Totals(sums and Sums(*sums), document["masked"])
    values, high, low = (
        np.array(document[name], np.int64) for name in ("values", "high", "low")
    )
    return Histogram(values, high, low, document["masked"])


def _decode_area(row: Sequence[Any] | None) -> BlockArea | None:
    if row is None:
        return None
    total, weighted, values, areas = row
    return BlockArea(total, weighted, tuple(values), tuple(areas))


def _pack(values: NDArray[np.generic]) -> list[str]:
    """The type of an array (n,) and its bytes in base64."""
    return [values.dtype.str, base64.b64encode(values.tobytes()).decode()]


def _unpack(packed: Sequence[str]) -> NDArray[Any]:
    """The array (n,) that ``_pack`` packed."""
    return np.frombuffer(base64.b64decode(packed[1]), packed[0])
