"""``docs/tiles.md`` is true: its addresses answer, and its pictures are the answers."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image

from raster_core.tile.colors.ramps import COLORMAP_NAMES
from scripts.draw_docs import (
    FAMILIES,
    FOLDER,
    PAGE,
    SHEET,
    addresses,
    ask,
    draw_sheet,
    pictures,
)

PICTURES = list(pictures())

# Bytes of all: everybody who clones the repository gets them.
LIMIT = 1_500_000

FORMATS = ("png", "webp", "jpg", "npy")


@pytest.fixture(autouse=True)
def _sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RASTERLET_CATALOG", raising=False)


@pytest.mark.parametrize("address", addresses())
def test_every_address_on_the_page_answers(address: str) -> None:
    # What has no ending is a row of the table of formats.
    path, mark, query = address.partition("?")
    whole = path.startswith(("/wmts", "/colormaps")) or "." in path
    assert ask(address if whole else f"{path}.png{mark}{query}")


@pytest.mark.parametrize(("name", "address"), PICTURES, ids=[n for n, _ in PICTURES])
def test_every_picture_is_what_its_address_answers(name: str, address: str) -> None:
    drawn = draw_sheet() if name == SHEET else ask(address)

    kept, found = (
        np.asarray(Image.open(source).convert("RGBA"), int)
        for source in (FOLDER / name, io.BytesIO(drawn))
    )
    assert kept.shape == found.shape
    # Another PROJ may take another pixel here and there, another FreeType other grey.
    assert (np.abs(kept - found).max(axis=2) > 8).mean() < 0.01


def test_there_is_no_picture_without_a_place_on_the_page() -> None:
    kept = {file.name: file.stat().st_size for file in FOLDER.iterdir()}

    assert set(kept) == {name for name, _ in PICTURES}
    assert sum(kept.values()) < LIMIT


def test_every_colormap_has_its_family() -> None:
    named = " ".join(FAMILIES.values()).split()

    assert len(named) == len(set(named))
    assert set(named) == {name for name in COLORMAP_NAMES if not name.endswith("_r")}


def test_the_bytes_of_the_formats_are_right() -> None:
    """But for what another version of a compressor makes of it."""
    rows = re.findall(r"^\| `(/[^`]+)` \|([\d, |]+)\|$", PAGE.read_text(), re.MULTILINE)

    assert len(rows) == 4
    for address, cells in rows:
        path, mark, query = address.partition("?")
        for form, cell in zip(FORMATS, cells.split("|"), strict=True):
            if cell.strip():
                size = len(ask(f"{path}.{form}{mark}{query}"))
                assert int(cell.replace(",", "")) == pytest.approx(size, rel=0.1), form
