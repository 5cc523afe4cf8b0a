from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.bands import BandInfo, RasterClass
from raster_core.catalogue.dataset import RenderDefaults
from raster_core.errors import RequestError, SourceError
from raster_core.tile.colors.choice import RenderParams, choose_rendering
from raster_core.tile.colors.formula import Formula, parse_formula
from raster_core.tile.colors.renderings import (
    ClassColors,
    Composite,
    Intervals,
    Ramp,
    Rendering,
)
from raster_core.tile.images.indices import palette_indices

BAND = BandInfo(1, "b1", "int16", minimum=0.0, maximum=100.0)
BYTES = BandInfo(1, "b1", "uint8")
FLOATS = BandInfo(1, "b1", "float32")
WITH_CLASSES = replace(BYTES, classes=(RasterClass(1, "a", "#ff0000"),))
CLASSES = ClassColors((1,), ("#ff0000",))
OWN = RenderDefaults((1,), ((5, 6),), "viridis")
OWN_MAP = RenderDefaults((1,), (), None, '{"3": "#00ff00"}')
GREEN = ClassColors((3,), ("#00ff00",))
BLUE = Intervals(((0.0, 1.0),), ("#0000ff",))


def picture(dtype: str = "uint8", **known: float) -> tuple[BandInfo, ...]:
    return tuple(BandInfo(n, f"b{n}", dtype, **known) for n in (1, 2, 3))


def unknown(place: int) -> tuple[float, float]:
    raise AssertionError(f"The range of band {place + 1} is known")


@pytest.mark.parametrize(
    ("band", "defaults", "params", "expected"),
    [
        (WITH_CLASSES, RenderDefaults(), RenderParams(), CLASSES),
        (WITH_CLASSES, OWN, RenderParams(), Ramp(5, 6, "viridis")),
        (
            WITH_CLASSES,
            RenderDefaults(),
            RenderParams(rescale=((0, 9),)),
            Ramp(0, 9, "gray"),
        ),
        (BAND, RenderDefaults(), RenderParams(), Ramp(0, 100, "gray")),
        (BAND, OWN, RenderParams(), Ramp(5, 6, "viridis")),
        (BAND, replace(OWN, bands=(2,)), RenderParams(), Ramp(0, 100, "gray")),
        (BAND, replace(OWN, bands=("b1",)), RenderParams(), Ramp(5, 6, "viridis")),
        (BAND, OWN, RenderParams(colormap_name="jet_r"), Ramp(5, 6, "jet_r")),
        (BAND, OWN, RenderParams(rescale=((1, 2),)), Ramp(1, 2, "viridis")),
        (
            BAND,
            replace(OWN, colormap_name="RdYlGn"),
            RenderParams(),
            Ramp(5, 6, "rdylgn"),
        ),
        (
            BAND,
            replace(OWN, colormap_name="nobody's"),
            RenderParams(),
            Ramp(5, 6, "gray"),
        ),
        (
            BAND,
            replace(OWN, rescale=((1, 2), (3, 4))),
            RenderParams(),
            Ramp(0, 100, "viridis"),
        ),
        (BYTES, RenderDefaults(), RenderParams(), Ramp(0, 255, "gray")),
        (BAND, RenderDefaults(), RenderParams(colormap=GREEN), GREEN),
        (FLOATS, OWN, RenderParams(colormap=BLUE), BLUE),
        (BAND, OWN_MAP, RenderParams(), GREEN),
        (BAND, OWN_MAP, RenderParams(rescale=((1, 2),)), Ramp(1, 2, "gray")),
    ],
)
def test_the_request_counts_first_then_the_dataset_then_the_values(
    band: BandInfo, defaults: RenderDefaults, params: RenderParams, expected: Rendering
):
    assert choose_rendering([band], defaults, params, unknown) == expected


@pytest.mark.parametrize(
    ("bands", "defaults", "params", "ranges"),
    [
        (picture(), RenderDefaults(), RenderParams(), ((0, 255),) * 3),
        (
            picture(minimum=3.0, maximum=9.0),
            RenderDefaults(),
            RenderParams(),
            ((0, 255),) * 3,
        ),
        (
            picture("uint16", minimum=3.0, maximum=9.0),
            RenderDefaults(),
            RenderParams(),
            ((3, 9),) * 3,
        ),
        (
            picture("uint16"),
            RenderDefaults(),
            RenderParams(rescale=((0, 4),)),
            ((0, 4),) * 3,
        ),
        (
            picture("uint16"),
            RenderDefaults(),
            RenderParams(rescale=((0, 4), (1, 5), (2, 6))),
            ((0, 4), (1, 5), (2, 6)),
        ),
        (
            picture("uint16"),
            RenderDefaults((1, 2, 3), ((0, 7),)),
            RenderParams(),
            ((0, 7),) * 3,
        ),
        (
            picture(),
            RenderDefaults((3, 2, 1), ((0, 7),)),
            RenderParams(),
            ((0, 255),) * 3,
        ),
    ],
)
def test_three_bands_are_red_green_and_blue(
    bands: tuple[BandInfo, ...],
    defaults: RenderDefaults,
    params: RenderParams,
    ranges: tuple[tuple[float, float], ...],
):
    assert choose_rendering(bands, defaults, params, unknown) == Composite(ranges)


