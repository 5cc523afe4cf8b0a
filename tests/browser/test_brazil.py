"""The land cover of Brazil on the page, compared with counted pixels."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
import rasterio.features
import shapely
from playwright.sync_api import expect

from tests.server.gateway import ROOT

if TYPE_CHECKING:
    from tests.browser.demo import Demo


# The square of the eccentricity of WGS 84.
ECCENTRICITY = 0.00669437999014


def rasterized_fractions(zone: shapely.Geometry) -> dict[int, float]:
    """Fractions of the ground by class, from the centres of a grid 20 times as fine."""
    with rasterio.open(ROOT / "sample" / "landcover_global_2019.tif") as dataset:
        window = dataset.window(*zone.bounds).round_offsets().round_lengths()
        window = rasterio.windows.Window(
            window.col_off, window.row_off, window.width + 1, window.height + 1
        )
        values = np.kron(dataset.read(1, window=window), np.ones((20, 20), np.uint8))
        fine = dataset.window_transform(window) @ rasterio.Affine.scale(1 / 20)
    inside = rasterio.features.geometry_mask([zone], values.shape, fine, invert=True)
    rows = np.nonzero(inside)[0]
    latitude = np.radians(fine.f + (rows + 0.5) * fine.e)
    # Area of a square degree on the ellipsoid, up to a constant factor.
    ground = np.cos(latitude) / (1 - ECCENTRICITY * np.sin(latitude) ** 2) ** 2
    areas = np.bincount(values[inside], ground)
    met = np.flatnonzero(areas)
    return dict(zip(met.tolist(), (areas[met] / areas.sum()).tolist(), strict=True))


def test_a_click_on_brazil_gives_its_class_fractions(demo: Demo):
    zones = json.loads((ROOT / "sample" / "countries.geojson").read_text())
    brazil = next(
        zone for zone in zones["features"] if zone["properties"]["name"] == "Brazil"
    )
    demo.open("#dataset=landcover&view=3.20/-11.00000/-53.00000")
    demo.click(-55, -12)
    demo.wait_for("stats-panel")
    expect(demo.one("zone-name")).to_have_text("Brazil")

    shares = {
        int(bar.get_attribute("data-value") or -1): float(
            bar.get_attribute("data-share") or 0
        )
        for bar in demo.one("class-bar").all()
    }
    expected = rasterized_fractions(shapely.geometry.shape(brazil["geometry"]))
    assert sum(shares.values()) == pytest.approx(1, abs=1e-6)
    for value, share in expected.items():
        assert shares[value] == pytest.approx(share, abs=2e-4)
