from __future__ import annotations

import gzip
import io
import json
import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from PIL import Image

from raster_core.native.library import implementation
from raster_core.version import __version__
from testing.geojson import box
from tests.server.gateway import ROOT, Gateway, run_gateway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STATISTICS = "/datasets/landcover/statistics"

ZONE = json.dumps(box(-60, -5, -59, -4)).encode()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = ROOT / "frontend" / "dist"
    if not (page / "index.html").exists():
        page = tmp_path_factory.mktemp("page")
        (page / "index.html").write_text("<!DOCTYPE html><title>Rasterlet</title>")
        (page / "assets").mkdir()
        (page / "assets" / "index-1a2b.js").touch()
    return page


@pytest.fixture(scope="module")
def gateway(page: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway")
    with run_gateway(folder, RASTERLET_PAGE=str(page)) as running:
        yield running


def test_it_says_where_it_is(gateway: Gateway) -> None:
    url = f"http://127.0.0.1:{gateway.port}"
    log = gateway.log.read_text()
    words = [word.replace("{z}/{x}/{y}", "0/0/0") for word in log.split()]
    named = [word.removeprefix(url) for word in words if word.startswith(url)]

    assert {"", "/wmts", "/docs"} < set(named)
    assert any("/datasets/elevation/tiles/0/0/0" in path for path in named)
    assert {gateway.get(path).status for path in named} == {200}


def test_an_address_holds_the_most_entries_of_a_colormap(gateway: Gateway) -> None:
    colors = {str(value): f"#{value * 4093:06x}" for value in range(4096)}
    query = urlencode({"colormap": json.dumps(colors, separators=(",", ":"))})

    reply = gateway.get(f"/datasets/landcover/tiles/3/4/2.png?{query}")

    assert reply.status == 200
    assert reply.headers["content-type"] == "image/png"


@pytest.mark.parametrize("length", [140_000, 900_000])
def test_a_longer_address_is_refused_with_its_length(
    gateway: Gateway, length: int
) -> None:
    reply = gateway.get("/datasets?colormap=" + "7" * length)

    assert reply.status == 414
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["access-control-allow-origin"] == "*"
    problem = json.loads(reply.body)
    assert problem["status"] == 414
    assert f"{length + 18} bytes, which exceeds 131072" in problem["detail"]
    assert gateway.get("/health").status == 200


def test_health_is_answered(gateway: Gateway) -> None:
    reply = gateway.get("/health")

    assert json.loads(reply.body) == {
        "status": "ok",
        "version": __version__,
        "engine": implementation(),
    }
    assert reply.headers["access-control-allow-origin"] == "*"


def test_a_tile_arrives_as_a_picture(gateway: Gateway) -> None:
    reply = gateway.get("/datasets/landcover/tiles/3/2/4.png")

    assert reply.status == 200
    assert reply.headers["content-type"] == "image/png"
    assert int(reply.headers["content-length"]) == len(reply.body)
    assert Image.open(io.BytesIO(reply.body)).size == (256, 256)


def test_an_empty_tile_has_no_content(gateway: Gateway) -> None:
    reply = gateway.get("/datasets/elevation/tiles/9/0/0?empty=204")

    assert (reply.status, reply.body) == (204, b"")


def test_statistics_are_answered(gateway: Gateway) -> None:
    reply = gateway.post(f"{STATISTICS}?stats=majority", ZONE)

    assert reply.status == 200
    assert reply.headers["content-type"] == "application/geo+json"
    found = json.loads(reply.body)["properties"]["statistics"]["b1"]
    assert found == {"majority": 2, "reason": None}


def test_repeated_parameters_stay_apart(gateway: Gateway) -> None:
    reply = gateway.post(f"{STATISTICS}?stats=min&stats=max&stats=count", ZONE)

    found = json.loads(reply.body)["properties"]["statistics"]["b1"]
    assert list(found) == ["min", "max", "count", "reason"]


def test_a_value_with_a_comma_stays_one_value(gateway: Gateway) -> None:
    tile = "/datasets/elevation/tiles/9/85/197"

    replies = [gateway.get(f"{tile}?rescale=0{comma}9") for comma in (",", "%2C")]

    assert [reply.status for reply in replies] == [200, 200]
    assert replies[0].body == replies[1].body


def test_links_lead_back_to_the_server(gateway: Gateway) -> None:
    (tiles,) = json.loads(gateway.get("/datasets/landcover/tilejson.json").body)[
        "tiles"
    ]

    assert tiles.startswith(f"http://127.0.0.1:{gateway.port}/datasets/landcover/")


def test_percent_encoding_in_a_path_is_undone(gateway: Gateway) -> None:
    assert gateway.get("/datasets/land%63over").status == 200
    assert gateway.get("/datasets/%C3%A9%FF").status == 404


def test_bytes_that_are_no_text_are_a_bad_request(gateway: Gateway) -> None:
    assert gateway.post(STATISTICS, b"\xff\xfe{").status == 400


def test_the_page_is_at_the_root(gateway: Gateway) -> None:
    reply = gateway.get("/")

    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/html")
    assert b"<!doctype html" in reply.body[:100].lower()
    assert gateway.get("/index.html").body == reply.body


def test_only_what_is_named_by_its_content_is_kept_for_ever(
    gateway: Gateway, page: Path
) -> None:
    script = next((page / "assets").glob("*.js")).name

    assert "immutable" in gateway.get(f"/assets/{script}").headers["cache-control"]
    assert gateway.get("/").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/../pyproject.toml",
        "/../../pyproject.toml",
        "/%2e%2e/pyproject.toml",
        "/%2e%2e/%2e%2e/pyproject.toml",
        "/..%2f..%2fpyproject.toml",
        "/a/../../../pyproject.toml",
        "/..%5c..%5cpyproject.toml",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/index.html/../../../pyproject.toml",
        "/%00",
        "/index.html%00.png",
        "/" + "a" * 5000,
        "/.",
    ],
    ids=lambda path: path[:30],
)
def test_no_path_leads_out_of_the_page(path: str, gateway: Gateway) -> None:
    reply = gateway.get(path)

    assert reply.status == 404 or reply.body == gateway.get("/").body
    assert b"[project]" not in reply.body
    assert b"root:" not in reply.body


