"""Where the suites find what they read and put what they build."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
"""The working tree."""

SAMPLE = ROOT / "sample"

BUILD = ROOT / "build" / "benchmarks"
"""Rasters, zones and results; nothing in it is kept in git."""
