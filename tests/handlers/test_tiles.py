from __future__ import annotations

import io
import json
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
from PIL import Image

from raster_core.source.plan import MAX_PIXELS
from tests.cogs import Recipe, write_cog
from tests.handlers.client import Answer, get

if TYPE_CHECKING:
    from pathlib import Path

# Over the Amazon, and over the Sierra Nevada.
FOREST = "/datasets/landcover/tiles/3/2/4"
MOUNTAINS = "/datasets/elevation/tiles/10/171/395"
PACIFIC = "/datasets/elevation/tiles/10/0/395"

# Over the synthetic rasters, at their native resolution.
SYNTHETIC = "tiles/7/67/45"

BROKEN = ("missing", "truncated", "html", "picture", "vrt", "empty")


def decode(answer: Answer) -> Image.Image:
    assert answer.status == 200
    assert answer.headers["content-type"] == "image/png"
    image = Image.open(io.BytesIO(answer.body))
    image.load()
    return image


def faulty_parameters(answer: Answer) -> list[str]:
    assert answer.status == 400
    return [error["parameter"] for error in answer.json()["errors"]]


def tile_pixel(lon: float, lat: float, *, zoom: int) -> tuple[str, int, int]:
    """z/x/y of the tile that holds a position, and the pixel in it."""
    x = (lon + 180) / 360 * 2**zoom
    y = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * 2**zoom
    col, row = int(x % 1 * 256), int(y % 1 * 256)
    return f"{zoom}/{int(x)}/{int(y)}", col, row


@pytest.mark.parametrize("suffix", ["", ".png"])
def test_a_tile_is_a_palette_png_whose_entry_0_is_transparent(suffix: str) -> None:
    image = decode(get(FOREST + suffix))

    assert image.mode == "P"
    assert image.size == (256, 256)
    assert image.info["transparency"] in (0, b"\0")


def test_a_class_is_drawn_in_its_colour(sample: Path) -> None:
    with rasterio.open(sample / "landcover_global_2019.tif") as file:
        (value,) = next(file.sample([(-60.03, -3.02)]))
    classes = json.loads((sample / "landcover_classes.json").read_text())
    # Zoom 11, where a pixel of the raster is 7 pixels of the tile.
    tile, col, row = tile_pixel(-60.03, -3.02, zoom=11)

    image = decode(get(f"/datasets/landcover/tiles/{tile}"))

    color = classes[str(value)]["color"]
    red, green, blue, alpha = image.convert("RGBA").getpixel((col, row))
    assert f"#{red:02x}{green:02x}{blue:02x}" == color
    assert alpha == 255


def test_rescale_and_colormap_set_the_colours() -> None:
    gray = decode(get(MOUNTAINS, "rescale=500,4000&colormap_name=gray")).convert("RGB")
    red, green, blue = np.moveaxis(np.asarray(gray), 2, 0)

    assert (red == green).all()
    assert (green == blue).all()
    assert get(MOUNTAINS, "rescale=500,4000").body != get(MOUNTAINS).body


def test_every_band_can_be_drawn() -> None:
    answers = [
        get(f"/datasets/grid/{SYNTHETIC}", f"bidx={band}&rescale=0,30000")
        for band in (1, 2)
    ]

    assert [answer.status for answer in answers] == [200, 200]
    assert decode(answers[0]).getbbox() is not None


def test_a_raster_of_one_value_is_drawn() -> None:
    image = decode(get(f"/datasets/flat/{SYNTHETIC}"))

    assert image.convert("RGBA").getextrema()[3][1] == 255


def test_a_tile_off_the_raster_is_transparent_and_tiny() -> None:
    answer = get(PACIFIC)

    assert decode(answer).convert("RGBA").getextrema()[3] == (0, 0)
    assert len(answer.body) <= 116


def test_a_tile_without_data_is_transparent_too() -> None:
    answer = get(f"/datasets/hollow/tiles/{tile_pixel(10.2, 45.7, zoom=9)[0]}")

    assert decode(answer).convert("RGBA").getextrema()[3] == (0, 0)


def test_empty_204_has_no_body() -> None:
    answer = get(PACIFIC, "empty=204")

    assert answer.status == 204
    assert answer.body == b""


def test_empty_404_is_a_problem_document() -> None:
    answer = get(PACIFIC, "empty=404")

    assert answer.status == 404
    assert answer.json()["status"] == 404


def test_empty_does_not_touch_a_tile_with_data() -> None:
    assert get(MOUNTAINS, "empty=404").body == get(MOUNTAINS).body


