from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
from PIL import Image

from raster_core.sources.warp.budget import MAX_PIXELS
from raster_core.tile.images.encode import MEDIA_TYPES, ImageFormat
from testing.client import Answer, event, get, invoke
from tests.cogs import Recipe, write_cog

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.grid import Window

# Over the Amazon, and over the Sierra Nevada.
FOREST = "/datasets/landcover/tiles/3/2/4"
MOUNTAINS = "/datasets/elevation/tiles/10/171/395"
PACIFIC = "/datasets/elevation/tiles/10/0/395"

# Over the synthetic rasters, at their native resolution.
SYNTHETIC = "tiles/7/67/45"

BROKEN = ("missing", "truncated", "html", "picture", "vrt", "empty")


def decode(answer: Answer) -> Image.Image:
    return decode_as(answer, "image/png")


def decode_as(answer: Answer, media_type: str) -> Image.Image:
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == media_type
    image = Image.open(io.BytesIO(answer.body))
    image.load()
    return image


def faulty_parameters(answer: Answer) -> list[str]:
    assert answer.status == 400
    return [error["parameter"] for error in answer.json()["errors"]]


def tile_pixel(lon: float, lat: float, *, zoom: int) -> tuple[str, int, int]:
    """z/x/y of the tile that holds a position, and the pixel in it."""
    x = (lon + 180) / 360 * 2**zoom
    y = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * 2**zoom
    col, row = int(x % 1 * 256), int(y % 1 * 256)
    return f"{zoom}/{int(x)}/{int(y)}", col, row


@pytest.mark.parametrize("suffix", ["", ".png"])
def test_a_tile_is_a_palette_png_whose_entry_0_is_transparent(suffix: str) -> None:
    image = decode(get(FOREST + suffix))

    assert image.mode == "P"
    assert image.size == (256, 256)
    assert image.info["transparency"] in (0, b"\0")


def test_a_class_is_drawn_in_its_colour(sample: Path) -> None:
    with rasterio.open(sample / "landcover_global_2019.tif") as file:
        (value,) = next(file.sample([(-60.03, -3.02)]))
    classes = json.loads((sample / "landcover_classes.json").read_text())
    # Zoom 11, where a pixel of the raster is 7 pixels of the tile.
    tile, col, row = tile_pixel(-60.03, -3.02, zoom=11)

    image = decode(get(f"/datasets/landcover/tiles/{tile}"))

    color = classes[str(value)]["color"]
    red, green, blue, alpha = image.convert("RGBA").getpixel((col, row))
    assert f"#{red:02x}{green:02x}{blue:02x}" == color
    assert alpha == 255


def test_rescale_and_colormap_set_the_colours() -> None:
    gray = decode(get(MOUNTAINS, "rescale=500,4000&colormap_name=gray")).convert("RGB")
    red, green, blue = np.moveaxis(np.asarray(gray), 2, 0)

    assert (red == green).all()
    assert (green == blue).all()
    assert get(MOUNTAINS, "rescale=500,4000").body != get(MOUNTAINS).body


def test_every_band_can_be_drawn() -> None:
    answers = [
        get(f"/datasets/grid/{SYNTHETIC}", f"bidx={band}&rescale=0,30000")
        for band in (1, 2)
    ]

    assert [answer.status for answer in answers] == [200, 200]
    assert decode(answers[0]).getbbox() is not None


def test_a_raster_of_one_value_is_drawn() -> None:
    image = decode(get(f"/datasets/flat/{SYNTHETIC}"))

    assert image.convert("RGBA").getextrema()[3][1] == 255


@pytest.mark.parametrize(
    ("address", "query", "side"),
    [
        ("", "", 256),
        ("", "tilesize=256", 256),
        ("", "tilesize=512", 512),
        ("@2x", "", 512),
        ("@2x.png", "", 512),
        ("@2x.png", "tilesize=512", 1024),
    ],
)
def test_the_size_is_the_tiles_times_the_scale(
    address: str, query: str, side: int
) -> None:
    drawn = decode(get(f"{MOUNTAINS}{address}", query))
    empty = decode(get(f"{PACIFIC}{address}", query))

    assert drawn.size == empty.size == (side, side)


