"""``rasterlet.explore`` in a real kernel."""

from __future__ import annotations

import contextlib
import html
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbclient import NotebookClient

import rasterlet
from raster_core.errors import RasterError
from tests.cogs import Recipe, write_cog
from tests.server.gateway import PATIENCE, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Libraries of notebooks warn about themselves.
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / 'a "grid" & more.tif'
    write_cog(found, Recipe())
    return found


def answers(url: str) -> bool:
    try:
        read(url)
    except OSError:
        return False
    return True


def read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as reply:  # noqa: S310  our own
        content: bytes = reply.read()
    return content


def wait_until_silent(url: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while answers(url):
        if time.monotonic() > deadline:
            pytest.fail(f"{url} still answers")
        time.sleep(0.05)


def cell(*lines: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell("\n".join(lines))


@contextlib.contextmanager
def kernel_with_map(path: Path) -> Iterator[NotebookClient]:
    """A kernel in which the first cell shows the map; its id is the second's output."""
    notebook = nbformat.v4.new_notebook(
        cells=[
            cell("import rasterlet", f"rasterlet.explore({str(path)!r}, height=300)"),
            cell("import os; print(os.getpid())"),
        ]
    )
    made = NotebookClient(notebook, kernel_name="python3", timeout=60)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with made.setup_kernel(cwd=str(path.parent), env=environment):
        for index, one in enumerate(notebook.cells):
            made.execute_cell(one, index)
        yield made


def frame(client: NotebookClient) -> str:
    """The URL in the frame that the first cell shows."""
    (output,) = client.nb.cells[0].outputs
    (source,) = re.findall(r'<iframe src="([^"]*)"', output.data["text/html"])
    return html.unescape(source)


def test_the_frame_shows_the_page_as_long_as_the_kernel_runs(path: Path):
    with kernel_with_map(path) as client:
        url = frame(client)
        assert 'height="300"' in client.nb.cells[0].outputs[0].data["text/html"]
        assert b"<!doctype html" in read(url)[:100].lower()
        assert answers(f"{url}datasets/a%20_grid_%20&%20more/tiles/8/135/90.png")

    wait_until_silent(url)


def test_an_interrupt_leaves_the_map_and_a_kill_ends_it(path: Path):
    with kernel_with_map(path) as client:
        url = frame(client)
        pid = int(client.nb.cells[1].outputs[0].text)

        os.killpg(os.getpgid(pid), signal.SIGINT)
        client.execute_cell(cell("1 + 1"), 1)
        assert answers(url)

        os.kill(pid, signal.SIGKILL)
        wait_until_silent(url)


def test_a_path_again_shows_the_same_server(path: Path):
    with rasterlet.explore(path) as first, rasterlet.explore(str(path)) as again:
        assert again.url == first.url
        tile = again.tile_url.format(z=8, x=135, y=90)
        assert answers(tile)
    wait_until_silent(first.url)

    with rasterlet.explore(path) as another:
        assert answers(another.url)


def test_a_raster_is_shown(path: Path):
    with rasterlet.explore(rasterlet.open(path, id="named")) as shown:
        assert "/datasets/named/tiles/{z}/{x}/{y}" in shown.tile_url
        assert answers(shown.tile_url.format(z=8, x=135, y=90))


def test_a_server_that_cannot_start_says_why(tmp_path: Path):
    (tmp_path / "broken.tif").write_bytes(b"II*\0no raster")

    with pytest.raises(RasterError, match=r"broken\.tif") as caught:
        rasterlet.explore(tmp_path / "broken.tif")

    assert "\n" not in str(caught.value)


def test_a_script_that_forgets_to_close_it_leaves_nothing(path: Path):
    code = f"import rasterlet; print(rasterlet.explore({str(path)!r}).url)"

    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )

    assert said.stderr == ""
    wait_until_silent(said.stdout.strip())
