"""Work as data: a task goes to JSON and back, and runs wherever it lands.

A worker computes coverage again for the blocks it was given, from the same edges; the
weights come out the same (see ``walk``), so the answer does not depend on how many
workers there were.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, fields
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from raster_core.errors import RequestError
from raster_core.layers.kinds import open_layer, spec_from_json, spec_to_json
from raster_core.zonal.coverage.blockplan import BlockPlan, keep_blocks, plan_blocks
from raster_core.zonal.coverage.cover import Mode, cover
from raster_core.zonal.coverage.weights import Weights
from raster_core.zonal.outlines.outline import Edges
from raster_core.zonal.partials.reducing import Wanted
from raster_core.zonal.partials.rows import (
    AreaRows,
    BandRows,
    KeptRows,
    MomentRows,
    SumRows,
    ValueRows,
)
from raster_core.zonal.reading.summarise import Reduction, reduce_blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from raster_core.documents import OwnJson
    from raster_core.layers.spec import LayerSpec

VERSION = 6
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
    """The rows of a task's blocks, JSON in and JSON out: what a worker does."""
    return encode_blocks(reduce_task(decode_task(text)))


def reduce_task(task: Task) -> list[tuple[BandRows, ...]]:
    """The rows of each block of the task, band by band.

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
    wanted = Wanted(job.brief, kept if job.kept else None)
    reduction = Reduction(info.grid, info.bands, wanted, job.areas)
    return list(reduce_blocks(layer, mine, reduction))


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


def run_tasks(
    tasks: Sequence[Task], executor: Executor
) -> Iterable[tuple[BandRows, ...]]:
    """The rows of all blocks of tasks, each run wherever the executor puts it."""
    # A list: Dask's map takes no iterators.
    answers = executor.map(run_task, list(map(encode_task, tasks)))
    return chain.from_iterable(map(decode_blocks, answers))


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


def encode_blocks(blocks: Iterable[tuple[BandRows, ...]]) -> str:
    """JSON of the rows of blocks."""
    rows = [[_encode_rows(band) for band in block] for block in blocks]
    return json.dumps({"version": VERSION, "blocks": rows}, separators=(",", ":"))


def decode_blocks(text: str) -> list[tuple[BandRows, ...]]:
    """The rows of ``encode_blocks``.

    Raises:
        RequestError: If they were written by another version.
    """
    return [
        tuple(_decode_rows(band) for band in block) for block in _load(text)["blocks"]
    ]


_ROWS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (BandRows, ValueRows, SumRows, MomentRows, KeptRows, AreaRows)
}

_EDGE_FIELDS = ("zone", "sign", "col0", "row0", "col1", "row1")


def _load(text: str) -> OwnJson:
    document: OwnJson = json.loads(text)
    if document.get("version") != VERSION:
        raise RequestError(
            f"Version {document.get('version')} of a task is not {VERSION}"
        )
    return document


def _encode_rows(value: Any) -> Any:
    """The name of a kind of rows and its columns; an array as it is packed."""
    if isinstance(value, np.ndarray):
        return _pack(value)
    if isinstance(value, Weights):
        return list(map(_pack, value))
    if value is None:
        return None
    columns = [_encode_rows(getattr(value, f.name)) for f in fields(value)]
    return {type(value).__name__: columns}


def _decode_rows(packed: Any) -> Any:
    if not isinstance(packed, dict):
        return packed and (
            _unpack(packed) if isinstance(packed[0], str) else _unpack_weights(packed)
        )
    ((name, columns),) = packed.items()
    return _ROWS[name](*map(_decode_rows, columns))


def _unpack_weights(packed: Sequence[Sequence[str]]) -> Weights:
    return Weights(*map(_unpack, packed))


def _pack(values: NDArray[np.generic]) -> list[str]:
    """The type of an array, its bytes in base64, and how many columns it has."""
    packed = [values.dtype.str, base64.b64encode(values.tobytes()).decode()]
    return [*packed, str(values.shape[1])] if values.ndim > 1 else packed


def _unpack(packed: Sequence[str]) -> NDArray[Any]:
    """The array (n,) or (n, columns) that ``_pack`` packed."""
    values = np.frombuffer(base64.b64decode(packed[1]), packed[0])
    return values.reshape(-1, *map(int, packed[2:]))