@pytest.mark.parametrize(
    "address",
    [
        "31/0/0",
        "-1/0/0",
        "3/-1/3",
        "3/3/-1",
        "3/8/0",
        "3/0/8",
        "0/1/0",
        "30/0/1073741824",
    ],
)
def test_a_tile_outside_the_matrix_is_not_found(address: str) -> None:
    answer = get(f"/datasets/landcover/tiles/{address}.png")

    assert answer.status == 404
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("address", "parameters"),
    [
        ("z/0/0", ["z"]),
        ("3/2.5/3", ["x"]),
        ("3/2/3@2x", ["y"]),
        ("3/2/3@2x.png", ["y"]),
        ("3/2/3.webp", ["y"]),
        ("3/2/.png", ["y"]),
        ("3/2/3.png.png", ["y"]),
        ("3/2/٣", ["y"]),
        ("3/1_0/3", ["x"]),
        ("1e1/0x1/ 1", ["z", "x", "y"]),
    ],
)
def test_what_is_no_whole_number_addresses_no_tile(
    address: str, parameters: list[str]
) -> None:
    answer = get(f"/datasets/landcover/tiles/{address}")

    assert faulty_parameters(answer) == parameters


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("rescal=0,1", "rescal"),
        ("url=https://example.org/a.tif", "url"),
        ("Rescale=0,1", "Rescale"),
        ("rescale=", "rescale"),
        ("rescale=5", "rescale"),
        ("rescale=low,high", "rescale"),
        ("rescale=1,2,3", "rescale"),
        ("rescale=nan,1", "rescale"),
        ("rescale=0,inf", "rescale"),
        ("rescale=0,1e999", "rescale"),
        ("rescale=5,5", "rescale"),
        ("rescale=9,1", "rescale"),
        ("rescale=0,1&rescale=0,2", "rescale"),
        ("bidx=0", "bidx"),
        ("bidx=-1", "bidx"),
        ("bidx=abc", "bidx"),
        ("bidx=1.0", "bidx"),
        ("bidx=", "bidx"),
        (f"bidx={'9' * 5000}", "bidx"),
        ("bidx=1&bidx=1", "bidx"),
        ("colormap_name=rainbow", "colormap_name"),
        ("colormap_name=Gray", "colormap_name"),
        ("resampling=cubic", "resampling"),
        ("empty=500", "empty"),
    ],
)
def test_a_bad_parameter_is_named(query: str, parameter: str) -> None:
    answer = get(f"{FOREST}.png", query)

    assert faulty_parameters(answer) == [parameter]
    assert parameter in answer.json()["errors"][0]["detail"]
    assert len(answer.body) < 1000


def test_a_band_that_the_raster_lacks_is_refused() -> None:
    answer = get(FOREST, "bidx=99")

    assert answer.status == 400
    assert answer.json()["detail"] == "Band 99 is not one of 1 to 1"


def test_a_request_is_told_of_all_its_faults() -> None:
    answer = get(FOREST, "rescale=low&colormap_name=rainbow&bidx=x&empty=1&zoom=3")

    assert sorted(faulty_parameters(answer)) == [
        "bidx",
        "colormap_name",
        "empty",
        "rescale",
        "zoom",
    ]
    assert answer.json()["detail"] == "5 parameters are not valid"


def test_faults_of_the_path_and_of_the_query_are_told_together() -> None:
    answer = get("/datasets/landcover/tiles/3/two/3", "rescale=low")

    assert sorted(faulty_parameters(answer)) == ["rescale", "x"]


def test_an_unknown_dataset_is_not_found() -> None:
    answer = get("/datasets/atlantis/tiles/3/2/3.png")

    assert answer.status == 404
    assert answer.json()["detail"] == "There is no dataset 'atlantis'"


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_raster_is_a_bad_gateway_at_once(name: str, catalogue: Path) -> None:
    started = time.monotonic()
    answer = get(f"/datasets/{name}/{SYNTHETIC}")
    elapsed = time.monotonic() - started

    assert answer.status == 502
    assert answer.headers["content-type"] == "application/problem+json"
    assert elapsed < 1
    text = answer.body.decode()
    assert str(catalogue.parent) not in text
    assert ".tif" not in text
    assert "Traceback" not in text


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_raster_leaves_the_others_alone(name: str) -> None:
    get(f"/datasets/{name}/{SYNTHETIC}")

    assert get(f"/datasets/grid/{SYNTHETIC}").status == 200


def test_a_raster_that_appears_is_served_by_the_next_request(catalogue: Path) -> None:
    path = catalogue.parent / "missing.tif"
    before = get(f"/datasets/missing/{SYNTHETIC}")
    write_cog(path, Recipe())
    try:
        after = get(f"/datasets/missing/{SYNTHETIC}")
    finally:
        path.unlink()

    assert (before.status, after.status) == (502, 200)


def test_a_tile_beyond_its_reading_budget_is_refused_at_once() -> None:
    started = time.monotonic()
    answer = get("/datasets/huge/tiles/0/0/0.png")
    elapsed = time.monotonic() - started

    assert answer.status == 413
    assert str(MAX_PIXELS) in answer.json()["detail"]
    assert elapsed < 1


def test_a_fine_tile_of_the_same_raster_is_within_it() -> None:
    tile, *_ = tile_pixel(0.1, 19.9, zoom=12)

    image = decode(get(f"/datasets/huge/tiles/{tile}", "rescale=0,255"))

    assert len(image.getcolors()) > 50
