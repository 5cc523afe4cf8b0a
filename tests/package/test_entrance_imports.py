from __future__ import annotations

import subprocess
import sys

import pytest

import rasterlet
from tests.conftest import ROOT

HEAVY = {"numpy", "rasterio", "pandas", "geopandas", "pyproj", "shapely", "rich"}


def run(code: str) -> list[str]:
    """What a fresh process prints, word by word."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.split()


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = run("import sys, rasterlet; dir(rasterlet); print(*sys.modules)")

    assert not HEAVY & set(loaded)


def test_every_name_is_there_when_it_is_used() -> None:
    names = run("import rasterlet; print(*rasterlet.__all__)")

    assert sorted(names) == sorted(rasterlet.__all__)
    assert set(names) <= set(dir(rasterlet))
    assert all(getattr(rasterlet, name) is not None for name in names)


def test_the_wildcard_brings_the_public_names() -> None:
    names = run("from rasterlet import *; print(*(n for n in dir() if n[0] != '_'))")

    assert set(names) == set(rasterlet.__all__) - {"__version__"}


def test_a_name_that_is_not_there_is_missed_as_usual() -> None:
    with pytest.raises(AttributeError, match="no attribute 'opn'"):
        _ = rasterlet.opn  # type: ignore[attr-defined]