def test_a_tile_of_twice_the_size_is_four_tiles() -> None:
    whole = decode(get("/datasets/landcover/tiles/3/2/4@2x", "rescale=0,255"))
    parts = [
        [
            decode(get(f"/datasets/landcover/tiles/4/{x}/{y}", "rescale=0,255"))
            for x in (4, 5)
        ]
        for y in (8, 9)
    ]

    joined = np.vstack(
        [np.hstack([np.asarray(p.convert("L")) for p in row]) for row in parts]
    )
    assert (joined == np.asarray(whole.convert("L"))).all()


@pytest.mark.parametrize(
    ("ending", "media_type", "mode"),
    [
        ("png", "image/png", "P"),
        ("webp", "image/webp", "RGBA"),
        ("jpg", "image/jpeg", "RGB"),
        ("jpeg", "image/jpeg", "RGB"),
    ],
)
def test_pictures_come_in_several_formats(
    ending: str, media_type: str, mode: str
) -> None:
    address = f"/datasets/grid/{SYNTHETIC}"
    query = "rescale=0,15000&colormap_name=viridis"
    image = decode_as(get(f"{address}.{ending}", query), media_type)
    png = decode(get(f"{address}.png", query)).convert("RGBA")

    assert image.mode == mode
    shown = np.asarray(png)[..., 3] > 0
    error = np.abs(
        np.asarray(image.convert("RGB")).astype(int) - np.asarray(png)[..., :3]
    )
    assert 0 < shown.mean() < 1
    assert error[shown].mean() < 12


@pytest.mark.parametrize(
    ("ending", "media_type", "corner"),
    [
        ("png", "image/png", (0, 0, 0, 0)),
        ("webp", "image/webp", (0, 0, 0, 0)),
        ("jpg", "image/jpeg", (255, 255, 255, 255)),
    ],
)
def test_an_empty_picture_shows_what_is_behind_it(
    ending: str, media_type: str, corner: tuple[int, ...]
) -> None:
    image = decode_as(get(f"{PACIFIC}.{ending}"), media_type).convert("RGBA")

    assert image.size == (256, 256)
    assert image.getextrema() == tuple((c, c) for c in corner)


def decode_npy(answer: Answer) -> tuple[np.ndarray, np.ndarray]:
    """Bands and the mask."""
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == MEDIA_TYPES[ImageFormat.NPY]
    stack = np.load(io.BytesIO(answer.body))
    return stack[:-1], stack[-1] == 255


def test_npy_has_the_stored_values_and_their_mask(catalogue: Path) -> None:
    values, mask = decode_npy(get(f"/datasets/grid/{SYNTHETIC}.npy", "bidx=2&bidx=1"))

    with rasterio.open(catalogue.parent / "grid.tif") as file:
        stored = set(np.unique(file.read()).tolist())
    assert values.shape == (2, 256, 256)
    assert values.dtype == np.int16
    assert set(np.unique(values[:, mask]).tolist()) <= stored - {-9999}
    assert (values[0, mask] == values[1, mask] + 1).all()
    assert 0 < mask.mean() < 1


@pytest.mark.parametrize("tile", [SYNTHETIC, "tiles/7/0/0"])
def test_npy_has_no_use_for_colours(tile: str) -> None:
    plain = decode_npy(get(f"/datasets/float/{tile}.npy"))
    bands = decode_npy(get(f"/datasets/grid/{tile}.npy", "bidx=1&bidx=2"))

    assert plain[0].dtype == np.float32
    assert len(bands[0]) == 2
    assert plain[1].any() == (tile == SYNTHETIC)


def test_nodata_of_the_request_hides_a_value() -> None:
    image = decode(get(f"/datasets/flat/{SYNTHETIC}", "nodata=7"))

    assert image.convert("RGBA").getextrema()[3] == (0, 0)


@pytest.mark.parametrize("kernel", ["nearest", "bilinear", "cubic", "average", "mode"])
def test_every_kernel_draws(kernel: str) -> None:
    address = "/datasets/elevation/tiles/9/85/197"
    drawn = decode(get(address, f"resampling={kernel}")).convert("RGBA")
    nearest = decode(get(address)).convert("RGBA")

    alpha, other = (np.asarray(image)[..., 3] > 0 for image in (drawn, nearest))
    assert (alpha == other).mean() > 0.95
    assert kernel == "nearest" or drawn.tobytes() != nearest.tobytes()


