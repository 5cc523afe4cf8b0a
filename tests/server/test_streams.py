"""The local server sends what it has while the rest is computed."""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from affine import Affine

from raster_core.ingest.item import ItemOptions, describe_raster
from raster_core.sources.file import cog
from raster_core.zonal.reading.ahead import AHEAD, FAR_READERS
from testing.geojson import box, collection, feature
from testing.rangeserver import RangeServer, _Handler
from tests.cogs import Recipe, write_cog
from tests.handlers.catalogues import write_catalogue
from tests.server.gateway import Gateway, run_gateway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLOCK = 512
# Of one block each: more than are fetched ahead for one answer, to either side of the
# gate.
ROWS = 2 * (FAR_READERS + AHEAD) + 16
DEGREES = 0.0001

# Answers in one piece: which client disconnects before it, and what it requested.
LEFT = {
    "left_one": ("POST", "/datasets/left_one/statistics?stats=mean"),
    "left_all": ("GET", "/datasets/left_all/statistics?stats=mean"),
    "left_sum": ("GET", "/datasets/left_sum/statistics?expression=b1%2B1"),
    "left_groups": ("POST", "/datasets/calm/statistics?group_by=left_groups"),
    "left_table": ("POST", "/crosstab?dataset=left_table&dataset=calm"),
}

NAMES = ("gated", "torn", "torn_lines", "left", *LEFT, "calm")


@dataclass
class Gate:
    """What happens to who asks for the lower half of a file."""

    start: int
    """The offset of its first block."""
    opened: threading.Event = field(default_factory=threading.Event)
    broken: bool = False
    delay: float = 0.0
    reached: list[int] = field(default_factory=list)
    """Offsets asked for, from ``start`` on."""


class Store(RangeServer):
    """A store with a gate before the lower half of some files."""

    gates: dict[str, Gate]


class GatedHandler(_Handler):
    def _select(self, content: bytes, tag: str) -> tuple[int, bytes, dict[str, str]]:
        gate = self.server.store.gates.get(self.path)  # type: ignore[attr-defined]
        first = (self._wanted() or (0, 0))[0]
        if gate and first >= gate.start:
            gate.reached.append(first)
            gate.opened.wait(20)
            time.sleep(gate.delay)
            if gate.broken:
                return http.HTTPStatus.NOT_FOUND, b"", {}
        return super()._select(content, tag)


