"""Images of rasters with nodata in single channels, and with partial alpha."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from PIL import Image

from handlers.catalogue import store
from raster_core.ingest.item import ItemOptions, describe_raster
from raster_core.sources.file.cog import forget
from testing.client import Answer, get
from tests.handlers.catalogues import write_catalogue

if TYPE_CHECKING:
    from pathlib import Path

SIDE = 64
BOX = "bbox=10,46,10.64,46.64"


@pytest.fixture
def serve(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A writer of a raster of bytes, served as ``scene``."""

    def serve(values: np.ndarray, nodata: float | None = None) -> None:
        path = folder / "scene.tif"
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            width=SIDE,
            height=SIDE,
            count=len(values),
            dtype="uint8",
            crs="EPSG:4326",
            transform=Affine(0.01, 0, 10, 0, -0.01, 46.64),
            nodata=nodata,
            photometric="RGB" if len(values) > 2 else "MINISBLACK",
            alpha="YES" if len(values) in (2, 4) else "NO",
        ) as file:
            file.write(values.astype(np.uint8))
        item = describe_raster(path, ItemOptions(id="scene", href=path.name))
        forget(str(path))
        write_catalogue(folder, [item])
        monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
        store._kept.clear()

    return serve


def pixels(answer: Answer) -> np.ndarray:
    assert answer.status == 200, answer.body
    return np.asarray(Image.open(io.BytesIO(answer.body)).convert("RGBA"))


def red_beside_water() -> np.ndarray:
    values = np.empty((3, SIDE, SIDE))
    values[:, :, : SIDE // 2] = np.array([200, 0, 0])[:, None, None]
    values[:, :, SIDE // 2 :] = np.array([0, 13, 40])[:, None, None]
    values[:, :8] = 0
    return values


@pytest.mark.parametrize("path", ["preview.png", f"part.png?{BOX}&width=64"])
def test_dark_water_is_no_hole(serve: Any, path: str):
    serve(red_beside_water(), nodata=0)

    drawn = pixels(get(*f"/datasets/scene/{path}?".split("?")[:2]))

    assert drawn[20, 10].tolist() == [200, 0, 0, 255]
    assert drawn[20, 50].tolist() == [0, 13, 40, 255]
    assert not drawn[:8].any()


def test_colours_blend_into_a_channel_of_nodata(serve: Any):
    serve(red_beside_water(), nodata=0)

    query = f"{BOX}&width=640&resampling=bilinear"
    drawn = pixels(get("/datasets/scene/part.png", query))

    across = drawn[400, 310:330, 0].astype(int)
    assert (np.diff(across) <= 0).all()
    assert ((across > 20) & (across < 180)).sum() >= 5
    assert (drawn[400, :, 3] == 255).all()


def test_another_nodata_value_is_a_colour_too(serve: Any):
    serve(red_beside_water())

    drawn = pixels(get("/datasets/scene/preview.png", "nodata=0"))

    assert drawn[20, 50].tolist() == [0, 13, 40, 255]
    assert not drawn[:8].any()


@pytest.mark.parametrize("colors", [1, 3])
def test_every_format_has_the_alpha_of_the_raster(serve: Any, colors: int):
    alpha = np.tile(np.arange(SIDE) * 4, (SIDE, 1))
    values = np.stack([*[np.full((SIDE, SIDE), 100)] * colors, alpha])
    serve(values)
    bands = "&".join(f"bidx={n}" for n in range(1, colors + 1))

    for form in ("png", "webp"):
        for route in ("preview.{}?", f"part.{{}}?{BOX}&width=64&"):
            path, query = f"/datasets/scene/{route.format(form)}{bands}".split("?")
            assert (pixels(get(path, query))[..., 3] == alpha).all()
    jpg = pixels(get("/datasets/scene/preview.jpg", f"{bands}&rescale=0,255"))
    assert jpg[30, 2, 0] > jpg[30, 32, 0] > jpg[30, 62, 0] + 20
    stack = np.load(io.BytesIO(get("/datasets/scene/preview.npy", bands).body))
    assert (stack[-1] == alpha).all()
    tif = get("/datasets/scene/part.tif", f"{BOX}&{bands}").body
    with rasterio.MemoryFile(tif) as memory, memory.open() as file:
        assert file.colorinterp[-1].name == "alpha"
        assert (file.read(colors + 1) == alpha).all()
    counted = get("/datasets/scene/statistics", "stats=valid_pixels").json()
    figures = counted["properties"]["statistics"]["b1"]
    assert figures["valid_pixels"] == (alpha > 0).sum()


def test_a_hillshade_is_as_opaque_as_its_heights(serve: Any):
    alpha = np.tile(np.arange(SIDE) * 4, (SIDE, 1))
    serve(np.stack([np.arange(SIDE * SIDE).reshape(SIDE, SIDE) % 97, alpha]))

    drawn = pixels(get("/datasets/scene/preview.png", "algorithm=hillshade"))

    assert np.abs(drawn[..., 3].astype(int) - alpha).max() <= 1