@pytest.mark.parametrize(
    ("bands", "params", "said"),
    [
        (
            [BAND],
            RenderParams(formula=parse_formula("saturation 2")),
            "saturation needs three bands",
        ),
        (
            [BAND],
            RenderParams(colormap=GREEN, formula=parse_formula("gamma R 2")),
            "cannot be combined with colours of classes",
        ),
        ([BAND] * 2, RenderParams(), "2 bands cannot be drawn"),
        ([BAND] * 4, RenderParams(), "4 bands cannot be drawn"),
        ([], RenderParams(), "0 bands cannot be drawn"),
        ([BAND], RenderParams(rescale=((0, 1), (1, 2))), "2 rescale are given for one"),
        (picture(), RenderParams(rescale=((0, 1),) * 2), "2 rescale .* for 3 bands"),
        (picture(), RenderParams(colormap_name="jet"), "needs one band, not 3"),
        (picture(), RenderParams(colormap=GREEN), "needs one band, not 3"),
        (
            [BAND],
            RenderParams(colormap=GREEN, colormap_name="jet"),
            "exclude each other",
        ),
        (
            [BAND],
            RenderParams(colormap=BLUE, rescale=((0, 1),)),
            "leave rescale out",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(
    bands: list[BandInfo], params: RenderParams, said: str
):
    with pytest.raises(RequestError, match=said):
        choose_rendering(bands, RenderDefaults(), params, unknown)


def test_a_dataset_with_a_bad_colormap_is_not_the_callers_fault():
    with pytest.raises(SourceError, match="rendering is not usable: colormap colour"):
        choose_rendering(
            [BAND], replace(OWN_MAP, colormap='{"1": 1}'), RenderParams(), unknown
        )


@given(
    st.floats(-1000, 1000, width=32),
    st.integers(1, 1000),
    st.lists(st.floats(-3000, 3000, width=32), min_size=1, max_size=20),
)
def test_a_colormap_of_rescaled_values_is_looked_up_after_rescaling(
    low: float, length: int, values: list[float]
):
    colors = tuple(f"#{n:06x}" for n in range(256))
    params = RenderParams(
        colormap=ClassColors(tuple(range(256)), colors), rescale=((low, low + length),)
    )
    physical = np.array(values)

    rendering = choose_rendering([FLOATS], RenderDefaults(), params, unknown)
    band = BandInfo(1, "b1", "float64")
    found = palette_indices(physical, band, rendering).astype(int) - 1

    # titiler's: clip, stretch to 0..255, lose the fraction.
    exact = (np.clip(physical, low, low + length) - low) / length * 255
    at_an_edge = np.abs(exact - np.rint(exact)) < 1e-9
    assert ((found == np.floor(exact)) | at_an_edge).all()
    assert (np.abs(found - exact) <= 1).all()


def test_colours_beyond_a_byte_have_no_place_after_rescaling():
    params = RenderParams(
        colormap=ClassColors((-1, 0.5, 2, 256), ("#000000",) * 4), rescale=((0, 255),)
    )

    rendering = choose_rendering([BAND], RenderDefaults(), params, unknown)

    assert rendering == Intervals(((2.0, 3.0),), ("#000000",))


def test_the_first_and_the_last_colour_reach_beyond_the_range():
    params = RenderParams(
        colormap=ClassColors((0, 255), ("#000000", "#ffffff")), rescale=((0, 255),)
    )

    rendering = choose_rendering([BAND], RenderDefaults(), params, unknown)

    assert rendering == Intervals(
        ((-math.inf, 1.0), (255.0, math.inf)), ("#000000", "#ffffff")
    )


def sampled(place: int) -> tuple[float, float]:
    return place + 0.5, place + 9.0


@pytest.mark.parametrize("asked", [(), (None,)])
def test_a_range_that_nobody_states_is_asked_for(
    asked: tuple[tuple[float, float] | None, ...],
):
    params = RenderParams(rescale=asked)

    one = choose_rendering([FLOATS], RenderDefaults(), params, sampled)
    three = choose_rendering(picture("uint16"), RenderDefaults(), params, sampled)

    assert one == Ramp(0.5, 9.0, "gray")
    assert three == Composite(((0.5, 9.0), (1.5, 10.0), (2.5, 11.0)))


def test_auto_is_the_values_own_range_for_each_band_that_says_so():
    params = RenderParams(rescale=((0, 1), None, (0, 3)))

    found = choose_rendering(picture(), RenderDefaults(), params, sampled)

    assert found == Composite(((0, 1), (1.5, 10.0), (0, 3)))


@pytest.mark.parametrize(
    "ends", [(math.nan, math.nan), (0.0, math.inf), (math.nan, 5.0), (5.0, 1.0)]
)
def test_a_stored_range_that_is_none_counts_as_unknown(ends: tuple[float, float]):
    band = replace(FLOATS, minimum=ends[0], maximum=ends[1])

    found = choose_rendering([band], RenderDefaults(), RenderParams(), sampled)

    assert found == Ramp(0.5, 9.0, "gray")


def test_auto_tells_a_colormap_of_bytes_where_its_values_lie():
    params = RenderParams(rescale=(None,), colormap=GREEN)

    found = choose_rendering([FLOATS], RenderDefaults(), params, sampled)

    assert isinstance(found, Intervals)


def test_a_datasets_own_formula_counts_until_the_request_has_one():
    own = RenderDefaults(bands=(1, 2, 3), color_formula="gamma RGB 2")
    wanted = parse_formula("saturation 2")

    def formula_of(params: RenderParams) -> Formula:
        found = choose_rendering(picture(), own, params, unknown)
        assert isinstance(found, Composite)
        return found.formula

    assert formula_of(RenderParams()) == parse_formula("gamma RGB 2")
    assert formula_of(RenderParams(formula=wanted)) == wanted
    assert formula_of(RenderParams(formula=())) == ()
    with pytest.raises(SourceError, match="rendering is not usable"):
        choose_rendering(
            picture(), replace(own, color_formula="blur 3"), RenderParams(), unknown
        )