def test_an_expression_is_computed_from_the_bands() -> None:
    address = f"/datasets/grid/{SYNTHETIC}.npy"
    values, mask = decode_npy(get(address, "expression=b2-b1"))

    assert (values[:, mask] == 1).all()
    assert mask.any()


def test_an_expression_is_drawn() -> None:
    address = f"/datasets/grid/{SYNTHETIC}"
    image = decode(get(address, "expression=(b2-b1)*b1&rescale=0,15000"))
    plain = decode(get(address, "rescale=0,15000"))

    assert image.tobytes() == plain.tobytes()


@pytest.mark.parametrize(
    "query",
    [
        "rescale=0,30000",
        "rescale=0,30000&colormap_name=viridis",
        "rescale=-1e300,1e300",
        "rescale=0,1e-300",
        "colormap={%221%22:%22%23ff0000%22}",
        "colormap=[[[0,100],%22%23ff0000%22],[[100,null],[0,0,255,128]]]",
        "colormap={%22-5%22:%22%23fff%22,%22300%22:%22%23000%22}",
        "algorithm=hillshade",
        "algorithm=slope",
        "algorithm=terrainrgb",
        "expression=b1/0&rescale=0,1",
        "expression=sqrt(b1-1e9)&rescale=0,1",
        "expression=b1>100",
    ],
)
@pytest.mark.parametrize("dataset", ["float", "grid", "flat", "landcover"])
@pytest.mark.parametrize("ending", ["png", "webp"])
def test_no_combination_of_colours_and_types_fails(
    dataset: str, query: str, ending: str
) -> None:
    tile = SYNTHETIC if dataset != "landcover" else "tiles/3/2/4"
    answer = get(f"/datasets/{dataset}/{tile}.{ending}", query)

    assert answer.status == 200, answer.body
    assert decode_as(answer, f"image/{ending}").size == (256, 256)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "algorithm=hillshade",
        "algorithm=slope",
        "algorithm=terrainrgb",
        "expression=b1/0",
        "expression=sqrt(b1-1e9)",
        "expression=b1>100",
    ],
)
@pytest.mark.parametrize("dataset", ["float", "grid", "flat", "landcover"])
def test_no_combination_of_values_and_types_fails(dataset: str, query: str) -> None:
    tile = SYNTHETIC if dataset != "landcover" else "tiles/3/2/4"
    answer = get(f"/datasets/{dataset}/{tile}.npy", query)

    assert decode_npy(answer)[1].shape == (256, 256)


def test_three_bands_are_red_green_and_blue() -> None:
    query = "expression=b1;b2;b1&rescale=0,15000&rescale=0,15000&rescale=0,30000"
    image = decode(get(f"/datasets/grid/{SYNTHETIC}", query))
    red, _, blue, alpha = np.moveaxis(np.asarray(image.convert("RGBA")), 2, 0)

    shown = alpha > 0
    assert abs(red[shown].astype(int) - 2 * blue[shown].astype(int)).max() <= 2
    assert 0 < shown.mean() < 1


def test_a_hillshade_is_drawn() -> None:
    light = "algorithm=hillshade&algorithm_params={%22azimuth%22:AZ,%22altitude%22:15}"
    images = [decode(get(MOUNTAINS, light.replace("AZ", az))) for az in ("315", "135")]

    first, second = (np.asarray(i.convert("L")).astype(float) for i in images)
    assert first.std() > 20
    assert np.corrcoef(first.ravel(), second.ravel())[0, 1] < 0


def test_hillshades_of_neighbours_join() -> None:
    left, right = (
        np.asarray(
            decode(
                get(f"/datasets/elevation/tiles/11/{x}/791", "algorithm=hillshade")
            ).convert("L")
        ).astype(float)
        for x in (343, 344)
    )
    steps = np.abs(np.diff(np.hstack([left, right]), axis=1)).mean(axis=0)

    assert steps[255] < 1.2 * steps[235:275].max()


def test_a_slope_is_in_degrees() -> None:
    values, mask = decode_npy(get(f"{MOUNTAINS}.npy", "algorithm=slope"))

    assert values.dtype == np.float32
    assert 0 <= values[:, mask].min() < 5
    assert 40 < values[:, mask].max() < 90


