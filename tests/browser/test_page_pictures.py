"""The images of the page in the documentation.

``SCREENSHOT=1`` takes them again; without it, the page has to look roughly like them,
as fonts differ between machines.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.documents.blocks import read_blocks
from tests.documents.shell import BASH
from tests.server.gateway import ROOT, run_gateway

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import ViewportSize

    from tests.browser.demo import Demo

FOLDER = ROOT / "docs" / "images"

SIZES: dict[str, ViewportSize] = {
    "desktop": {"width": 1440, "height": 900},
    "phone": {"width": 390, "height": 844},
}

# Bytes of all images together.
BUDGET = 2_000_000


YOSEMITE = {"desktop": "9.60/37.80000/-119.55000", "phone": "8.50/37.50000/-119.34000"}

BRAZIL = {"desktop": "3.40/-14.00000/-58.00000", "phone": "2.20/-38.00000/-54.00000"}

KENYA = {"desktop": "5.60/0.50000/36.50000", "phone": "4.60/-5.00000/38.00000"}


def link(mode: str, size: str) -> str:
    views = {
        "statistics": f"#view={BRAZIL[size]}&dataset=landcover&zone=countries/Brazil",
        "profile": f"#mode=profile&view={YOSEMITE[size]}&dataset=elevation",
        "extract": f"#mode=extract&view={KENYA[size]}&dataset=landcover"
        "&zone=countries/Kenya&pick=7,12,14",
        "priority": f"#mode=priority&view={YOSEMITE[size]}",
    }
    return views[mode]


def draw_line(demo: Demo) -> None:
    demo.draw((-119.55, 37.72), (-119.36, 37.84), (-119.12, 37.99))
    demo.page.keyboard.press("Enter")
    demo.wait_for("profile-panel")
    slider = demo.one("profile-chart").get_by_role("slider")
    slider.focus()
    for _ in range(5):
        demo.page.keyboard.press("PageUp")
    slider.blur()


def take(demo: Demo, mode: str, size: str) -> Image.Image:
    demo.page.set_viewport_size(SIZES[size])
    demo.open(link(mode, size))
    if mode == "profile":
        draw_line(demo)
    for panel in ("stats-panel", "extract-panel"):
        if mode != "priority" and demo.one(panel).count():
            demo.wait_for(panel)
    # Over the panel, where the pointer shows no value.
    demo.one("panel-toggle").hover()
    expect(demo.page.locator(".busy-bar")).to_be_hidden()
    demo.rest()
    return Image.open(io.BytesIO(demo.page.screenshot())).convert("RGB")


def blurred(picture: Image.Image) -> np.ndarray:
    """A picture reduced until text in it cannot be read."""
    small = picture.resize((48, 48), Image.Resampling.BOX)
    return np.asarray(small).astype(int)


def compare(picture: Image.Image, path: Path) -> None:
    """Hold a picture against the one in the documentation, or make it that."""
    if os.environ.get("SCREENSHOT"):
        picture.save(path, quality=82, method=6)
        pytest.skip(f"{path.name} is the picture now")
    known = Image.open(path).convert("RGB")
    assert known.size == picture.size
    assert np.abs(blurred(picture) - blurred(known)).mean() < 8


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", ["statistics", "profile", "extract", "priority"])
def test_the_page_looks_like_its_picture(demo: Demo, mode: str, size: str):
    compare(take(demo, mode, size), FOLDER / f"page-{mode}-{size}.webp")


def make_rasters(folder: Path) -> str:
    """The folder of rasters of docs/tutorial.md, made as it says."""
    blocks = read_blocks("docs/tutorial.md")
    (script,) = [block.text for block in blocks if block.text.startswith("mkdir ")]
    (folder / "sample").symlink_to(ROOT / "sample")
    programs = f"{sys.prefix}/bin{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        [BASH, "-ec", script],
        cwd=folder,
        env=os.environ | {"PATH": programs},
        check=True,
    )
    return str(folder / "rasters")


def test_the_page_looks_like_the_picture_of_the_tutorial(demo: Demo, tmp_path: Path):
    page = str(ROOT / "frontend" / "dist")
    served = run_gateway(tmp_path, make_rasters(tmp_path), RASTERLET_PAGE=page)
    with served as gateway, demo.served_at(gateway.port):
        demo.page.set_viewport_size(SIZES["desktop"])
        demo.open(f"#view={YOSEMITE['desktop']}&dataset=elevation")
        demo.drop((ROOT / "sample" / "watersheds_yosemite.geojson").read_text())
        demo.rest()
        demo.one("panel-toggle").hover()
        demo.rest()
        shot = Image.open(io.BytesIO(demo.page.screenshot())).convert("RGB")
        compare(shot, FOLDER / "tutorial.webp")


def test_the_pictures_are_small():
    sizes = [path.stat().st_size for path in FOLDER.glob("page-*.webp")]

    assert len(sizes) == 8
    assert sum(sizes) < BUDGET