def block_offset(path: Path, row: int) -> int:
    with rasterio.open(path) as file:
        tag = f"BLOCK_OFFSET_0_{row}"
        return int(file.get_tag_item(tag, "TIFF", bidx=1))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("store")
    shape = 1, ROWS * BLOCK, BLOCK
    noise = np.random.default_rng(5).integers(0, 99, shape, np.uint8)
    transform = Affine(DEGREES, 0, 10, 0, -DEGREES, 50)
    recipe = Recipe(
        BLOCK, ROWS * BLOCK, "uint8", transform=transform, nodata=None, blocksize=BLOCK
    )
    write_cog(folder / "gated.tif", recipe, noise)
    for name in NAMES[1:]:
        shutil.copyfile(folder / "gated.tif", folder / f"{name}.tif")
    with Store(folder) as running:
        running._server.RequestHandlerClass = GatedHandler
        middle = block_offset(folder / "gated.tif", ROWS // 2)
        running.gates = {f"/{name}.tif": Gate(middle) for name in NAMES[:-1]}
        yield running


@pytest.fixture(scope="module")
def gateway(
    store: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("catalogue")
    items = []
    for name in NAMES:
        path = store.folder / f"{name}.tif"
        options = ItemOptions(id=name, href=store.url(path.name))
        items.append(describe_raster(path, options))
        cog.forget(str(path))
    write_catalogue(folder, items)
    with run_gateway(
        folder,
        RASTERLET_CATALOG=str(folder / "catalog.json"),
        RASTERLET_ALLOWED=store.url(""),
    ) as running:
        yield running


def row_box(row: int) -> dict[str, Any]:
    """Inside of one row of blocks."""
    top, side = 50 - row * BLOCK * DEGREES, BLOCK * DEGREES
    return box(10 + side / 9, top - side * 8 / 9, 10 + side * 8 / 9, top - side / 9)


WHOLE = box(10, 50 - ROWS * BLOCK * DEGREES, 10 + BLOCK * DEGREES, 50)

BODY = json.dumps(
    collection(*(feature(row_box(row), id=row, properties={}) for row in range(ROWS)))
)


@contextlib.contextmanager
def ask(gateway: Gateway, path: str) -> Iterator[http.client.HTTPResponse]:
    """The answer to the zones of all rows, as far as it has come."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)
    with contextlib.closing(connection):
        headers = {"Content-Type": "application/json"}
        connection.request("POST", path, BODY, headers)
        yield connection.getresponse()


def test_the_first_zones_come_before_the_last_blocks_are_read(
    gateway: Gateway, store: Store
) -> None:
    gate = store.gates["/gated.tif"]

    with ask(gateway, "/datasets/gated/statistics?stats=mean&f=ndjson") as answer:
        assert answer.status == 200
        assert answer.getheader("Transfer-Encoding") == "chunked"
        assert answer.getheader("Content-Length") is None
        assert answer.getheader("Content-Type") == "application/x-ndjson"
        assert answer.getheader("Access-Control-Allow-Origin") == "*"
        early = [json.loads(answer.readline()) for _ in range(3)]
        assert not gate.opened.is_set()
        gate.opened.set()
        late = [json.loads(line) for line in answer.read().splitlines()]

    assert [line["id"] for line in early + late] == list(range(ROWS))
    means = [line["properties"]["statistics"]["b1"]["mean"] for line in early + late]
    assert means == pytest.approx([49] * ROWS, abs=0.5)


def test_a_whole_collection_is_one_document(gateway: Gateway) -> None:
    with ask(gateway, "/datasets/calm/statistics?stats=count") as answer:
        document = json.loads(answer.read())

    assert document["type"] == "FeatureCollection"
    assert [part["id"] for part in document["features"]] == list(range(ROWS))


def test_an_answer_that_breaks_off_is_not_taken_for_a_whole_one(
    gateway: Gateway, store: Store
) -> None:
    gate = store.gates["/torn.tif"]
    gate.broken = True
    gate.opened.set()

    with ask(gateway, "/datasets/torn/statistics?stats=mean") as answer:
        assert answer.status == 200
        with pytest.raises(http.client.IncompleteRead) as caught:
            answer.read()

    assert caught.value.partial.startswith(b'{"type":"FeatureCollection","features":[{')
    assert "broke off" in gateway.log.read_text()
    assert store.endpoint.encode() not in caught.value.partial
    for _ in range(4):  # of either process
        with ask(gateway, "/datasets/calm/statistics?stats=count") as answer:
            assert len(json.loads(answer.read())["features"]) == ROWS


def test_lines_end_with_the_reason(gateway: Gateway, store: Store) -> None:
    gate = store.gates["/torn_lines.tif"]
    gate.broken = True
    gate.opened.set()

    lines = []
    with ask(gateway, "/datasets/torn_lines/statistics?stats=mean&f=ndjson") as answer:
        with pytest.raises(http.client.IncompleteRead) as caught:
            answer.read()
        lines = caught.value.partial.splitlines()

    assert [json.loads(line).get("id") for line in lines[:3]] == [0, 1, 2]
    last = json.loads(lines[-1])
    assert last["error"]["status"] == 502
    assert store.endpoint not in last["error"]["detail"]


def test_a_client_that_hangs_up_stops_the_computation(
    gateway: Gateway, store: Store
) -> None:
    gate = store.gates["/left.tif"]
    gate.delay = 0.1

    with ask(gateway, "/datasets/left/statistics?stats=mean&f=ndjson") as answer:
        json.loads(answer.readline())
    gate.opened.set()
    wait_until_still(gate)

    assert gateway.get("/health").status == 200
    last_row = block_offset(store.folder / "left.tif", ROWS - 1)
    assert max(gate.reached, default=0) < last_row


@pytest.mark.parametrize("name", LEFT)
def test_so_does_a_client_who_waits_for_one_piece(
    gateway: Gateway, store: Store, name: str
) -> None:
    gate, (method, path) = store.gates[f"/{name}.tif"], LEFT[name]
    gate.delay = 0.1
    log = gateway.log.read_text()
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)
    with contextlib.closing(connection):
        body = json.dumps(WHOLE) if method == "POST" else None
        connection.request(method, path, body, {"Content-Type": "application/json"})
        deadline = time.monotonic() + 20
        while not gate.reached and time.monotonic() < deadline:
            time.sleep(0.02)
    assert gate.reached
    gate.opened.set()
    wait_until_still(gate)

    assert gateway.get("/health").status == 200
    last_row = block_offset(store.folder / f"{name}.tif", ROWS - 1)
    assert max(gate.reached) < last_row
    added = gateway.log.read_text().removeprefix(log)
    assert "Traceback" not in added
    assert "ASGI" not in added  # as uvicorn complains of an application without answer


def wait_until_still(gate: Gate) -> None:
    """Until what was under way when the client left has ended.

    Nothing follows for so long that ten more blocks would have been asked for.
    """
    asked = -1
    while len(gate.reached) > asked:
        asked = len(gate.reached)
        time.sleep(10 * gate.delay)


def test_errors_before_the_first_byte_are_problem_documents(gateway: Gateway) -> None:
    with ask(gateway, "/datasets/calm/statistics?stats=mean&max_pixels=9") as answer:
        assert answer.status == 413
        assert answer.getheader("Content-Type") == "application/problem+json"
        assert "exceeds 9" in json.loads(answer.read())["detail"]
