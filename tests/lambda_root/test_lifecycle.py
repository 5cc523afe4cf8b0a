"""What the platform does with a function besides calling it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from handlers.platform.settings import MAX_ANSWER
from testing.client import JSON_TYPE, event, read_answer
from testing.geojson import feature, polygon
from testing.lambda_root.events import TILE
from testing.lambda_root.function import StartError
from testing.lambda_root.runtime_api import MAX_PAYLOAD
from testing.rangeserver import Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from testing.lambda_root.function import Function
    from testing.rangeserver import RangeServer

    type Make = Callable[..., Function]

PROBE = "testing/lambda_root/probe.handler"

STATISTICS = "/datasets/elevation/statistics"
PLAIN = {**JSON_TYPE, "accept-encoding": "identity"}
CORNER = [[-119.5, 37.7], [-119.4, 37.7], [-119.4, 37.8], [-119.5, 37.7]]


def zone(text: str) -> dict[str, object]:
    """A request that is answered with as much text."""
    document = feature(polygon(CORNER), properties={"text": text})
    body = json.dumps(document, ensure_ascii=False).encode()
    return event("POST", STATISTICS, "stats=mean", body, PLAIN)


def test_a_second_tile_asks_for_no_header(function: Make, store: RangeServer):
    running = function("handlers/tiles.handler")
    cold = running.invoke(TILE)
    assert read_answer(cold.payload).status == 200
    first = {request.path for request in store.take_requests()}
    assert first >= {"/bucket/elevation.tif"}

    near = event("GET", "/datasets/elevation/tiles/11/343/793.png")
    for asked in (TILE, near):
        warm = running.invoke(asked)
        assert read_answer(warm.payload).status == 200
        assert warm.total is None
    assert running.starts == 1
    for request in store.take_requests():
        assert request.path == "/bucket/elevation.tif"
        assert request.range
        assert request.range[0] > 0


def test_an_exception_is_told_and_the_next_event_is_served(function: Make):
    running = function(PROBE)
    failed = running.invoke({"fail": "on purpose"})
    assert failed.outcome
    assert failed.outcome.kind == "error"
    assert failed.outcome.payload["errorType"] == "RuntimeError"
    assert failed.outcome.payload["errorMessage"] == "on purpose"
    assert any("_fail" in line for line in failed.outcome.payload["stackTrace"])

    assert running.invoke({"answer": 9}).payload == "x" * 7
    assert running.starts == 1


def test_an_event_of_another_service_is_answered_as_a_failure(function: Make):
    running = function("handlers/tiles.handler")
    assert read_answer(running.invoke({"Records": []}).payload).status == 500

    assert read_answer(running.invoke(TILE).payload).status == 200
    assert running.starts == 1


def test_a_function_is_killed_at_its_deadline_and_starts_anew(
    function: Make, store: RangeServer
):
    running = function("handlers/tiles.handler", timeout=1.5)
    store.faults["bucket/elevation.tif"] = Fault(delay=6)
    store.take_requests()
    late = running.invoke(TILE)
    assert late.outcome is None
    # Killed while it waited: the store has not answered yet.
    assert {r.path for r in store.requests} <= {"/bucket/catalog.json"}

    store.faults.clear()
    assert read_answer(running.invoke(TILE).payload).status == 200
    assert running.starts == 2


def test_a_function_knows_how_much_time_is_left(function: Make):
    left = function(PROBE, timeout=7).invoke({"time left": None}).payload

    assert 6000 < left <= 7000


def test_a_process_that_ends_is_replaced(function: Make):
    running = function(PROBE)
    assert running.invoke({"exit": 3}).outcome is None

    assert running.invoke({"answer": 9}).payload == "x" * 7
    assert running.starts == 2


def test_a_function_that_cannot_be_imported_does_not_start(function: Make):
    with pytest.raises(StartError, match=r"No module named 'handlers\.nothing'"):
        function("handlers/nothing.handler").invoke(TILE)
    with pytest.raises(StartError, match=r"Handler 'nothing' missing"):
        function("handlers/meta.nothing").invoke(TILE)


def test_the_platform_refuses_answers_of_more_than_six_megabytes(function: Make):
    running = function(PROBE)
    assert len(running.invoke({"answer": MAX_PAYLOAD}).payload) == MAX_PAYLOAD - 2

    refused = running.invoke({"answer": MAX_PAYLOAD + 1})
    assert refused.outcome
    assert refused.outcome.payload["errorType"] == "Function.ResponseSizeTooLarge"


@pytest.mark.parametrize("character", ["x", '"', "\N{EURO SIGN}"])
def test_no_answer_of_ours_is_refused_by_the_platform(function: Make, character: str):
    """Though a quote of our answer has four bytes in the platform's JSON."""
    running = function("handlers/statistics.handler")
    size = len(json.dumps(character)) - 2
    statuses = []
    for wanted in (MAX_ANSWER - 1000, MAX_ANSWER + 1):
        answer = running.invoke(zone(character * (wanted // size)))
        statuses.append(read_answer(answer.payload).status)

    assert statuses == [200, 413]
    assert running.starts == 1


def test_a_copy_of_a_snapshot_reads_the_catalogue_of_today(
    function: Make, store: RangeServer, bucket: Path
):
    old = (bucket / "catalog.json").read_bytes()
    new = old.replace(b'"elevation"', b'"renamed"')
    asked = []

    def publish() -> None:
        asked.extend(request.path for request in store.take_requests())
        store.faults["bucket/catalog.json"] = Fault(content=new)

    started = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}
    running = function("handlers/tiles.handler", **started)
    running.between = publish
    path = TILE["rawPath"].replace("elevation", "renamed")
    answer = read_answer(running.invoke(event("GET", path)).payload)

    assert asked == ["/bucket/catalog.json"]
    assert answer.status == 200
