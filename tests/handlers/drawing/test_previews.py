from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.io import MemoryFile
from rasterio.warp import transform_bounds

from testing.client import Answer, event, get, invoke
from tests.cogs import NODATA

if TYPE_CHECKING:
    from pathlib import Path

GRID = "/datasets/grid"

# The grid of the synthetic rasters: 200 x 150 pixels of 0.01 degrees from 10 E, 46.5 N.
BOX = "bbox=10.5,45.5,11,46"


def decode(answer: Answer, media_type: str = "image/png") -> Image.Image:
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == media_type
    image = Image.open(io.BytesIO(answer.body))
    image.load()
    return image


def decode_npy(answer: Answer) -> tuple[np.ndarray, np.ndarray]:
    assert answer.status == 200, answer.body
    stack = np.load(io.BytesIO(answer.body))
    return stack[:-1], stack[-1] == 255


def faulty_parameters(answer: Answer) -> list[str]:
    assert answer.status == 400
    return [error["parameter"] for error in answer.json()["errors"]]


def stored(catalogue: Path, name: str = "grid") -> np.ndarray:
    with rasterio.open(catalogue.parent / f"{name}.tif") as file:
        values: np.ndarray = file.read()
        return values


@pytest.mark.parametrize(
    ("route", "ending", "media_type"),
    [
        (route, ending, media_type)
        for route in ("preview", "part")
        for ending, media_type in (
            ("png", "image/png"),
            ("webp", "image/webp"),
            ("jpg", "image/jpeg"),
            ("jpeg", "image/jpeg"),
        )
    ],
)
def test_images_come_in_several_formats(
    route: str, ending: str, media_type: str
) -> None:
    query = f"rescale=0,15000&{BOX if route == 'part' else ''}"
    image = decode(get(f"{GRID}/{route}.{ending}", query), media_type)

    assert image.size == ((50, 50) if route == "part" else (200, 150))
    assert len(np.unique(np.asarray(image.convert("L")))) > 20


def test_a_preview_shows_every_pixel_of_a_small_raster(catalogue: Path) -> None:
    values, mask = decode_npy(get(f"{GRID}/preview.npy", "bidx=1&bidx=2"))

    expected = stored(catalogue)
    assert (mask == (expected[0] != NODATA)).all()
    assert (values[:, mask] == expected[:, mask]).all()


@pytest.mark.parametrize(
    ("max_size", "size"), [("100", (100, 75)), ("1", (1, 1)), ("2048", (200, 150))]
)
def test_a_preview_is_at_most_as_large_as_asked(
    max_size: str, size: tuple[int, int]
) -> None:
    image = decode(get(f"{GRID}/preview.png", f"rescale=0,9&max_size={max_size}"))

    assert image.size == size


def test_a_preview_of_a_large_raster_comes_from_its_overviews() -> None:
    image = decode(get("/datasets/landcover/preview.png"))

    assert max(image.size) == 1024
    assert len(image.getcolors()) > 5


def test_a_preview_takes_the_kernel_asked_for() -> None:
    images = [
        decode(get("/datasets/elevation/preview.png", f"max_size=90&resampling={name}"))
        for name in ("nearest", "average")
    ]

    assert images[0].size == images[1].size
    assert images[0].tobytes() != images[1].tobytes()


def test_a_preview_beyond_its_reading_budget_is_refused() -> None:
    assert get("/datasets/huge/preview.png", "rescale=0,1").status == 413


@pytest.mark.parametrize("route", ["preview", "part"])
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("max_size=0", ["max_size"]),
        ("max_size=2049", ["max_size"]),
        ("max_size=1e3", ["max_size"]),
        ("rescale=1", ["rescale"]),
        ("tilesize=512", ["tilesize"]),
        ("resampling=sinc&algorithm=x", ["resampling", "algorithm"]),
    ],
)
def test_a_bad_parameter_is_named(route: str, query: str, names: list[str]) -> None:
    answer = get(f"{GRID}/{route}.png", f"{query}&{BOX if route == 'part' else ''}")

    assert sorted(faulty_parameters(answer)) == sorted(names)


@pytest.mark.parametrize(
    ("route", "ending"), [("preview", "tiff"), ("preview", "gif"), ("part", "PNG")]
)
def test_another_format_is_refused(route: str, ending: str) -> None:
    answer = get(f"{GRID}/{route}.{ending}", BOX if route == "part" else "")

    assert faulty_parameters(answer) == ["format"]


