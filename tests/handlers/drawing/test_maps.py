from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from raster_core.tile.colors.ramps import COLORMAP_NAMES, ramp_colors
from testing.client import get, get_url


def test_every_colormap_is_listed_with_its_picture() -> None:
    answer = get("/colormaps")

    assert answer.status == 200
    listed = answer.json()["colormaps"]
    assert [entry["name"] for entry in listed] == list(COLORMAP_NAMES)
    for entry in listed[::25]:
        picture = get_url(entry["href"])
        assert picture.headers["content-type"] == "image/png"


@pytest.mark.parametrize("name", ["gray", "viridis", "terrain", "viridis_r"])
def test_a_picture_shows_the_colours_from_left_to_right(name: str) -> None:
    answer = get(f"/colormaps/{name}.png")

    image = np.asarray(Image.open(io.BytesIO(answer.body)).convert("RGB"))
    assert image.shape == (16, 255, 3)
    assert (image == ramp_colors(name)).all()


def test_a_picture_has_the_size_that_is_asked_for() -> None:
    answer = get("/colormaps/gray.png", "width=30&height=2")

    image = Image.open(io.BytesIO(answer.body))
    assert image.size == (30, 2)
    first, last = (image.convert("RGB").getpixel((x, 1)) for x in (0, 29))
    assert (first, last) == ((0, 0, 0), (255, 255, 255))


@pytest.mark.parametrize("query", ["width=0", "width=2049", "height=513", "height=x"])
def test_a_size_out_of_reason_is_refused(query: str) -> None:
    answer = get("/colormaps/gray.png", query)

    assert answer.status == 400
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


@pytest.mark.parametrize("file", ["heat.png", "gray", "gray.gif", "GRAY.png", ".png"])
def test_an_unknown_colormap_is_not_found(file: str) -> None:
    assert get(f"/colormaps/{file}").status == 404
