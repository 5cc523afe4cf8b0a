from __future__ import annotations

import numpy as np
import pytest

from raster_core.tile.colors.ramp_data import RAMPS, STEPS
from raster_core.tile.colors.ramps import COLORMAP_NAMES, parse_colors, ramp_colors


@pytest.mark.parametrize("name", COLORMAP_NAMES)
def test_a_colormap_has_as_many_colours_as_a_palette_takes(name: str):
    colors = ramp_colors(name)

    assert colors.shape == (255, 3)
    assert colors.dtype == np.uint8
    assert len(np.unique(colors, axis=0)) > 1


@pytest.mark.parametrize("name", sorted(RAMPS))
def test_a_ramp_goes_through_its_points_and_backwards_too(name: str):
    knots = np.frombuffer(bytes.fromhex(RAMPS[name]), np.uint8).reshape(-1, 4)

    assert knots[0, 0] == 0
    assert knots[-1, 0] == 254
    assert (np.diff(knots[:, 0].astype(int)) > 0).all()
    assert (ramp_colors(name)[knots[:, 0]] == knots[:, 1:]).all()
    assert (ramp_colors(f"{name}_r") == ramp_colors(name)[::-1]).all()


@pytest.mark.parametrize("name", sorted(STEPS))
def test_listed_colours_share_the_length_evenly(name: str):
    colors = [tuple(color) for color in ramp_colors(name).tolist()]
    listed = [tuple(bytes.fromhex(color)) for color in STEPS[name].split()]

    assert list(dict.fromkeys(colors)) == list(dict.fromkeys(listed))
    assert ramp_colors(f"{name}_r")[0].tolist() == list(listed[-1])
    lengths = [colors.count(color) / listed.count(color) for color in set(listed)]
    assert max(lengths) - min(lengths) <= 1


# As matplotlib 3.11 gives them at these shares of the way.
@pytest.mark.parametrize(
    ("name", "share", "color"),
    [
        ("viridis", 0.0, "440154"),
        ("viridis", 0.5, "21918c"),
        ("viridis", 1.0, "fde725"),
        ("magma", 0.5, "b73779"),
        ("inferno", 1.0, "fcffa4"),
        ("plasma", 0.0, "0d0887"),
        ("cividis", 1.0, "fee838"),
        ("turbo", 0.5, "a4fc3c"),
        ("blues", 1.0, "08306b"),
        ("rdylgn", 0.0, "a50026"),
        ("rdylgn_r", 0.0, "006837"),
        ("spectral", 1.0, "5e4fa2"),
        ("twilight", 0.0, "e2d9e2"),
        ("tab10", 0.0, "1f77b4"),
        ("set1", 1.0, "999999"),
        ("jet", 0.0, "000080"),
        ("gray", 0.5, "808080"),
        ("gist_earth", 1.0, "fdfbfb"),
        ("terrain", 0.0, "2f6b3a"),
    ],
)
def test_well_known_colours_are_where_they_belong(name: str, share: float, color: str):
    found = ramp_colors(name)[round(share * 254)].astype(int)

    assert np.abs(found - list(bytes.fromhex(color))).max() <= 1


def test_families_are_there_by_lower_case_names():
    wanted = {
        *("viridis", "plasma", "inferno", "magma", "cividis", "turbo", "twilight"),
        *("blues", "greens", "ylorrd", "rdbu", "brbg", "spectral", "coolwarm"),
        *("tab10", "tab20", "set1", "paired", "gist_earth", "terrain", "gray"),
        *("thermal", "haline", "balance"),
    }

    assert wanted | {f"{name}_r" for name in wanted} <= set(COLORMAP_NAMES)
    assert all(name == name.lower() for name in COLORMAP_NAMES)
    assert list(COLORMAP_NAMES) == sorted(set(COLORMAP_NAMES))


def test_colours_are_opaque_unless_they_say_otherwise():
    assert parse_colors(["#ff0080", "00ff0010"]).tolist() == [
        [255, 0, 128, 255],
        [0, 255, 0, 16],
    ]
    assert parse_colors([]).shape == (0, 4)
