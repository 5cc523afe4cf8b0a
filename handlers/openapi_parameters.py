"""Every parameter of the API, as OpenAPI has it.

A key is the parameter's name; where a route gives a name its own meaning, a colon and a
word follow. What code knows (choices, limits) is taken from the code.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.layers import MAX_BANDS
from handlers.openapi_kinds import (
    Parameter,
    choice,
    flag,
    integer,
    many,
    number,
    text,
)
from raster_core.expr import MAX_EXPRESSIONS, MAX_LENGTH
from raster_core.raster import Resampling
from raster_core.source.colormap_fields import NAME_PATTERN
from raster_core.tile.algorithms import PARAMETERS as ALGORITHMS
from raster_core.tile.colormap import MAX_ENTRIES
from raster_core.tile.ramps import COLORMAP_NAMES
from raster_core.tile.tms import MAX_ZOOM
from raster_core.zonal.cost import MAX_TOUCHED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raster_core.documents import Json

STATISTICS = (
    "valid_pixels",
    "masked_pixels",
    "count",
    "valid_percent",
    "min",
    "max",
    "mean",
    "sum",
    "std",
    "variance",
    "median",
    "majority",
    "minority",
    "unique",
    "histogram",
    "categories",
    "area_m2",
    "area_weighted_mean",
    "covered_percent",
    "planar_area",
)
"""What ``stats`` may name; a test holds it against the engine."""


_NUMBER = r"-?[0-9]*\.?[0-9]+([eE][+-]?[0-9]+)?"
_RANGE: Json = {"type": "string", "pattern": f"^{_NUMBER},{_NUMBER}$"}
_RESCALE: Json = {"type": "string", "pattern": f"^(auto|{_NUMBER},{_NUMBER})$"}
_NAME: Json = {"type": "string", "pattern": f"^{NAME_PATTERN.pattern}$"}
_BOX: Json = {"type": "string", "pattern": f"^{_NUMBER}(,{_NUMBER}){{3}}$"}
_BAND: Json = {
    "anyOf": [{"type": "integer", "minimum": 1, "maximum": 65535}, {"type": "string"}]
}

PATH: Mapping[str, Parameter] = {
    "id": Parameter("The dataset's id in the catalogue.", text(), "elevation"),
    "z": Parameter("The zoom.", integer(0, MAX_ZOOM), 10),
    "x": Parameter(
        "The tile's column, from the west.", integer(0, 2**MAX_ZOOM - 1), 171
    ),
    "y": Parameter(
        "The tile's row, from the north; `@2x` doubles the pixels, and an extension "
        "names the format: `.png` (default), `.webp`, `.jpg` or `.npy`.",
        {"type": "string", "pattern": r"^[0-9]+(@2x)?(\.(png|webp|jpe?g|npy))?$"},
        "395.png",
    ),
    "name": Parameter(
        "A colour map.", {"anyOf": [choice(*COLORMAP_NAMES), _NAME]}, "viridis"
    ),
    "format": Parameter(
        "What the pixels are written as.",
        choice("png", "webp", "jpg", "jpeg", "npy"),
        "png",
    ),
    "format:part": Parameter(
        "What the pixels are written as; `tif` is a GeoTIFF of the stored values.",
        choice("png", "webp", "jpg", "jpeg", "npy", "tif"),
        "png",
    ),
}

SOURCE: Mapping[str, Parameter] = {
    "bidx": Parameter(
        "Bands by number, from 1, or by name; commas may separate them.",
        many(_BAND, MAX_BANDS),
        [1],
    ),
    "expression": Parameter(
        f"Arithmetic on bands in place of `bidx`; up to {MAX_EXPRESSIONS} expressions, "
        "separated by `;`.",
        {**text("(b1-b2)/(b1+b2)"), "maxLength": MAX_LENGTH},
    ),
    "nodata": Parameter(
        "Another stored value that is no data; `nan`: none is but NaN and infinities.",
        {"anyOf": [number(), choice("nan", "inf", "-inf")]},
    ),
}

RENDERING: Mapping[str, Parameter] = {
    **SOURCE,
    "rescale": Parameter(
        "`min,max`: the physical values of the first and the last colour; for all "
        "bands or for each. `auto` is the 2nd to the 98th percentile of the dataset's "
        "own values. Neither it nor a colour map goes with `npy` or `tif`.",
        many(_RESCALE),
        ["900,3900"],
    ),
    "colormap_name": Parameter(
        "A colour map by name; `/colormaps` shows them, also the catalogue's own.",
        {"anyOf": [choice(*COLORMAP_NAMES), _NAME]},
        "viridis",
    ),
    "colormap": Parameter(
        "A colour map as JSON: an object of colours by value, or a list of "
        f"`[[min, max], colour]`, up to {MAX_ENTRIES} of them.",
        text('{"1": "#ff0000"}'),
    ),
    "color_formula": Parameter(
        "What is done to brightness and colours after `rescale`: `gamma` and "
        "`sigmoidal` (contrast, bias) of some of R, G and B, `saturation` of all: "
        "`gamma RGB 1.8, saturation 1.2, sigmoidal RGB 5 0.35`.",
        text(),
        "gamma RGB 1.2",
    ),
    "resampling": Parameter(
        "How pixels are taken where grids differ.", choice(*Resampling)
    ),
    "algorithm": Parameter("What to draw from heights.", choice(*ALGORITHMS)),
    "algorithm_params": Parameter(
        "Its parameters, as a JSON object of numbers.", text('{"azimuth": 300}')
    ),
}

VERSION: Mapping[str, Parameter] = {
    "v": Parameter(
        "The version that a document names in its addresses. Images of the current one "
        "may be kept forever; what they show is always the current one.",
        {"type": "string", "pattern": r"^[A-Za-z0-9_.-]{1,64}$"},
    ),
}

TILE: Mapping[str, Parameter] = {
    "tilesize": Parameter(
        "Pixels of a tile, a side.", choice("256", "512", default="256")
    ),
    "empty": Parameter(
        "The status of a tile without data; 200 is a transparent image. Encoded "
        "terrain is never without.",
        choice("200", "204", "404", default="200"),
    ),
}

TILE_URL: Mapping[str, Parameter] = {
    "tile_format": Parameter(
        "What the tiles are written as.", choice("png", "webp", "jpg", default="png")
    ),
    "tile_scale": Parameter("2 for tiles with `@2x`.", choice("1", "2", default="1")),
}

COLORMAP: Mapping[str, Parameter] = {
    "width": Parameter("Pixels.", integer(1, 2048, 255)),
    "height": Parameter("Pixels.", integer(1, 512, 16)),
}

POINT: Mapping[str, Parameter] = {
    "lon": Parameter("Degrees.", number(-540, 540), -119.3, required=True),
    "lat": Parameter("Degrees.", number(-90, 90), 37.9, required=True),
}

ZONAL: Mapping[str, Parameter] = {
    "stats": Parameter(
        "Statistics by name; without it, all that one pass over the pixels yields.",
        many(choice(*STATISTICS)),
        ["mean", "count"],
    ),
    "coverage": Parameter(
        "Which cells count: each by the share covered, whole cells whose centre is "
        "inside, whole cells of which any share is.",
        choice("fraction", "centre", "all_touched", default="fraction"),
    ),
    "p": Parameter("Percentiles.", many(number(0, 100))),
    "histogram_bins": Parameter(
        "Bins of the histogram, which integers of up to 16 bits have.",
        integer(1, 256, 10),
    ),
    "histogram_range": Parameter("Its first and last edge, `min,max`.", _RANGE),
    "area_weighted": Parameter("Add the mean weighted by ground area.", flag()),
    "categorical": Parameter("Add a count of each value.", flag()),
    "unscale": Parameter(
        "Physical values, not stored ones; not with an expression or an overlay.",
        flag(default=True),
    ),
    "approximate": Parameter(
        "Over `max_pixels`, let an overview stand for what lies inside.", flag()
    ),
    "max_pixels": Parameter("A lower budget of pixels.", integer(1, MAX_TOUCHED)),
    "group_by": Parameter(
        "A dataset: the figures once more for each of its values.", text()
    ),
    "weights": Parameter("A dataset: mean and sum weighted by its values.", text()),
    "include_geometry": Parameter(
        "Give zones back with their figures; not with `f=csv`.", flag()
    ),
    "f": Parameter(
        "How the answer is written.",
        choice("geojson", "json", "ndjson", "csv", default="geojson"),
    ),
}

BBOX = Parameter(
    "`west,south,east,north` in degrees; west is greater than east over the "
    "antimeridian.",
    _BOX,
    "-119.6,37.6,-119.2,37.9",
)

CRS = Parameter(
    "The CRS of the body's coordinates; default longitude and latitude. A code of EPSG "
    "or ESRI, its URN or URL, WKT or PROJJSON.",
    text("EPSG:3857"),
)

SIZES: Mapping[str, Parameter] = {
    name: Parameter(words, {"type": "integer", "minimum": 1, "maximum": 2048})
    for name, words in (
        ("max_size", "Pixels of the longer side, at most."),
        ("width", "Pixels."),
        ("height", "Pixels."),
    )
}

PART: Mapping[str, Parameter] = {
    "bbox": replace(BBOX, required=True),
    "bbox_crs": Parameter("The CRS of `bbox`.", {"type": "string"}, "EPSG:4326"),
    "crs": Parameter("The CRS of the image; default the raster's.", {"type": "string"}),
    **SIZES,
}

OVERLAY: Mapping[str, Parameter] = {
    "overlay": Parameter(
        "A weighted overlay, as JSON: `layers`, each a `dataset` with a `weight` and "
        "either `scores` by value or a `range` of values.",
        text(),
        '{"layers": [{"dataset": "elevation", "weight": 2, "range": [900, 3900]}, '
        '{"dataset": "landcover", "scores": {"1": 1.0}, "default": 0.2}]}',
        required=True,
    ),
}

GRID = Parameter(
    "The dataset of the overlay whose pixels are counted; default the first layer's.",
    text(),
    "elevation",
)

WMTS: Mapping[str, Parameter] = {
    name: Parameter(words, text(), example)
    for name, words, example in (
        ("SERVICE", "`WMTS`.", "WMTS"),
        ("REQUEST", "`GetCapabilities` or `GetTile`.", "GetCapabilities"),
        ("VERSION", "`1.0.0`, of a GetTile.", None),
        ("LAYER", "A dataset's id.", None),
        ("STYLE", "`default`.", None),
        ("FORMAT", "`image/png`, `image/webp` or `image/jpeg`.", None),
        ("TILEMATRIXSET", "`GoogleMapsCompatible`.", None),
        ("TILEMATRIX", "The zoom.", None),
        ("TILEROW", "The row, from the north.", None),
        ("TILECOL", "The column, from the west.", None),
        ("ACCEPTVERSIONS", "Versions that the client understands.", None),
        ("ACCEPTFORMATS", "Has no effect: the answer is XML.", None),
        ("SECTIONS", "Has no effect: the document comes whole.", None),
        ("UPDATESEQUENCE", "Has no effect: use `If-None-Match`.", None),
    )
}