def test_a_part_as_geotiff_has_the_stored_pixels_in_their_place(
    catalogue: Path,
) -> None:
    answer = get(f"{GRID}/part.tif", f"{BOX}&bidx=1&bidx=2")

    assert answer.headers["content-type"] == "image/tiff; application=geotiff"
    with MemoryFile(answer.body) as memory, memory.open() as file:
        assert file.crs.to_epsg() == 4326
        assert file.shape == (50, 50)
        assert tuple(file.bounds) == pytest.approx((10.5, 45.5, 11, 46))
        assert file.nodata == NODATA
        assert (file.read() == stored(catalogue)[:, 50:100, 50:100]).all()


def test_a_geotiff_holds_every_pixel_that_the_box_touches(catalogue: Path) -> None:
    answer = get(f"{GRID}/part.tif", "bbox=10.501,45.501,10.999,45.999")

    with MemoryFile(answer.body) as memory, memory.open() as file:
        assert (file.read() == stored(catalogue)[:1, 50:100, 50:100]).all()


@pytest.mark.parametrize(
    ("query", "shape"),
    [("max_size=20", (20, 20)), ("width=30", (30, 30)), ("width=8&height=4", (4, 8))],
)
def test_a_geotiff_has_the_size_asked_for(query: str, shape: tuple[int, int]) -> None:
    answer = get(f"{GRID}/part.tif", f"{BOX}&{query}")

    with MemoryFile(answer.body) as memory, memory.open() as file:
        assert file.shape == shape
        assert tuple(file.bounds) == pytest.approx((10.5, 45.5, 11, 46))


def test_a_geotiff_comes_in_another_crs() -> None:
    answer = get(f"{GRID}/part.tif", f"{BOX}&crs=EPSG:3857&resampling=bilinear")

    with MemoryFile(answer.body) as memory, memory.open() as file:
        assert file.crs.to_epsg() == 3857
        expected = transform_bounds("EPSG:4326", "EPSG:3857", 10.5, 45.5, 11, 46)
        assert tuple(file.bounds) == pytest.approx(expected)
        assert abs(file.width - 50) <= 1
        assert abs(file.height - 50 / math.cos(math.radians(45.75))) <= 1
        assert (file.read() != NODATA).mean() > 0.9


def test_a_geotiff_of_an_algorithm_has_its_values() -> None:
    answer = get(
        "/datasets/elevation/part.tif", "bbox=-119.7,37.7,-119.6,37.75&algorithm=slope"
    )

    with MemoryFile(answer.body) as memory, memory.open() as file:
        values = file.read(masked=True)
        assert file.dtypes == ("float32",)
        assert file.descriptions == ("slope",)
        assert 30 < values.max() < 90


def test_a_geotiff_too_large_for_an_answer_is_refused_before_it_is_read() -> None:
    answer = get("/datasets/huge/part.tif", "bbox=0,0,20,20")

    assert answer.status == 413
    assert "max_size" in answer.json()["detail"]


def test_a_box_may_be_in_any_crs() -> None:
    box = transform_bounds("EPSG:4326", "EPSG:3857", 10.5, 45.5, 11, 46)
    text = ",".join(map(str, box))
    query = f"bbox={text}&bbox_crs=EPSG:3857&crs=EPSG:4326&rescale=0,15000"

    turned = decode(get(f"{GRID}/part.png", query))
    plain = decode(get(f"{GRID}/part.png", f"{BOX}&rescale=0,15000"))

    assert turned.size == plain.size
    assert (np.asarray(turned) == np.asarray(plain)).mean() > 0.95


def test_a_box_over_the_antimeridian_is_a_narrow_one() -> None:
    query = "bbox=179,-17,-179,-16&max_size=200"
    image = decode(get("/datasets/landcover/part.png", query))

    assert image.size[0] == 2 * image.size[1]


def test_a_box_beside_the_raster_is_transparent() -> None:
    image = decode(get(f"{GRID}/part.png", "bbox=-60,-10,-59,-9&rescale=0,1"))

    assert image.size == (100, 100)
    assert image.convert("RGBA").getextrema()[3] == (0, 0)


