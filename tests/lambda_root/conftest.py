"""A machine like Lambda's with our functions, and a store that they read from."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import pytest

from testing.lambda_root.bucket import write_bucket
from testing.lambda_root.function import Function
from testing.lambda_root.machine import Host
from testing.lambda_root.service import (
    build_service,
    stack_environment,
    store_environment,
)
from testing.rangeserver import RangeServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from testing.lambda_root.machine import Machine, Root


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """The layers' zips and the packed code, where Lambda has them."""
    return build_service(tmp_path_factory.mktemp("lambda") / "root")


@pytest.fixture(
    scope="session",
    params=["host", pytest.param("root", marks=pytest.mark.layers)],
)
def machine(request: pytest.FixtureRequest) -> Machine:
    """This machine as it is, which is quick; and one like Lambda's."""
    if request.param == "host":
        return Host()
    found: Root = request.getfixturevalue("root")
    return found


@pytest.fixture(scope="session")
def bucket(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Path:
    """The sample's rasters with a catalogue."""
    return write_bucket(tmp_path_factory.mktemp("store") / "bucket", sample)


@pytest.fixture
def store(bucket: Path) -> Iterator[RangeServer]:
    with RangeServer(bucket.parent) as server:
        yield server


@pytest.fixture
def function(machine: Machine, store: RangeServer) -> Iterator[Callable[..., Function]]:
    """Makes functions, which end with the test."""
    with ExitStack() as running:
        yield partial(_make, machine, store, running)


@pytest.fixture
def function_in_root(
    root: Root, store: RangeServer
) -> Iterator[Callable[..., Function]]:
    """Likewise, on Lambda's machine only."""
    with ExitStack() as running:
        yield partial(_make, root, store, running)


def _make(
    machine: Machine,
    store: RangeServer,
    running: ExitStack,
    handler: str,
    *,
    timeout: float = 29.0,
    **changes: str,
) -> Function:
    environment = {**stack_environment(), **store_environment(store.endpoint)}
    function = Function(machine, handler, {**environment, **changes}, timeout)
    return running.enter_context(function)
