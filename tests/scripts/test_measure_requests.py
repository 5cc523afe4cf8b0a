"""What costs are computed from is what the handlers did."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from scripts.measure_requests import tile_events, zone_events
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

BOX = [-119.6, 37.6, -119.2, 37.9]


def test_the_same_is_measured_every_time():
    assert tile_events(BOX, 5) == tile_events(BOX, 5)
    assert zone_events(BOX, 5, 10) == zone_events(BOX, 5, 10)


def test_zones_are_closed_rings_within_the_raster():
    for asked in zone_events(BOX, 20, 5):
        (ring,) = json.loads(asked["body"])["coordinates"]
        assert ring[0] == ring[-1]
        assert len(ring) == 101
        assert all(-120 < x < -118.8 and 37 < y < 38.5 for x, y in ring)


def test_a_raster_is_measured_through_the_handlers(sample: Path, tmp_path: Path):
    written = tmp_path / "measured.json"
    raster = sample / "elevation_yosemite.tif"
    command = [sys.executable, "scripts/measure_requests.py", str(raster)]

    subprocess.run(
        [*command, "--output", str(written), "--delay", "0"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )

    found = json.loads(written.read_text())
    assert set(found["measured"]) == {"tile", "zone", "region"}
    assert found["raster"] == "1138 x 742 pixels, 1 MB"
    for one in found["measured"].values():
        assert one["ms"] > 0
        assert one["start_ms"] > 0
        assert one["bytes"] > 0
        assert 0 <= one["gets"] < 2
