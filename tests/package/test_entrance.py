from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import rasterlet
from raster_core.errors import RequestError
from tests.cogs import Recipe, write_cog

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_cog(tmp_path / "pair.tif", Recipe(bands=2))
    return tmp_path / "pair.tif"


def test_a_raster_has_all_bands_or_those_that_are_named(path: Path) -> None:
    counts = [
        [band.index for band in rasterlet.open(path, bands=bands).bands]
        for bands in (None, 2, "b2", [2, 1], (n for n in (1,)))
    ]

    assert counts == [[1, 2], [2], [2], [2, 1], [1]]


def test_an_expression_takes_the_place_of_bands(path: Path) -> None:
    raster = rasterlet.open(path, expression="b1 + b2", nodata=3)

    assert len(raster.bands) == 1
    assert raster.source.nodata == 3


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"bands": 3}, "Band 3 is not one of 1 to 2"),
        ({"bands": "red"}, "Band 'red' is not one of"),
        ({"bands": []}, "bands is empty"),
        ({"expression": "b1 +"}, "the text ends"),
        ({"expression": "red"}, "Band 'red' is not one of"),
        ({"bands": 1, "expression": "b1"}, "exclude each other"),
    ],
)
def test_what_a_raster_lacks_is_refused_at_once(
    path: Path, more: dict[str, object], words: str
) -> None:
    with pytest.raises(RequestError, match=words):
        rasterlet.open(path, **more)  # type: ignore[arg-type]
