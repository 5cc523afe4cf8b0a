"""Images of a raster in Python: formats, what they are as values, and bad keywords."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image as Pillow

from raster_core.errors import NotFoundError, RequestError
from tests.cogs import Recipe, write_cog
from tests.package.rasters import raster_of

if TYPE_CHECKING:
    from pathlib import Path

    from rasterlet.raster import Raster

TILE = (7, 67, 45)


@pytest.fixture
def raster(tmp_path: Path) -> Raster:
    """Two bands from 10 to 12 degrees east and 45.5 to 47 north."""
    write_cog(tmp_path / "grid.tif", Recipe(bands=2))
    return raster_of(tmp_path / "grid.tif")


def pixels(image: Any) -> np.ndarray:
    return np.asarray(Pillow.open(io.BytesIO(image)).convert("RGBA"))


def test_a_tile_is_an_image_of_the_size_asked_for(raster: Raster):
    drawn = pixels(raster.tile(*TILE, size=300))

    assert drawn.shape == (300, 300, 4)
    assert drawn[..., 3].any()


def test_a_tile_beside_the_raster_is_transparent(raster: Raster):
    assert not pixels(raster.tile(7, 0, 0))[..., 3].any()


def test_a_preview_is_the_whole_raster(raster: Raster):
    height, width = raster.dataset.grid.shape

    drawn = pixels(raster.preview(max_size=50))

    assert max(drawn.shape[:2]) == 50
    assert drawn.shape[0] / drawn.shape[1] == pytest.approx(height / width, rel=0.05)


def test_numbers_of_numpy_are_numbers(raster: Raster):
    given = raster.tile(
        *map(np.int64, TILE),
        bands=np.array([2]),
        nodata=np.int16(7),
        rescale=np.array([0.0, 9000.0]),
        size=np.int32(256),
    )

    assert given == raster.tile(*TILE, bands=2, nodata=7, rescale=(0, 9000))


def test_what_is_opened_is_what_is_drawn(raster: Raster):
    second = replace(raster, source=replace(raster.source, bands=(2,)))

    assert second.tile(*TILE) == raster.tile(*TILE, bands=2)
    assert second.tile(*TILE, bands=1) == raster.tile(*TILE, bands=1)
    assert second.tile(*TILE, nodata=7) == raster.tile(*TILE, bands=2, nodata=7)


def test_an_own_nodata_also_counts_for_bands_that_are_named(raster: Raster):
    west = replace(raster, source=replace(raster.source, nodata=7))

    assert west.tile(*TILE, bands=2) == raster.tile(*TILE, bands=2, nodata=7)


def test_none_is_as_good_as_nothing(raster: Raster):
    named = dict.fromkeys(("bands", "rescale", "colormap", "algorithm", "nodata"))

    assert raster.tile(*TILE, **named) == raster.tile(*TILE)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"bands": 3}, "Band 3 is not one of 1 to 2"),
        ({"bands": 1.5}, "bands 1.5 is not a band's number from 1 or its name"),
        ({"bands": True}, "bands True is not"),
        ({"bands": []}, "bands is empty; leave it out"),
        ({"bands": [1] * 65}, "bands has 65 bands, which exceeds 64"),
        ({"bands": (1, 2)}, "2 bands cannot be drawn, only one, or three"),
        (
            {"expression": "b1;b2"},
            "three as red, green and blue; choose them with expression",
        ),
        ({"bands": 1, "expression": "b1"}, "expression and bands exclude each other"),
        ({"expression": 5}, "expression 5 is not text"),
        ({"expression": "b1+"}, "In the expression"),
        ({"nodata": "none"}, "nodata 'none' is not a number"),
        ({"nodata": 10**400}, "nodata 1000"),
        ({"rescale": (5, 1)}, "rescale (5, 1) is not (min, max) with min < max"),
        ({"rescale": (0, 10**400)}, "rescale (0, 1000"),
        ({"rescale": (0, float("nan"))}, "rescale (0, nan) is not"),
        ({"rescale": "0,5"}, "rescale '0,5' is not"),
        ({"rescale": 5}, "rescale 5 is not"),
        ({"rescale": [(0, 1), (0, 2)]}, "2 rescale are given for one band"),
        ({"colormap_name": "virids"}, "did you mean viridis"),
        ({"colormap_name": ["gray"]}, "colormap_name ['gray'] is not a colormap"),
        ({"colormap": {1: "red"}}, 'colormap colour "red" is not'),
        ({"colormap": {1: object()}}, "colormap {'1': <object"),
        ({"colormap": 5}, "colormap is not an object of colours"),
        (
            {"colormap": {1: "#fff"}, "colormap_name": "gray"},
            "colormap and colormap_name exclude each other",
        ),
        (
            {"bands": [1, 2, 1], "colormap_name": "gray"},
            "A colormap needs one band, not 3; choose it with bands",
        ),
        ({"color_formula": 2}, "color_formula 2 is not text"),
        ({"color_formula": "blur 2"}, "color_formula 'blur 2' is not operations"),
        ({"resampling": "lanczos"}, "resampling 'lanczos' is not one of nearest,"),
        ({"algorithm": "aspect"}, "algorithm 'aspect' is not one of hillshade,"),
        ({"algorithm": ["slope"]}, "algorithm ['slope'] is not one of"),
        ({"algorithm_params": {}}, "algorithm_params needs algorithm"),
        (
            {"algorithm": "hillshade", "algorithm_params": {"azimuth": 999}},
            "is not a mapping of azimuth (0 to 360)",
        ),
        (
            {"algorithm": "hillshade", "algorithm_params": [1]},
            "algorithm_params [1] is not a mapping of azimuth",
        ),
        (
            {"algorithm": "slope", "bands": (1, 2)},
            "slope takes one band of heights, not 2; choose it with bands",
        ),
        (
            {"algorithm": "terrarium", "rescale": (0, 1)},
            "rescale cannot be combined with terrarium, whose colours are fixed",
        ),
        ({"algorithm": "terrarium", "format": "jpg"}, "jpg"),
        ({"format": "gif"}, "format 'gif' is not one of png, webp, jpg, npy, jpeg"),
        ({"format": "tif"}, "format 'tif' is not one of"),
        (
            {"format": "npy", "colormap_name": "gray"},
            "colormap_name cannot be combined with npy, which holds values",
        ),
        ({"size": 0}, "size 0 is not a whole number from 1 to 2048"),
        ({"size": 4096}, "size 4096 is not"),
        ({"size": 256.0}, "size 256.0 is not a whole number"),
    ],
)
def test_a_bad_keyword_is_named_with_its_value_and_what_it_takes(
    raster: Raster, keywords: dict[str, Any], message: str
):
    with pytest.raises(RequestError, match=re.escape(message)):
        raster.tile(*TILE, **keywords)


def test_no_tile_is_beyond_the_matrix(raster: Raster):
    with pytest.raises(NotFoundError, match="Tile 2/0 is outside 0 to 1 of zoom 1"):
        raster.tile(1, 2, 0)
    with pytest.raises(RequestError, match=r"z 1\.5 is not a whole number"):
        raster.tile(1.5, 0, 0)  # type: ignore[arg-type]


def test_a_misspelt_keyword_is_refused_as_python_does(raster: Raster):
    with pytest.raises(
        TypeError, match=r"rescal is not a keyword .* did you mean rescale"
    ):
        raster.tile(*TILE, rescal=(0, 1))  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"max_size": 9, "width": 9}, "max_size and width or height exclude"),
        ({"width": 0}, "width 0 is not a whole number from 1 to 2048"),
        ({"crs": "EPSG:0"}, "EPSG:0"),
        ({"format": "tif", "rescale": (0, 1)}, "rescale cannot be combined with tif"),
    ],
)
def test_a_bad_part_is_refused(raster: Raster, keywords: dict[str, Any], message: str):
    with pytest.raises(RequestError, match=re.escape(message)):
        raster.part((10.2, 45.6, 10.9, 46), **keywords)


def test_bounds_have_an_order(raster: Raster):
    with pytest.raises(RequestError, match="bounds"):
        raster.part((10.2, 46, 10.9, 45))


def test_an_image_is_bytes(raster: Raster, tmp_path: Path):
    image = raster.preview(max_size=20)

    assert bytes(image) == image.data == b"".join([image])
    assert len(image) == len(image.data)
    assert image.save(tmp_path / "a.png").read_bytes() == image.data
    assert image.save(str(tmp_path / "no suffix")).read_bytes() == image.data
    assert repr(image) == f"<Image: png, {len(image.data):,} bytes>"


def test_a_file_is_not_named_like_another_format(raster: Raster, tmp_path: Path):
    image = raster.preview(max_size=20)

    with pytest.raises(RequestError, match=r"'a\.JPEG' would hold png; draw with"):
        image.save(tmp_path / "a.JPEG")
    assert not (tmp_path / "a.JPEG").exists()


def test_an_npy_has_the_stored_values(raster: Raster):
    image = raster.preview(max_size=20, format="npy", bands=[1, 2])

    assert np.load(io.BytesIO(image)).shape[0] == 3


def test_notebooks_show_an_image(raster: Raster):
    png, jpg, webp, npy = (
        raster.preview(max_size=20, format=form)
        for form in ("png", "jpg", "webp", "npy")
    )

    assert (png._repr_png_(), png._repr_jpeg_(), png._repr_html_()) == (
        png.data,
        None,
        None,
    )
    assert (jpg._repr_png_(), jpg._repr_jpeg_()) == (None, jpg.data)
    assert "data:image/webp;base64," in (webp._repr_html_() or "")
    assert npy._repr_png_() is npy._repr_jpeg_() is npy._repr_html_() is None
