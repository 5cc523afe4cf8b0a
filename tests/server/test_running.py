"""``rasterlet serve``: what it serves, what it says, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from testing.geojson import collection
from tests.cogs import Recipe, write_cog
from tests.server.gateway import (
    PATIENCE,
    ROOT,
    clean_environment,
    fail_to_start,
    run_gateway,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.server.gateway import Gateway

POINT = "point?lon=10.505&lat=46.005"


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail("it did not happen")
        time.sleep(0.05)


def datasets(gateway: Gateway) -> dict[str, dict[str, Any]]:
    features = json.loads(gateway.get("/datasets").body)["features"]
    return {item["id"]: item for item in features}


def value(gateway: Gateway, name: str) -> float:
    reply = gateway.get(f"/datasets/{name}/{POINT}")
    assert reply.status == 200, reply.body
    (band,) = json.loads(reply.body)["values"]
    found: float = band["value"]
    return found


def find_workers(gateway: Gateway) -> set[int]:
    """The processes that answer, from /proc; Python starts others beside them."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            command = path.with_name("cmdline").read_bytes()
            if parent == gateway.process.pid and b"spawn_main" in command:
                found.add(int(path.parent.name))
    return found


@pytest.fixture(scope="module")
def rasters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two rasters of one name, one with a space, and one that is none."""
    folder = tmp_path_factory.mktemp("my rasters")
    (folder / "more").mkdir()
    for name in ("grid.tif", "the grid.TIF", "more/grid.tif"):
        write_cog(folder / name, Recipe())
    (folder / "broken.tif").write_bytes(b"II*\0no raster")
    (folder / "notes.txt").touch()
    return folder


@pytest.fixture(scope="module")
def running(
    rasters: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    with run_gateway(tmp_path_factory.mktemp("serve"), str(rasters)) as made:
        yield made


def test_a_folder_stands_for_its_rasters(running: Gateway):
    assert list(datasets(running)) == ["grid", "grid-2", "the grid"]
    for name in ("grid", "grid-2", "the%20grid"):
        assert value(running, name) == 100 * 49 + 50
        assert running.get(f"/datasets/{name}/preview.png").status == 200
    (left_out,) = [
        line for line in running.log.read_text().splitlines() if "Left out" in line
    ]
    assert "broken.tif" in left_out


def test_it_says_the_tiles_of_each(running: Gateway):
    log = running.log.read_text()

    for name in ("grid", "grid-2", "the%20grid"):
        url = f"http://127.0.0.1:{running.port}/datasets/{name}/tiles/{{z}}/{{x}}/{{y}}"
        assert url in log


def test_answers_name_no_file(running: Gateway, rasters: Path):
    for path in ("/datasets", "/datasets/grid", "/datasets/grid/tilejson.json"):
        assert str(rasters).encode() not in running.get(path).body


def test_a_file_that_changes_is_noticed(tmp_path: Path):
    path = tmp_path / "grid.tif"
    write_cog(path, Recipe())
    with run_gateway(tmp_path, str(path)) as made:
        (before,) = datasets(made).values()
        assert value(made, "grid") == 100 * 49 + 50

        write_cog(tmp_path / "new.tif", Recipe(dtype="float64", offset=7))
        (tmp_path / "new.tif").replace(path)

        def has_changed() -> bool:
            (now,) = datasets(made).values()
            return bool(now["properties"]["version"] != before["properties"]["version"])

        wait_for(has_changed)
        assert value(made, "grid") == 100 * 49 + 50 + 7


def test_a_file_that_is_broken_meanwhile_takes_no_other_along(tmp_path: Path):
    for name in ("one.tif", "two.tif"):
        write_cog(tmp_path / name, Recipe())
    with run_gateway(
        tmp_path, str(tmp_path / "one.tif"), str(tmp_path / "two.tif")
    ) as made:
        (tmp_path / "one.tif").unlink()

        wait_for(lambda: "one.tif" in made.log.read_text().partition("stops it.")[2])
        assert value(made, "two") == 100 * 49 + 50


def test_a_catalogue_is_read_again_once_it_has_changed(tmp_path: Path):
    shutil.copy(ROOT / "sample/elevation_yosemite.tif", tmp_path)
    sample = json.loads((ROOT / "sample/catalog.json").read_text())
    (item,) = [one for one in sample["features"] if one["id"] == "elevation"]
    catalogue = tmp_path / "catalog.json"
    catalogue.write_text(json.dumps(collection(item)))
    with run_gateway(tmp_path, str(catalogue)) as made:
        assert list(datasets(made)) == ["elevation"]

        catalogue.write_text(json.dumps(collection(item, {**item, "id": "added"})))
        assert list(datasets(made)) == ["elevation", "added"]

        catalogue.write_text("{")
        # A worker keeps the last that it has read, also if nobody had asked it before.
        assert all("elevation" in datasets(made) for _ in range(20))


def test_a_port_in_use_is_said_before_anything_else():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = fail_to_start("sample/catalog.json", "--port", str(port))

    assert said == (
        f"Error: Port {port} of 127.0.0.1 is in use; give another one with --port, or "
        "leave it out for the first free one\n"
    )


def test_an_interrupt_ends_a_long_request_too(tmp_path: Path):
    """It need not be finished first."""
    with run_gateway(tmp_path, "sample/catalog.json") as running:
        workers = find_workers(running)
        assert len(workers) == 2
        for worker in workers:
            os.kill(worker, signal.SIGSTOP)
        os.killpg(running.process.pid, signal.SIGINT)

        assert running.wait_until_gone()
        assert running.process.returncode == 0


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path):
    with run_gateway(tmp_path, "sample/catalog.json") as running:
        os.kill(running.process.pid, signal.SIGKILL)

        assert running.wait_until_gone()


def test_a_worker_that_is_killed_is_replaced(tmp_path: Path):
    with run_gateway(tmp_path, "sample/catalog.json") as running:
        for worker in find_workers(running):
            os.kill(worker, signal.SIGKILL)

        wait_for(lambda: running.log.read_text().count("takes its place") == 2)
        assert running.get("/health").status == 200


def test_nothing_is_left_behind(rasters: Path, tmp_path: Path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with run_gateway(tmp_path, str(rasters), TMPDIR=str(scratch)) as running:
        assert [path.name for path in scratch.glob("rasterlet-*/*")] == ["catalog.json"]
        os.kill(running.process.pid, signal.SIGTERM)
        assert running.wait_until_gone()

    assert list(scratch.glob("rasterlet-*")) == []


def test_a_server_that_is_ended_before_it_answers_leaves_nothing(
    rasters: Path, tmp_path: Path
):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    starting = subprocess.Popen(
        [sys.executable, "-m", "rasterlet", "serve", str(rasters)],
        cwd=ROOT,
        env=clean_environment() | {"TMPDIR": str(scratch)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: list(scratch.glob("rasterlet-*")) != [])
    starting.terminate()

    assert starting.wait(PATIENCE) in {0, 130}  # the latter before there are workers
    assert list(scratch.glob("rasterlet-*")) == []


def test_requests_at_the_same_time_warn_of_nothing(tmp_path: Path):
    with run_gateway(tmp_path, "sample/catalog.json") as running:
        with ThreadPoolExecutor(16) as pool:
            replies = pool.map(running.get, ["/datasets"] * 200)
        assert {reply.status for reply in replies} == {200}

        assert "Warning" not in running.log.read_text()
