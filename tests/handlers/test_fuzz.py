"""Whatever is sent: no failure of ours, nothing told, and no more read than is said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from raster_core.sources.file.cog import Cog
from raster_core.sources.warp.budget import MAX_PIXELS
from raster_core.zonal.reading.cost import MAX_TOUCHED
from testing.client import post
from testing.geojson import polygon
from tests.handlers.fuzzing import Odd, odd_requests

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from raster_core.bands import BandInfo
    from raster_core.grid import Window
    from raster_core.raster import RasterArray
    from testing.client import Answer

KNOWN = {200, 204, 304, 400, 403, 404, 405, 413, 414, 415, 422, 502, 503, 504}


@dataclass
class Meter:
    """What a request has read."""

    pixels: int = 0
    """Pixels of all files and levels; bands that are read together count once."""
    windows: list[Window] = field(default_factory=list)


@pytest.fixture
def meter(monkeypatch: pytest.MonkeyPatch) -> Meter:
    found, read = Meter(), Cog.read

    def count(
        cog: Cog, level: int, window: Window, bands: Sequence[BandInfo]
    ) -> RasterArray:
        part = window.intersection(cog.levels[level].window)
        found.pixels += part.pixels
        found.windows.append(part)
        return read(cog, level, window, bands)

    monkeypatch.setattr(Cog, "read", count)
    return found


def check(odd: Odd, answer: Answer, secret: str) -> None:
    """What holds of every answer."""
    # OGC's word for a request that WMTS does not have.
    known = KNOWN | {501} if odd.path == "/wmts" else KNOWN
    assert answer.status in known, answer.body[:1000]
    assert answer.headers["access-control-allow-origin"] == "*"
    kind = answer.headers.get("content-type", "")
    if answer.body and "json" in kind and "ndjson" not in kind:
        answer.json()
    if answer.status >= 400:
        text = answer.body.decode()
        for word in (secret, "Traceback", 'File "'):
            assert word not in text, text[:1000]


def stated_cost(odd: Odd) -> int:
    """Pixels of each file that a request may read, by its own word or by the limits."""
    if "statistics" not in odd.path and "crosstab" not in odd.path:
        return MAX_PIXELS
    given = parse_qs(odd.query).get("max_pixels", [])
    return int(given[0]) if given else MAX_TOUCHED


def files_of(odd: Odd) -> int:
    """How many datasets take part."""
    given = parse_qs(odd.query)
    others = sum(
        len(given.get(name, ())) for name in ("dataset", "group_by", "weights")
    )
    return 1 + others + odd.query.count("%22dataset%22")


relaxed = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@settings(relaxed, max_examples=400)
@given(odd_requests())
def test_every_request_has_an_answer_of_its_own(
    catalogue: Path, meter: Meter, odd: Odd
):
    meter.pixels = 0

    answer = odd.send()

    check(odd, answer, str(catalogue.parent))
    if answer.status == 200:
        assert meter.pixels <= 2 * files_of(odd) * stated_cost(odd)


@settings(relaxed, max_examples=60)
@given(
    box=st.tuples(
        *(st.floats(10, 11.8), st.floats(45, 46.3)),
        *(st.floats(0.001, 1.5), st.floats(0.001, 1.5)),
    ),
    max_pixels=st.integers(1, 60_000),
    options=st.sampled_from(
        ["", "&stats=median", "&p=10&p=50", "&coverage=all_touched", "&group_by=flat"]
    ),
    dataset=st.sampled_from(["grid", "float", "scaled"]),
)
def test_statistics_read_no_more_than_they_are_allowed(
    meter: Meter,
    box: tuple[float, float, float, float],
    *,
    max_pixels: int,
    options: str,
    dataset: str,
):
    meter.pixels = 0
    left, bottom, width, height = box
    ring = [[left, bottom], [left + width, bottom], [left + width, bottom + height]]
    body = polygon([*ring, ring[0]])

    query = f"max_pixels={max_pixels}{options}"
    answer = post(f"/datasets/{dataset}/statistics", body, query)

    assert answer.status in {200, 413}
    if answer.status == 413:
        assert meter.pixels == 0
        assert str(max_pixels) in answer.json()["detail"]
    files = 2 if "group_by" in options else 1
    assert meter.pixels <= 2 * files * max_pixels
