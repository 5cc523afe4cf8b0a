"""A function that starts from a snapshot takes nothing old for new."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
import snapshot_restore_py

from handlers.catalogue import objects, store
from handlers.start import snapstart
from raster_core.sources.file import cog
from testing.client import get
from tests.conftest import ROOT
from tests.handlers.catalogues import describe_grid, write_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rasterio.io import DatasetReader

    from testing.rangeserver import RangeServer

SNAPSHOT = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}

TILE = "/datasets/grid/tiles/6/33/22.png"


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    """The runtime's lists of hooks, empty."""
    for name in ("_before_snapshot_registry", "_after_restore_registry"):
        monkeypatch.setattr(snapshot_restore_py, name, [], raising=True)


def hooks() -> tuple[list[object], list[object]]:
    before = snapshot_restore_py.get_before_snapshot()
    after = snapshot_restore_py.get_after_restore()
    return [hook[0] for hook in before], [hook[0] for hook in after]


def test_hooks_are_registered_with_the_runtime():
    snapstart.register_hooks(SNAPSHOT)

    assert hooks() == ([snapstart.prepare_snapshot], [snapstart.refresh])


@pytest.mark.parametrize("kind", ["on-demand", "provisioned-concurrency", None])
def test_nobody_else_has_hooks(kind: str | None):
    snapstart.register_hooks({"AWS_LAMBDA_INITIALIZATION_TYPE": kind} if kind else {})

    assert hooks() == ([], [])


def test_a_catalogue_of_before_the_snapshot_is_read_again(
    catalogue: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    assert get("/datasets/grid").json()["properties"]["title"] != "New"
    item = describe_grid(catalogue)
    item["properties"]["title"] = "New"
    write_catalogue(folder, [item])

    snapstart.refresh()

    assert get("/datasets/grid").json()["properties"]["title"] == "New"


def open_in(file: cog.Cog) -> list[DatasetReader]:
    return [level for handle in file.handles.idle for level in handle.levels.values()]


def test_no_file_stays_open(monkeypatch: pytest.MonkeyPatch, folder: Path):
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    assert get(TILE).status == 200
    opened = [d for one in cog._open_files.values() for d in open_in(one)]
    assert opened

    snapstart.refresh()

    assert cog._open_files == {}
    assert all(dataset.closed for dataset in opened)
    assert get(TILE).status == 200


def test_entity_tags_are_asked_for_again(remote: RangeServer):
    url = remote.url("bucket/grid.tif")
    objects.entity_tag(url)
    objects.entity_tag(url)
    assert len(remote.take_requests()) == 1

    snapstart.refresh()
    objects.entity_tag(url)

    assert len(remote.take_requests()) == 1


def test_a_snapshot_holds_no_catalogue(s3: RangeServer, monkeypatch):
    """It was read, with all that this takes; the next start reads it again."""
    monkeypatch.setenv("RASTERLET_CATALOG", "s3://bucket/catalog.json")

    snapstart.prepare_snapshot()

    assert [request.path for request in s3.take_requests()] == ["/bucket/catalog.json"]
    assert store._kept == []


@pytest.mark.usefixtures("s3")
def test_a_stack_without_a_catalogue_can_be_deployed(monkeypatch):
    monkeypatch.setenv("RASTERLET_CATALOG", "s3://bucket/missing.json")

    snapstart.prepare_snapshot()

    assert get("/datasets").status == 502


def test_a_function_without_gdal_does_not_load_it_for_that():
    code = (
        "import handlers.meta, sys; from handlers.start import snapstart;"
        "snapstart.refresh(); print('rasterio' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )

    assert done.stdout == "False\n"


class Credentials(BaseHTTPRequestHandler):
    """Where a function that was restored has its keys from."""

    def do_GET(self) -> None:
        known = self.headers.get("Authorization") == "the token"
        keys = {
            "AccessKeyId": "RESTOREDKEY",
            "SecretAccessKey": "secret",
            "Token": "session",
            "Expiration": "2999-01-01T00:00:00Z",
        }
        self.send_response(200 if known else 401)
        self.end_headers()
        self.wfile.write(json.dumps(keys).encode())

    def log_message(self, *_: object) -> None:
        pass


class Store(BaseHTTPRequestHandler):
    """Keeps who asked, and has nothing."""

    def do_GET(self) -> None:
        self.server.seen.append(self.headers.get("Authorization", ""))  # type: ignore[attr-defined]
        self.send_response(404)
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815  the library's name

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def restored() -> Iterator[tuple[dict[str, str], list[str]]]:
    """The environment that a restored function has, and what its store sees."""
    servers = [
        ThreadingHTTPServer(("127.0.0.1", 0), kind) for kind in (Credentials, Store)
    ]
    for server in servers:
        server.seen = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    keys, files = (f"127.0.0.1:{server.server_address[1]}" for server in servers)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    yield (
        {
            **kept,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{keys}/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "the token",
            "AWS_REGION": "eu-central-1",
            "AWS_S3_ENDPOINT": files,
            "AWS_ENDPOINT_URL_S3": f"http://{files}",
            "AWS_HTTPS": "NO",
            "AWS_VIRTUAL_HOSTING": "FALSE",
            "AWS_EC2_METADATA_DISABLED": "TRUE",
        },
        servers[1].seen,  # type: ignore[attr-defined]
    )
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    "code",
    [
        "from raster_core.sources.file import cog; cog.open_cog('s3://b/a.tif', '')",
        "from handlers.catalogue import aws; aws.read_object('s3://bucket/a.json')",
    ],
    ids=["gdal", "boto3"],
)
def test_keys_come_from_where_a_restored_function_has_them(
    restored: tuple[dict[str, str], list[str]], code: str
):
    """SnapStart sets no ``AWS_ACCESS_KEY_ID``: keys of the snapshot would be stale."""
    environment, seen = restored

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1  # there is no such file
    assert seen, done.stderr
    assert all("Credential=RESTOREDKEY/" in header for header in seen)