def heights_of(image: Image.Image, encoding: str) -> np.ndarray:
    red, green, blue = np.moveaxis(np.asarray(image.convert("RGB")).astype(float), 2, 0)
    if encoding == "terrainrgb":
        return -10000 + 0.1 * (red * 65536 + green * 256 + blue)
    return red * 256 + green + blue / 256 - 32768


@pytest.mark.parametrize("encoding", ["terrainrgb", "terrarium"])
@pytest.mark.parametrize("ending", ["png", "webp"])
def test_heights_survive_their_encoding(encoding: str, ending: str) -> None:
    query = f"algorithm={encoding}&resampling=nearest"
    image = decode_as(get(f"{MOUNTAINS}.{ending}", query), f"image/{ending}")
    values, mask = decode_npy(get(f"{MOUNTAINS}.npy"))

    assert image.mode == "RGB"
    error = heights_of(image, encoding) - np.where(mask[None], values, 0)[0]
    assert np.abs(error).max() <= 0.05


@pytest.mark.parametrize("query", ["", "&tilesize=512"])
@pytest.mark.parametrize("tile", ["elevation/tiles/10/0/395", "hollow/tiles/9/270/182"])
def test_encoded_terrain_is_never_empty(tile: str, query: str) -> None:
    image = decode(get(f"/datasets/{tile}", f"algorithm=terrainrgb{query}"))

    assert image.size == ((512, 512) if "512" in query else (256, 256))
    assert image.mode == "RGB"
    assert np.abs(heights_of(image, "terrainrgb")).max() < 1e-6


@pytest.mark.parametrize("empty", ["204", "404"])
def test_encoded_terrain_has_no_status_of_its_own_where_it_is_empty(empty: str) -> None:
    answer = get(PACIFIC, f"algorithm=terrainrgb&empty={empty}")

    assert answer.status == 400
    (fault,) = answer.json()["errors"]
    assert fault["detail"] == (
        "empty cannot be combined with terrainrgb, whose tiles are never empty"
    )


@pytest.mark.parametrize(
    "query",
    ["rescale=0,30000", "colormap_name=viridis", "colormap={%221%22:%22%23f00%22}"],
)
@pytest.mark.parametrize(
    "path",
    [
        "/datasets/grid/tiles/7/67/45.npy",
        "/datasets/grid/preview.npy",
        "/datasets/grid/part.npy?bbox=10,45,11,46",
        "/datasets/grid/part.tif?bbox=10,45,11,46",
    ],
)
def test_values_are_not_given_out_for_colours(path: str, query: str) -> None:
    path, _, place = path.partition("?")

    answer = get(path, f"{place}&{query}")

    assert answer.status == 400
    (fault,) = answer.json()["errors"]
    assert fault["parameter"] == query.partition("=")[0]
    assert "holds values and no colours" in fault["detail"]


@pytest.mark.parametrize("tile", [MOUNTAINS, PACIFIC])
def test_jpeg_would_spoil_heights(tile: str) -> None:
    answer = get(f"{tile}.jpg", "algorithm=terrarium")

    assert answer.status == 400
    assert "png" in answer.json()["detail"]


def test_a_tile_beside_the_dataset_opens_nothing() -> None:
    assert get("/datasets/missing/tiles/7/0/0").status == 200
    assert get("/datasets/missing/tiles/7/0/0", "empty=204").status == 204
    assert get(f"/datasets/missing/{SYNTHETIC}").status == 502


def test_a_caller_that_has_the_tile_gets_no_body() -> None:
    tag = get(MOUNTAINS).headers["etag"]
    request = event("GET", MOUNTAINS, headers={"if-none-match": tag})

    assert invoke(request).status == 304
    assert get(MOUNTAINS, "resampling=cubic").headers["etag"] != tag
    assert (
        invoke(event("GET", MOUNTAINS, "rescale=x", headers=request["headers"])).status
        == 400
    )


def test_a_tile_off_the_raster_is_transparent_and_tiny() -> None:
    answer = get(PACIFIC)

    assert decode(answer).convert("RGBA").getextrema()[3] == (0, 0)
    assert len(answer.body) <= 116


def test_a_tile_without_data_is_transparent_too() -> None:
    answer = get(f"/datasets/hollow/tiles/{tile_pixel(10.2, 45.7, zoom=9)[0]}")

    assert decode(answer).convert("RGBA").getextrema()[3] == (0, 0)


