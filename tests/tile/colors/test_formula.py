"""Colour formulas against numbers of rio-tiler's own library, and against laws."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.bands import BandInfo
from raster_core.errors import RequestError
from raster_core.grid import Grid
from raster_core.raster import RasterArray
from raster_core.tile.colors.formula import (
    MAX_STEPS,
    Gamma,
    Saturation,
    Sigmoidal,
    bend_channel,
    color_pixels,
    parse_formula,
)
from raster_core.tile.colors.ramps import ramp_colors
from raster_core.tile.colors.renderings import Composite, Ramp
from raster_core.tile.images.indices import palette
from raster_core.tile.images.render import composite_pixels

COLORS = [(10, 60, 200), (250, 128, 3), (90, 91, 92), (0, 255, 30)]

# What color-operations 0.4.0, which rio-tiler draws with, makes of COLORS.
TABLE = {
    "gamma RGB 1.8": [(42, 114, 223), (252, 174, 22), (143, 144, 145), (0, 255, 78)],
    "gamma B 0.7, gamma RG 2.2": [
        (59, 132, 180),
        (253, 186, 0),
        (159, 160, 59),
        (0, 255, 12),
    ],
    "sigmoidal RGB 5 0.35": [
        (8, 66, 235),
        (254, 167, 2),
        (111, 113, 114),
        (0, 255, 28),
    ],
    "sigmoidal G -4 0.6": [(10, 86, 200), (250, 143, 3), (90, 114, 92), (0, 255, 30)],
    "saturation 1.2": [(0, 57, 226), (255, 119, 0), (90, 91, 92), (0, 255, 0)],
    "saturation 0": [(77, 77, 77), (161, 161, 161), (91, 91, 91), (220, 220, 220)],
    "gamma rgb 1.5 saturation 1.3": [
        (0, 96, 252),
        (255, 155, 0),
        (127, 128, 130),
        (0, 255, 0),
    ],
}


def draw(formula: str, dtype: str = "uint8") -> np.ndarray:
    """COLORS after a formula, (color, 3)."""
    data = np.array(COLORS, dtype).T[:, np.newaxis]
    grid = Grid("EPSG:3857", None, len(COLORS), 1)  # type: ignore[arg-type]
    array = RasterArray(data, np.ones(data.shape, bool), grid)
    bands = [BandInfo(n, f"b{n}", dtype) for n in (1, 2, 3)]
    rendering = Composite(((0.0, 255.0),) * 3, formula=parse_formula(formula))
    return composite_pixels(array, bands, rendering)[0].astype(int)


@pytest.mark.parametrize("formula", TABLE)
@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32"])
def test_colours_are_those_that_rio_tiler_makes(formula: str, dtype: str):
    assert np.abs(draw(formula, dtype) - TABLE[formula]).max() <= 1


def test_a_formula_reads_as_its_users_write_it():
    wanted = (
        Gamma(frozenset({0, 1, 2}), 1.8),
        Saturation(1.2),
        Sigmoidal(frozenset({0, 1, 2}), 5.0, 0.35),
    )

    for text in (
        "gamma RGB 1.8, saturation 1.2, sigmoidal RGB 5 0.35",
        "Gamma rgb 1.8 Saturation 1.2 Sigmoidal 123 5 .35",
        " gamma RGB 1.8,saturation 1.2,sigmoidal RGB 5 0.35 ",
    ):
        assert parse_formula(text) == wanted
    assert parse_formula("") == ()


@pytest.mark.parametrize(
    "text",
    [
        "gamma",
        "gamma RGB",
        "gamma RGB 0",
        "gamma RGB -1",
        "gamma RGB nan",
        "gamma X 1",
        "gamma 4 1",
        "sigmoidal RGB 5",
        "sigmoidal RGB 5 1.5",
        "sigmoidal RGB inf 0.5",
        "saturation",
        "saturation RGB 1",
        "saturation -1",
        "blur RGB 2",
        "1.8 gamma RGB",
        "gamma RGB 1.8 2",
        "gamma RGB " + "9" * 5000,
    ],
)
def test_what_is_no_formula_is_refused_with_the_form(text: str):
    with pytest.raises(
        RequestError, match=r"is not operations such as 'gamma RGB 1.8'"
    ):
        parse_formula(text)


def test_a_formula_has_few_steps():
    parse_formula("gamma R 2 " * MAX_STEPS)
    with pytest.raises(RequestError, match=f"17 operations, which exceeds {MAX_STEPS}"):
        parse_formula("gamma R 2 " * (MAX_STEPS + 1))


CURVES = st.one_of(
    st.floats(0.01, 100).map(lambda g: f"gamma R {g}"),
    st.tuples(st.floats(-100, 100), st.floats(0, 1)).map(
        lambda pair: f"sigmoidal R {pair[0]} {pair[1]}"
    ),
)


@given(CURVES)
def test_a_curve_rises_from_black_to_white(text: str):
    brightness = np.linspace(0, 1, 256)

    bent = bend_channel(brightness, parse_formula(text), 0)

    assert np.isfinite(bent).all()
    assert bent[0] == pytest.approx(0, abs=1e-3)
    assert bent[-1] == pytest.approx(1, abs=1e-3)
    assert (np.diff(bent) >= -1e-9).all()
    assert (bend_channel(brightness, parse_formula(text), 1) == brightness).all()


@pytest.mark.parametrize("bias", [0.0, 0.125, 0.5, 1.0])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_steepest_inverse_keeps_black_and_white(bias: float, kind: type):
    (step,) = parse_formula(f"sigmoidal R -100 {bias}")

    ends = step.apply(np.array([0, 1], kind))

    assert ends == pytest.approx([0, 1], abs=5e-4)


@given(st.floats(0.1, 20), st.floats(0.05, 0.95))
def test_less_contrast_undoes_more(contrast: float, bias: float):
    text = f"sigmoidal R {contrast} {bias} sigmoidal R {-contrast} {bias}"
    brightness = np.linspace(0, 1, 101)

    bent = bend_channel(brightness, parse_formula(text), 0)

    assert bent == pytest.approx(brightness, abs=1e-6)


@given(
    st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=50),
    st.floats(0, 3),
)
def test_saturation_leaves_grey_alone_and_turns_no_hue_far(
    colors: list[tuple[int, int, int]], factor: float
):
    pixels = np.array([colors], np.uint8)
    grey = np.repeat(pixels[..., :1], 3, axis=2)
    before = grey.copy()

    color_pixels(grey, (Saturation(factor),))
    same = pixels.copy()
    color_pixels(same, (Saturation(1.0),))

    assert np.abs(grey.astype(int) - before).max() <= 1
    assert np.abs(same.astype(int) - pixels).max() <= 1


def test_saturation_of_nothing_is_grey_and_more_is_purer():
    grey, pure = draw("saturation 0"), draw("saturation 1.5")

    assert (np.ptp(grey, axis=1) <= 1).all()
    for before, after in zip(COLORS[:2], pure[:2], strict=True):
        chroma = [
            colorsys.rgb_to_hls(*(part / 255 for part in color))[2]
            for color in (before, after)
        ]
        assert chroma[1] >= chroma[0] - 0.01


def test_darks_keep_their_steps_because_values_are_bent_before_they_are_bytes():
    """The darkest 1 % of 16 bits has 3 steps in bytes; a gamma of 2 shows 25."""
    data = np.arange(0, 655, dtype=np.uint16).reshape(1, 1, -1).repeat(3, axis=0)
    grid = Grid("EPSG:3857", None, data.shape[2], 1)  # type: ignore[arg-type]
    bands = [BandInfo(n, f"b{n}", "uint16") for n in (1, 2, 3)]
    ends = ((0.0, 65535.0),) * 3
    rendering = Composite(ends, formula=parse_formula("gamma RGB 2"))

    pixels = composite_pixels(
        RasterArray(data, np.ones(data.shape, bool), grid), bands, rendering
    )

    assert len(np.unique(pixels[..., 0])) == 26


def test_a_ramp_bends_its_colours():
    plain, bent = (
        ramp_colors("viridis"),
        palette(Ramp(0.0, 1.0, "viridis", parse_formula("gamma R 2, gamma G 9"))),
    )

    place = np.rint(np.sqrt(np.arange(255) / 254) * 254).astype(int)
    assert (bent[:, :3] == plain[place]).all()
    assert (bent[:, 3] == 255).all()