def test_a_box_that_leaves_the_raster_keeps_its_place() -> None:
    image = decode(get(f"{GRID}/part.png", "bbox=9,45,11,46&rescale=0,30000"))

    alpha = np.asarray(image.convert("RGBA"))[..., 3]
    assert image.size == (200, 100)
    assert (alpha[:, :100] == 0).all()
    assert (alpha[:, 100:] > 0).mean() > 0.9


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["bbox"]),
        ("bbox=", ["bbox"]),
        ("bbox=1,2,3", ["bbox"]),
        ("bbox=1,2,3,4,5", ["bbox"]),
        ("bbox=1,2,3,x", ["bbox"]),
        ("bbox=1,2,3,nan", ["bbox"]),
        ("bbox=1,2,1,3", ["bbox"]),
        ("bbox=1,3,2,2", ["bbox"]),
        ("bbox=0,-91,1,0", ["bbox"]),
        ("bbox=-180,0,181,1", ["bbox"]),
        ("bbox=541,0,542,1", ["bbox"]),
        ("bbox=5,0,4,1&bbox_crs=EPSG:3857", ["bbox"]),
        ("bbox=0,0,1,1&bbox=0,0,2,2", ["bbox"]),
        (f"{BOX}&bbox_crs=WGS84", ["bbox_crs"]),
        (f"{BOX}&crs=EPSG:999999", ["crs"]),
        (f"{BOX}&crs=%2Bproj=utm%20%2Bzone=33", ["crs"]),
        (f"{BOX}&crs=EPSG:30100", ["crs"]),
        (f"{BOX}&crs=/etc/passwd", ["crs"]),
        (f"{BOX}&width=0", ["width"]),
        (f"{BOX}&height=2049", ["height"]),
        (f"{BOX}&width=5&max_size=5", ["max_size"]),
    ],
)
def test_a_place_that_is_none_is_a_fault(query: str, names: list[str]) -> None:
    answer = get(f"{GRID}/part.png", query)

    assert faulty_parameters(answer) == names
    assert names[0] in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        ("bbox=37.6,-119.6,37.9,-119.3", "south < north and both within 90"),
        ("bbox=1,3,2,2", "south < north"),
        ("bbox=5,0,4,1&bbox_crs=EPSG:3857", "left < right and bottom < top"),
    ],
)
def test_a_box_that_is_none_is_told_the_rule(query: str, rule: str) -> None:
    (error,) = get(f"{GRID}/part.png", query).json()["errors"]

    assert rule in error["detail"]


def test_a_box_that_the_crs_does_not_have_is_refused() -> None:
    answer = get(f"{GRID}/part.png", "bbox=-180,-90,180,-80&crs=EPSG:3413")

    assert answer.status == 400
    assert "EPSG:3413" in answer.json()["detail"]


@pytest.mark.parametrize("route", ["preview", "part"])
def test_heights_as_colours_do_not_come_as_jpeg(route: str) -> None:
    query = f"algorithm=terrainrgb&{BOX if route == 'part' else ''}"

    assert get(f"{GRID}/{route}.jpg", query).status == 400
    assert get(f"{GRID}/{route}.png", query).status == 200


@pytest.mark.parametrize("route", ["preview.png", "part.tif"])
def test_a_caller_that_has_the_image_gets_no_body(route: str) -> None:
    query = BOX if "part" in route else "rescale=0,1"
    tag = get(f"{GRID}/{route}", query).headers["etag"]

    request = event("GET", f"{GRID}/{route}", query, headers={"if-none-match": tag})

    assert invoke(request).status == 304


@pytest.mark.parametrize("route", ["preview.png", f"part.png?{BOX}"])
@pytest.mark.parametrize("name", ["missing", "truncated", "html", "picture", "vrt"])
def test_a_broken_raster_is_a_bad_gateway(route: str, name: str) -> None:
    path, _, query = route.partition("?")

    assert get(f"/datasets/{name}/{path}", query).status == 502


def test_an_unknown_dataset_is_not_found() -> None:
    assert get("/datasets/atlantis/preview.png").status == 404
    assert get("/datasets/atlantis/part.png", BOX).status == 404


def test_a_band_may_not_be_asked_for_without_end() -> None:
    answer = get("/datasets/grid/part.npy", "&".join(["bidx=1"] * 65))

    assert answer.status == 400
    assert "65" in answer.body.decode()


def test_a_number_beyond_all_floats_is_a_fault_and_no_failure() -> None:
    query = f"algorithm=hillshade&algorithm_params=%7B%22azimuth%22%3A1{'0' * 400}%7D"

    assert get("/datasets/elevation/preview.png", query).status == 400