def test_empty_204_has_no_body() -> None:
    answer = get(PACIFIC, "empty=204")

    assert answer.status == 204
    assert answer.body == b""


def test_empty_404_is_a_problem_document() -> None:
    answer = get(PACIFIC, "empty=404")

    assert answer.status == 404
    assert answer.json()["status"] == 404


def test_empty_does_not_touch_a_tile_with_data() -> None:
    assert get(MOUNTAINS, "empty=404").body == get(MOUNTAINS).body


@pytest.mark.parametrize(
    "address",
    [
        "31/0/0",
        "-1/0/0",
        "3/-1/3",
        "3/3/-1",
        "3/8/0",
        "3/0/8",
        "0/1/0",
        "30/0/1073741824",
    ],
)
def test_a_tile_outside_the_matrix_is_not_found(address: str) -> None:
    answer = get(f"/datasets/landcover/tiles/{address}.png")

    assert answer.status == 404
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("address", "parameters"),
    [
        ("z/0/0", ["z"]),
        ("3/2.5/3", ["x"]),
        ("3/2/.png", ["y"]),
        ("3/2/@2x.png", ["y"]),
        ("3/2/3@3x.png", ["y"]),
        ("3/2/3@2x@2x", ["y"]),
        ("3/2/3@2X", ["y"]),
        ("3/2/3.", ["format"]),
        ("3/2/3.gif", ["format"]),
        ("3/2/3.PNG", ["format"]),
        ("3/2/3.tif", ["format"]),
        ("3/2/3.png.png", ["format"]),
        ("3/2/x.gif", ["format", "y"]),
        ("3/2/٣", ["y"]),
        ("3/1_0/3", ["x"]),
        ("1e1/0x1/ 1", ["z", "x", "y"]),
    ],
)
def test_what_is_no_whole_number_addresses_no_tile(
    address: str, parameters: list[str]
) -> None:
    answer = get(f"/datasets/landcover/tiles/{address}")

    assert faulty_parameters(answer) == parameters


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("rescal=0,1", "rescal"),
        ("url=https://example.org/a.tif", "url"),
        ("Rescale=0,1", "Rescale"),
        ("rescale=", "rescale"),
        ("rescale=5", "rescale"),
        ("rescale=low,high", "rescale"),
        ("rescale=1,2,3", "rescale"),
        ("rescale=nan,1", "rescale"),
        ("rescale=0,inf", "rescale"),
        ("rescale=0,1e999", "rescale"),
        ("rescale=5,5", "rescale"),
        ("rescale=9,1", "rescale"),
        ("bidx=0", "bidx"),
        ("bidx=-1", "bidx"),
        ("bidx=1.0", "bidx"),
        ("bidx=", "bidx"),
        (f"bidx={'9' * 5000}", "bidx"),
        ("colormap_name=nonsense", "colormap_name"),
        ("colormap_name=GRAY", "colormap_name"),
        ("resampling=lanczos", "resampling"),
        ("resampling=", "resampling"),
        ("resampling=mode&resampling=mode", "resampling"),
        ("colormap=red", "colormap"),
        ("nodata=none", "nodata"),
        ("nodata=infinity", "nodata"),
        ("expression=b1%2B", "expression"),
        ("expression=__import__(b1)", "expression"),
        ("algorithm=contours", "algorithm"),
        ("algorithm=slope&algorithm_params=[]", "algorithm_params"),
        ("algorithm_params={}", "algorithm_params"),
        ("algorithm=terrarium&rescale=0,1", "rescale"),
        ("tilesize=128", "tilesize"),
        ("tilesize=257", "tilesize"),
        ("tilesize=", "tilesize"),
        ("empty=500", "empty"),
        ("empty=200&empty=404", "empty"),
    ],
)
def test_a_bad_parameter_is_named(query: str, parameter: str) -> None:
    answer = get(f"{FOREST}.png", query)

    assert faulty_parameters(answer) == [parameter]
    assert parameter in answer.json()["errors"][0]["detail"]
    assert len(answer.body) < 1000


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("(b1-b1)/(b1+b1)", True),
        ("min(b1+b1,b1)", True),
        ("b1+b1", True),
        ("b1 %2B%2B", False),
        ("(b1", False),
        ("b1 and", False),
    ],
)
def test_a_plus_that_became_a_space_is_told_of(expression: str, told: bool) -> None:
    (error,) = get(FOREST, f"expression={expression}").json()["errors"]

    assert error["detail"].count("in a URL, write + as %2B") == told


