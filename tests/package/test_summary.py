"""A raster in a notebook: a picture and its facts, whatever the file says."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image as Pillow

from raster_core.sources.file.cog import forget
from tests.cogs import Recipe, write_cog
from tests.package.rasters import raster_of

if TYPE_CHECKING:
    from pathlib import Path

    from rasterlet.raster import Raster


@pytest.fixture
def raster(tmp_path: Path) -> Raster:
    write_cog(tmp_path / "grid.tif", Recipe(bands=4))
    return raster_of(tmp_path / "grid.tif")


class Tags(HTMLParser):
    """The tags and the text of a document; fails on what is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.seen: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        assert self.opened == []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.seen.append(tag)
        if tag != "img":
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def picture(text: str) -> np.ndarray:
    (data,) = re.findall(r'src="data:image/png;base64,([^"]+)"', text)
    return np.asarray(Pillow.open(io.BytesIO(base64.b64decode(data))))


def test_a_picture_stands_beside_the_facts(raster: Raster):
    text = raster._repr_html_()

    assert max(picture(text).shape[:2]) <= 320
    texts = Tags(text).texts
    assert "EPSG:4326 WGS 84" in texts
    assert repr(raster) in texts
    assert [line for line in texts if line.startswith("4 b4")]


def test_some_bands_of_many_are_drawn(raster: Raster):
    for bands in ((1, 2), (4, 3, 2, 1), (2,)):
        chosen = replace(raster, source=replace(raster.source, bands=bands))

        assert picture(chosen._repr_html_()).any()


def test_what_a_file_says_is_text(raster: Raster):
    script = "<script>alert('a')</script>"
    dataset = raster.dataset
    band = replace(dataset.bands[0], name=script)
    hostile = replace(
        raster, dataset=replace(dataset, id=script, bands=(band, *dataset.bands[1:]))
    )

    tags = Tags(hostile._repr_html_())

    assert "script" not in tags.seen
    assert any(script in text for text in tags.texts)


def test_what_cannot_be_read_is_said_in_its_place(raster: Raster, tmp_path: Path):
    path = tmp_path / "grid.tif"
    path.unlink()
    forget(str(path))

    tags = Tags(raster._repr_html_())

    assert "img" not in tags.seen
    assert len([tag for tag in tags.seen if tag == "p"]) == 2