def test_twenty_tiles_at_once_are_all_answered(gateway: Gateway) -> None:
    paths = [
        f"/datasets/landcover/tiles/5/{x}/{y}"
        for x in range(8, 13)
        for y in range(12, 16)
    ]

    with ThreadPoolExecutor(20) as clients:
        replies = list(clients.map(gateway.get, paths))

    assert {reply.status for reply in replies} == {200}
    alone = [gateway.get(path).body for path in paths]
    assert [reply.body for reply in replies] == alone


def test_a_laptop_takes_a_body_of_any_size(gateway: Gateway) -> None:
    body = ZONE + b" " * 11 * 2**20

    reply = gateway.post(STATISTICS, body)
    zipped = gateway.request(
        "POST",
        STATISTICS,
        gzip.compress(body),
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    )

    assert reply.status == zipped.status == 200
    assert reply.body == zipped.body


def test_a_body_over_the_limit_that_is_set_is_refused(
    page: Path, tmp_path: Path
) -> None:
    with run_gateway(
        tmp_path, RASTERLET_PAGE=str(page), RASTERLET_MAX_BODY="4500000"
    ) as bounded:
        by_handler = bounded.post(STATISTICS, ZONE + b" " * 5_000_000)
        by_gateway = bounded.post(STATISTICS, ZONE + b" " * 11 * 2**20)

    assert by_handler.status == by_gateway.status == 413
    assert by_handler.headers["content-type"] == "application/problem+json"


def test_a_client_that_hangs_up_does_no_harm(gateway: Gateway) -> None:
    before = len(gateway.log.read_text())
    head = f"POST {STATISTICS} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", gateway.port)) as client:
            client.sendall(head.encode() + b'{"type":')

    assert gateway.post(STATISTICS, ZONE).status == 200
    assert gateway.log.read_text()[before:] == ""


def test_the_terminal_is_left_to_people(gateway: Gateway) -> None:
    """Metrics are for CloudWatch; 100 of them are printed in one go."""
    for _ in range(250):
        gateway.get("/health")

    assert "CloudWatchMetrics" not in gateway.log.read_text()


@pytest.mark.parametrize("whole_group", [True, False], ids=["Ctrl-C", "kill -INT"])
def test_an_interrupt_ends_all_its_processes(
    tmp_path: Path, *, whole_group: bool
) -> None:
    with run_gateway(tmp_path) as running:
        for _ in range(4):
            assert running.post(STATISTICS, ZONE).status == 200
        send = os.killpg if whole_group else os.kill
        send(running.process.pid, signal.SIGINT)

        assert running.wait_until_gone()

    written = running.log.read_text()
    assert "Traceback" not in written
    assert "Error in sys.excepthook" not in written


def test_a_prefix_of_a_proxy_is_in_links_and_routes(page: Path, tmp_path: Path) -> None:
    with run_gateway(
        tmp_path, "--root-path", "/geo/maps/", RASTERLET_PAGE=str(page)
    ) as behind:
        index = behind.get("/geo/maps/")
        slashed = behind.get("/geo/maps")
        found = [behind.get(f"{root}/datasets/landcover") for root in ("/geo/maps", "")]
        tile = behind.get("/geo/maps/datasets/landcover/tiles/3/2/3.png")
        elsewhere = behind.get("/maps/health")

    root = f"http://127.0.0.1:{behind.port}/geo/maps"
    assert b"<title>" in index.body
    assert (slashed.status, slashed.headers["location"]) == (307, "/geo/maps/")
    for reply in found:
        links = json.loads(reply.body)["links"]
        assert links[0]["href"] == f"{root}/datasets/landcover"
    assert tile.headers["content-type"] == "image/png"
    assert elsewhere.status == 404
