from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from raster_core.bands import RasterClass
from raster_core.layers.computed import ComputedSpec
from raster_core.layers.file import FileSpec
from raster_core.layers.kinds import (
    KINDS,
    open_layer,
    spec_from_json,
    spec_to_json,
)
from raster_core.layers.overlay import OverlayPart, OverlaySpec
from raster_core.layers.scores import ClassScores, RangeScore
from raster_core.layers.stack import StackBand, StackSpec
from raster_core.stated import StatedBand
from raster_core.zonal.engine import distribute_statistics, zonal_statistics
from raster_core.zonal.zones.zone import read_zone
from testing.geojson import polygon
from tests.cogs import Recipe, write_cog

if TYPE_CHECKING:
    from raster_core.layers.spec import LayerSpec

_TEXT = st.text(max_size=8)
_NUMBER = st.floats(allow_nan=False)

_CLASSES = st.lists(
    st.builds(RasterClass, st.integers(0, 9), _TEXT, st.none() | _TEXT), max_size=3
).map(tuple)

_BANDS = st.builds(
    StatedBand,
    st.integers(1, 99),
    _TEXT,
    st.sampled_from([None, "uint8", "float32"]),
    st.none() | _NUMBER,
    unit=st.none() | _TEXT,
    scale=st.none() | _NUMBER,
    offset=st.none() | _NUMBER,
    classes=_CLASSES,
)

_FILES = st.one_of(
    st.builds(FileSpec, _TEXT, _TEXT, st.lists(_BANDS, max_size=3).map(tuple)),
    st.builds(
        StackSpec,
        st.lists(
            st.builds(StackBand, _TEXT, _TEXT, st.integers(1, 9), _BANDS), max_size=3
        ).map(tuple),
    ),
)

_SCORES = st.one_of(
    st.builds(RangeScore, _NUMBER, _NUMBER, st.booleans()),
    st.builds(
        ClassScores,
        st.tuples(_NUMBER, _NUMBER),
        st.tuples(_NUMBER, _NUMBER),
        st.none() | _NUMBER,
    ),
)

_NAMES = st.lists(st.tuples(_TEXT, st.integers(0, 9)), max_size=3).map(tuple)

_EXPRESSIONS = st.builds(ComputedSpec, _TEXT, _FILES, _NAMES)

_OVERLAYS = st.builds(
    OverlaySpec,
    st.lists(
        st.builds(OverlayPart, _FILES | _EXPRESSIONS, _SCORES, _NUMBER), max_size=3
    ).map(tuple),
    st.sampled_from(["skip", "mask"]),
)

_SPECS = st.one_of(
    _FILES, _EXPRESSIONS, _OVERLAYS, st.builds(ComputedSpec, _TEXT, _OVERLAYS, _NAMES)
)


@given(_SPECS)
def test_a_spec_survives_its_json(spec: LayerSpec):
    assert spec_from_json(json.loads(json.dumps(spec_to_json(spec)))) == spec


@pytest.fixture
def specs(tmp_path: Path) -> dict[str, LayerSpec]:
    """One of every kind, on two files of different grids."""
    fine, coarse = str(tmp_path / "fine.tif"), str(tmp_path / "coarse.tif")
    write_cog(tmp_path / "fine.tif", Recipe())
    write_cog(
        tmp_path / "coarse.tif",
        Recipe(
            70, 50, crs="EPSG:3035", transform=Affine(3e3, 0, 4.3e6, 0, -3e3, 2.6e6)
        ),
    )
    bands = tuple(StatedBand(n, name) for n, name in ((1, "fine"), (2, "coarse")))
    files = StackSpec(
        (StackBand(fine, "1", 1, bands[0]), StackBand(coarse, "1", 1, bands[1]))
    )
    names = (("fine", 0), ("coarse", 1))
    one, other = FileSpec(fine, "1", bands[:1]), FileSpec(coarse, "1", bands[:1])
    overlay = OverlaySpec(
        (
            OverlayPart(one, RangeScore(0, 9000), 2.0),
            OverlayPart(other, RangeScore(0, 5000, invert=True), 1.0),
        ),
        "skip",
        base=1,
    )
    return {
        "one file": one,
        "several files": files,
        "expression": ComputedSpec("fine - coarse; fine > coarse", files, names),
        "overlay": overlay,
        "expression of an overlay": ComputedSpec(
            "score > 0.5", overlay, (("score", 0),)
        ),
    }


@pytest.mark.parametrize(
    "kind",
    [
        "one file",
        "several files",
        "expression",
        "overlay",
        "expression of an overlay",
    ],
)
def test_statistics_of_every_kind_are_the_same_wherever_they_are_computed(
    kind: str, specs: dict[str, LayerSpec]
):
    """Specs go through JSON, and each worker reads other windows."""
    spec = specs[kind]
    ring = [[10.1, 45.2], [11.7, 45.1], [11.2, 46.4], [10.1, 45.2]]
    zone = read_zone(polygon(ring))

    here = zonal_statistics(open_layer(spec), [zone])
    with ThreadPoolExecutor(3) as executor:
        there = distribute_statistics(spec, [zone], executor, pieces=4)

    assert there == here
    assert all(band.count for band in here[0])


def test_every_kind_is_tested_here(specs: dict[str, LayerSpec]):
    assert {spec.kind for spec in specs.values()} == set(KINDS)


def test_versions_are_those_of_all_files(specs: dict[str, LayerSpec]):
    for spec in specs.values():
        assert set(spec.versions()) == {"1"}


def test_nothing_outside_of_the_kinds_tells_them_apart():
    """A new kind is a module and a line: no ladder of isinstance misses it."""
    root = Path(__file__).resolve().parents[2]
    while not (root / "raster_core").is_dir():
        root = root.parent
    kinds = r"(File|Stack|Computed|Overlay)(Spec|Layer)"
    found = [
        path.name
        for folder in ("raster_core", "handlers", "scripts")
        for path in (root / folder).rglob("*.py")
        if re.search(rf"isinstance\([^)]*\b{kinds}\b", path.read_text())
    ]

    assert found == []
