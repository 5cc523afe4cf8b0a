"""Bars of progress, and functions that are called."""

from __future__ import annotations

import io
import sys

import nbclient
import nbformat
import pytest

from rasterlet.frames import progress
from rasterlet.frames.progress import describe_progress, reporting


@pytest.mark.parametrize(
    ("done", "total", "seconds", "words"),
    [
        (0, 0, 0.0, "0 of 0 zones, 0 zones/s"),
        (0, 9, 1.0, "0 of 9 zones, 0 zones/s"),
        (2_500, 10_000, 5.0, "2,500 of 10,000 zones, 500 zones/s, 0:00:15 left"),
        (10_000, 10_000, 4.0, "10,000 of 10,000 zones, 2,500 zones/s"),
    ],
)
def test_progress_in_words(done, total, seconds, words):
    assert describe_progress(done, total, seconds) == words


def test_nobody_asks_and_somebody_does():
    called = [].append

    with reporting(False) as report:
        assert report is None
    with reporting(called) as report:
        assert report is called


def test_a_terminal_shows_a_bar_and_words(monkeypatch):
    terminal = io.StringIO()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")

    with reporting(True) as report:
        assert report is not None
        report(1, 2)
        report(2, 2)

    assert "2 of 2 zones" in terminal.getvalue()


def test_a_bar_is_drawn_seldom(monkeypatch):
    drawn = []
    clock = iter(range(1000))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock) / 100)

    report = progress._seldom(lambda done, *_: drawn.append(done))
    for done in range(1, 51):
        report(done, 50)

    assert (drawn[0], drawn[-1], len(drawn)) == (1, 50, 6)


def test_a_notebook_shows_a_bar_without_ipywidgets(sample):
    code = (
        "import rasterlet\n"
        f"zones, raster = {str(sample / 'counties_yosemite.geojson')!r}, "
        f"{str(sample / 'elevation_yosemite.tif')!r}\n"
        "table = rasterlet.zonal_stats(zones, raster, progress=True)"
    )
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])

    nbclient.NotebookClient(book, timeout=60, kernel_name="python3").execute(
        cwd=str(sample.parent)
    )

    (shown,) = book.cells[0].outputs
    assert "<progress" in shown["data"]["text/html"]
    assert "5 of 5 zones" in shown["data"]["text/html"]