def test_a_band_that_the_raster_lacks_is_refused() -> None:
    answer = get(FOREST, "bidx=99")

    assert answer.status == 400
    assert answer.json()["detail"] == "Band 99 is not one of 1 to 1"


@pytest.mark.parametrize(
    "query",
    [
        "bidx=swir",
        "expression=b1-b7",
        "bidx=1&bidx=2&rescale=0,1",
        "bidx=1&rescale=0,1&rescale=0,2",
        "color_formula=saturation+2",
        "colormap_name=gray&colormap={%221%22:%22%23fff%22}",
        "algorithm=slope&bidx=1&bidx=2",
        "algorithm=slope&expression=b1;b2",
    ],
)
def test_parameters_that_do_not_go_together_are_refused(query: str) -> None:
    answer = get(f"/datasets/grid/{SYNTHETIC}", query)

    assert answer.status == 400
    assert answer.json()["detail"]


def test_a_request_is_told_of_all_its_faults() -> None:
    answer = get(FOREST, "rescale=low&colormap_name=nonsense&bidx=0&empty=1&zoom=3")

    assert sorted(faulty_parameters(answer)) == [
        "bidx",
        "colormap_name",
        "empty",
        "rescale",
        "zoom",
    ]
    assert answer.json()["detail"] == "5 parameters are not valid"


def test_faults_of_the_path_and_of_the_query_are_told_together() -> None:
    answer = get("/datasets/landcover/tiles/3/two/3", "rescale=low")

    assert sorted(faulty_parameters(answer)) == ["rescale", "x"]


def test_an_unknown_dataset_is_not_found() -> None:
    answer = get("/datasets/atlantis/tiles/3/2/3.png")

    assert answer.status == 404
    assert answer.json()["detail"] == "There is no dataset 'atlantis'"


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_raster_is_a_bad_gateway_at_once(
    name: str, catalogue: Path, read_windows: list[Window]
) -> None:
    answer = get(f"/datasets/{name}/{SYNTHETIC}")

    assert answer.status == 502
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(read_windows) <= 2  # once more of the file opened again
    text = answer.body.decode()
    assert str(catalogue.parent) not in text
    assert ".tif" not in text
    assert "Traceback" not in text


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_raster_leaves_the_others_alone(name: str) -> None:
    get(f"/datasets/{name}/{SYNTHETIC}")

    assert get(f"/datasets/grid/{SYNTHETIC}").status == 200


def test_a_raster_that_appears_is_served_by_the_next_request(catalogue: Path) -> None:
    path = catalogue.parent / "missing.tif"
    before = get(f"/datasets/missing/{SYNTHETIC}")
    write_cog(path, Recipe())
    try:
        after = get(f"/datasets/missing/{SYNTHETIC}")
    finally:
        path.unlink()

    assert (before.status, after.status) == (502, 200)


def test_a_tile_beyond_its_reading_budget_is_refused_unread(
    read_windows: list[Window],
) -> None:
    answer = get("/datasets/huge/tiles/0/0/0.png")

    assert answer.status == 413
    assert str(MAX_PIXELS) in answer.json()["detail"]
    assert read_windows == []


def test_a_fine_tile_of_the_same_raster_is_within_it() -> None:
    tile, *_ = tile_pixel(0.1, 19.9, zoom=12)

    image = decode(get(f"/datasets/huge/tiles/{tile}", "rescale=0,255"))

    assert len(image.getcolors()) > 50


def test_one_band_three_times_is_a_grey_picture() -> None:
    path = "/datasets/grid/tiles/7/67/46.png"
    query = "&".join(["bidx=1"] * 3 + ["rescale=0,150"] * 3)

    answer = get(path, query)

    assert answer.status == 200, answer.body
    picture = np.asarray(Image.open(io.BytesIO(answer.body)).convert("RGB"))
    assert (picture[..., 0] == picture[..., 1]).all()
    assert (picture[..., 1] == picture[..., 2]).all()
