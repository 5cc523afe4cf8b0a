from __future__ import annotations

import io
import json
import math

import numpy as np
import pytest
from PIL import Image

from raster_core.bands import BandInfo, RasterClass
from raster_core.tile.colors.renderings import (
    ClassColors,
    Composite,
    Intervals,
    Ramp,
    Rendering,
)
from raster_core.tile.images.legend import MAX_LINES, describe_legend, draw_legend

BAND = BandInfo(1, "b1", "uint8", unit="m", classes=(RasterClass(1, "sea", "#ff0000"),))
RGB = tuple(BandInfo(n, f"B0{n}", "uint16") for n in (4, 3, 2))

RAMP = Ramp(0, 100, "gray")
CLASSES = ClassColors((1, 2.5), ("#ff0000", "#00ff0080"))
INTERVALS = Intervals(
    ((-math.inf, 0.0), (0.0, 1.5), (1.5, math.inf)), ("#ff0000", "#00ff00", "#0000ff40")
)
COMPOSITE = Composite(((0.0, 3000.0), (1.0, 2.0), (5.0, 6.0)))

EVERY = ((BAND,), RAMP), ((BAND,), CLASSES), ((BAND,), INTERVALS), (RGB, COMPOSITE)


def open_png(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def colors_of(content: bytes) -> set[tuple[int, int, int]]:
    pixels = np.asarray(open_png(content).convert("RGB")).reshape(-1, 3)
    return set(map(tuple, pixels.tolist()))


def test_a_legend_of_classes_names_them_or_their_values():
    assert describe_legend("T", [BAND], CLASSES) == {
        "type": "classes",
        "title": "T",
        "entries": [
            {"value": 1, "label": "sea", "color": "#ff0000"},
            {"value": 2.5, "label": "2.5", "color": "#00ff0080"},
        ],
    }


def test_a_legend_of_intervals_has_their_ends():
    legend = describe_legend("T", [BAND], INTERVALS)

    assert (legend["type"], legend["title"], legend["unit"]) == ("intervals", "T", "m")
    assert legend["entries"] == [
        {"min": None, "max": 0.0, "label": "below 0", "color": "#ff0000"},
        {"min": 0.0, "max": 1.5, "label": "0 to 1.5", "color": "#00ff00"},
        {"min": 1.5, "max": None, "label": "1.5 and above", "color": "#0000ff40"},
    ]


def test_an_interval_without_ends_is_all_values():
    everything = Intervals(((-math.inf, math.inf),), ("#ff0000",))

    (entry,) = describe_legend("T", [BAND], everything)["entries"]  # type: ignore[misc]

    assert entry["label"] == "all values"


def test_a_legend_of_a_ramp_has_its_range_and_its_colours():
    legend = describe_legend("T", [BAND], Ramp(0, 100, "gray_r"))

    assert (legend["type"], legend["min"], legend["max"]) == ("continuous", 0, 100)
    assert legend["unit"] == "m"
    colors = legend["colors"]
    assert len(colors) == 255  # type: ignore[arg-type]
    assert (colors[0], colors[-1]) == ("#ffffff", "#000000")  # type: ignore[index]


def test_a_legend_of_a_picture_tells_which_band_is_which_colour():
    legend = describe_legend("T", RGB, COMPOSITE)

    assert legend["type"] == "composite"
    assert legend["channels"] == [
        {"color": "red", "band": "B04", "unit": None, "min": 0.0, "max": 3000.0},
        {"color": "green", "band": "B03", "unit": None, "min": 1.0, "max": 2.0},
        {"color": "blue", "band": "B02", "unit": None, "min": 5.0, "max": 6.0},
    ]


@pytest.mark.parametrize(("bands", "rendering"), EVERY)
def test_every_legend_is_json(bands: tuple[BandInfo, ...], rendering: Rendering):
    legend = describe_legend("T", bands, rendering)

    assert json.loads(json.dumps(legend, allow_nan=False)) == legend


@pytest.mark.parametrize(
    ("bands", "rendering", "wanted"),
    [
        ((BAND,), RAMP, {(0, 0, 0), (128, 128, 128)}),
        ((BAND,), CLASSES, {(255, 0, 0), (127, 255, 127)}),
        ((BAND,), INTERVALS, {(255, 0, 0), (0, 255, 0), (191, 191, 255)}),
        (RGB, COMPOSITE, {(255, 0, 0), (0, 255, 0), (0, 0, 255)}),
    ],
)
def test_a_drawn_legend_shows_its_colours_as_they_look_on_white(
    bands: tuple[BandInfo, ...],
    rendering: Rendering,
    wanted: set[tuple[int, int, int]],
):
    assert wanted | {(255, 255, 255)} <= colors_of(draw_legend("T", bands, rendering))


@pytest.mark.parametrize(("bands", "rendering"), EVERY)
def test_a_long_title_makes_a_wide_legend(
    bands: tuple[BandInfo, ...], rendering: Rendering
):
    short = open_png(draw_legend("T", bands, rendering))
    long = open_png(draw_legend("A title " * 30, bands, rendering))

    assert long.width > short.width
    assert long.height == short.height


def test_a_drawn_legend_of_thousands_of_classes_stays_small():
    colors = tuple(f"#{n:06x}" for n in range(4096))
    many = ClassColors(tuple(range(4096)), colors)

    image = open_png(draw_legend("T", [BAND], many))

    assert image.height <= 20 * (MAX_LINES + 2)


def test_a_legend_without_entries_is_its_title():
    assert open_png(draw_legend("T", [BAND], Intervals((), ()))).height == 40
