"""Each bound of docs/limits.md with a request above it, and one below.

A new limit is a row of the page and an entry here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from testing.client import Answer, get, post
from testing.geojson import box, collection, feature, line_string, numbered, polygon

if TYPE_CHECKING:
    from collections.abc import Callable

STATISTICS = "/datasets/grid/statistics"
SMALL: dict[str, Any] = polygon(
    [[10.1, 45.1], [10.2, 45.1], [10.2, 45.2], [10.1, 45.1]]
)


@dataclass(frozen=True, slots=True)
class Limit:
    """One row of the page, or one of several ways to meet it."""

    where: str
    """Module and name of the number."""
    status: int
    """The status of a request beyond the limit."""
    above: Callable[[], Answer]
    """A request just above the bound."""
    below: Callable[[], Answer] | None = None
    """One that just reaches it, and is answered; None where that costs too much."""


def padded(size: int) -> Answer:
    text = json.dumps(SMALL)
    return post(STATISTICS, text + " " * (size - len(text)), "stats=mean")


def features(count: int) -> Answer:
    nothing = feature({"type": "Point"})
    document = collection(feature(SMALL), *[nothing] * (count - 1))
    return post(STATISTICS, document, "stats=mean")


def vertices(count: int) -> Answer:
    ring = "[10.1,45.1]," * (count - 3) + "[10.2,45.1],[10.2,45.2],[10.1,45.1]"
    text = f'{{"type":"Polygon","coordinates":[[{ring}]]}}'
    return post(STATISTICS, text, "stats=mean")


def teeth(count: int) -> Answer:
    """A comb over 15,000 rows of ``huge``: each tooth's two sides cross them all."""
    step = 19 / count
    ring = [[0.5, 19.5]]
    for tooth in range(count):
        ring += [[0.5 + step * tooth, 3.5], [0.5 + step * (tooth + 0.5), 18.5]]
    ring += [[19.6, 3.5], [19.6, 19.5], [0.5, 19.5]]
    document = polygon(ring)
    return post("/datasets/huge/statistics", document, "stats=count&max_pixels=1")


def worlds(copies: int, path: str, query: str) -> Answer:
    """The same whole world, time and again: read once, counted for each."""
    return post(path, numbered(*[box(-180, -90, 180, 90)] * copies), query)


def modified(copies: int) -> Answer:
    """The whole world given one value, time and again."""
    everything = {"geometry": box(-180, -90, 180, 90), "value": 3}
    document = feature(
        box(0, 0, 1, 1), properties={}, modifications=[everything] * copies
    )
    return post("/datasets/landcover/statistics", document, "stats=mean")


def parcels(bands: int) -> Answer:
    """10,000 zones that lie in two blocks each."""
    query = "&".join(["stats=mean", *(f"bidx={n + 1}" for n in range(bands))])
    zones = [box(11.27, 46.4, 11.29, 46.41)] * 10_000
    return post("/datasets/deep/statistics", numbered(*zones), query)


def percentiles(count: int, zones: int) -> Answer:
    query = "&".join(f"p={100 * n / count:g}" for n in range(count))
    return post(STATISTICS, numbered(*[SMALL] * zones), f"stats=mean&{query}")


def scribble(count: int) -> Answer:
    """Random vertices: each edge crosses a fourth of the others."""
    state, ring = 1, []
    for _ in range(count):
        state = state * 48_271 % (2**31 - 1)
        ring.append([10.1 + state % 9_973 / 9_973, 45.1 + state % 7_919 / 7_919])
    document = polygon([*ring, ring[0]])
    return post(STATISTICS, document, "stats=count")


def slanted(count: int) -> Answer:
    """A comb of slanted teeth: no two edges cross, but all their boxes overlap."""
    ring = []
    for tooth in range(count // 2):
        x = 10.1 + tooth / count
        ring += [[x, 45.1], [x + 0.6, 45.7]]
    ring += [[11.9, 45.0], [10.1, 45.0]]
    document = polygon([*ring, ring[0]])
    return post(STATISTICS, document, "stats=count")


def statistics_of(query: str) -> Callable[[], Answer]:
    return lambda: post(STATISTICS, SMALL, f"stats=mean&{query}")


def expression(text: str) -> Callable[[], Answer]:
    return statistics_of(f"expression={quote(text)}")


def crosstab(datasets: int) -> Answer:
    return post("/crosstab", SMALL, "&".join(["dataset=grid"] * datasets))


def outlined(dataset: str, zone: dict[str, Any]) -> Callable[[], Answer]:
    return lambda: post(f"/datasets/{dataset}/features", zone)


def profile(samples: int) -> Answer:
    line = line_string([10.1, 45.1], [10.2, 45.2])
    return post("/datasets/grid/profile", line, f"samples={samples}")


def gammas(count: int) -> Answer:
    formula = "gamma+R+1.1," * count
    return get("/datasets/grid/preview.png", f"color_formula={formula}")


def colours(entries: int) -> Answer:
    colormap = json.dumps({str(value): "#fff" for value in range(entries)})
    return get("/datasets/grid/preview.png", f"colormap={quote(colormap)}")


def many_bands(ending: str, side: int) -> Answer:
    """A square part of 64 bands of int16."""
    bands = "&".join(["bidx=1"] * 64)
    place = f"bbox=10.1,45.1,10.2,45.2&width={side}&height={side}"
    return get(f"/datasets/grid/part.{ending}", f"{place}&{bands}")


LIMITS = (
    Limit(
        "handlers.platform.settings.MAX_BODY",
        413,
        above=lambda: padded(4_500_001),
        below=lambda: padded(4_500_000),
    ),
    Limit(
        "handlers.platform.settings.MAX_FEATURES",
        413,
        above=lambda: features(10_001),
        below=lambda: features(10_000),
    ),
    Limit(
        "handlers.platform.settings.MAX_VERTICES",
        413,
        above=lambda: vertices(200_001),
        below=lambda: vertices(200_000),
    ),
    Limit(
        "raster_core.zonal.reading.cost.MAX_TOUCHED",
        413,
        above=lambda: post("/datasets/vast/statistics", box(0, 0, 20, 20)),
    ),
    *(
        Limit(
            "raster_core.zonal.reading.cost.MAX_TOUCHED",
            413,
            above=partial(worlds, 100, path, query),
        )
        for path, query in (
            ("/datasets/landcover/statistics", "stats=mean"),
            ("/datasets/landcover/statistics", "stats=mean&group_by=grid"),
            ("/datasets/landcover/statistics", "stats=mean&weights=grid"),
            ("/crosstab", "dataset=landcover&dataset=grid"),
        )
    ),
    Limit(
        "raster_core.zonal.reading.modified.MAX_MODIFIED",
        413,
        above=lambda: modified(193),
        below=lambda: modified(192),
    ),
    Limit(
        "raster_core.zonal.reading.cost.MAX_PARTIALS",
        413,
        above=lambda: parcels(51),
    ),
    Limit(
        "handlers.params.requests.statistics.MAX_FIGURES",
        413,
        above=lambda: percentiles(1_000, 1_999),
        below=lambda: percentiles(19, 1_000),
    ),
    Limit(
        "raster_core.zonal.zones.repair.MAX_SELF_CROSSINGS",
        413,
        above=lambda: scribble(700),
        below=lambda: scribble(400),
    ),
    Limit(
        "raster_core.zonal.zones.repair.MAX_EDGE_PAIRS",
        413,
        above=lambda: slanted(3_400),
        below=lambda: slanted(3_000),
    ),
    Limit("handlers.platform.settings.MAX_CROSSINGS", 413, above=lambda: teeth(70)),
    Limit(
        "raster_core.drawing.request.MAX_BANDS",
        400,
        above=statistics_of("&".join(["bidx=1"] * 65)),
        below=statistics_of("&".join(["bidx=1"] * 64)),
    ),
    Limit(
        "handlers.params.lists.zonal.MAX_DATASETS",
        400,
        above=lambda: crosstab(5),
        below=lambda: crosstab(4),
    ),
    Limit(
        "raster_core.zonal.polygonise.MAX_PIXELS",
        413,
        above=outlined("vast", box(0, 0, 20, 20)),
    ),
    Limit(
        "raster_core.zonal.polygonise.MAX_CORNERS",
        413,
        above=outlined("elevation", box(-120, 37, -119, 38.5)),
    ),
    Limit(
        "raster_core.zonal.profile.MAX_SAMPLES",
        400,
        above=lambda: profile(5_001),
        below=lambda: profile(5_000),
    ),
    Limit(
        "raster_core.expressions.parser.MAX_LENGTH",
        400,
        above=expression("b1" + " " * 999),
        below=expression("b1" + " " * 998),
    ),
    Limit(
        "raster_core.expressions.parser.MAX_NODES",
        400,
        above=expression("b1" + "+1" * 100),
        below=expression("b1" + "+1" * 99),
    ),
    Limit(
        "raster_core.expressions.parser.MAX_DEPTH",
        400,
        above=expression("(" * 51 + "b1" + ")" * 51),
        below=expression("(" * 48 + "b1" + ")" * 48),
    ),
    Limit(
        "raster_core.expressions.parser.MAX_EXPRESSIONS",
        400,
        above=expression(";".join(["b1"] * 17)),
        below=expression(";".join(["b1"] * 16)),
    ),
    Limit(
        "raster_core.sources.warp.budget.MAX_PIXELS",
        413,
        above=lambda: get("/datasets/huge/preview.png", "rescale=0,1"),
    ),
    Limit(
        "raster_core.sources.file.decoding.MAX_DECODED_VALUES",
        413,
        above=lambda: get("/datasets/strips/part.npy", "bbox=0,19.68,0.01,20"),
        below=lambda: get("/datasets/strips/part.npy", "bbox=0,19.94,0.01,20"),
    ),
    Limit(
        "raster_core.drawing.request.MAX_SIZE",
        400,
        above=lambda: get("/datasets/grid/preview.png", "max_size=2049"),
        below=lambda: get("/datasets/grid/preview.png", "max_size=2048"),
    ),
    Limit(
        "raster_core.drawing.values.MAX_STORED",
        413,
        above=lambda: many_bands("tif", 2048),
    ),
    Limit(
        "handlers.platform.settings.MAX_ANSWER",
        413,
        above=lambda: many_bands("npy", 1024),
        below=lambda: many_bands("npy", 182),
    ),
    Limit(
        "raster_core.tile.colors.entries.MAX_ENTRIES",
        400,
        above=lambda: colours(4_097),
        below=lambda: colours(4_096),
    ),
    Limit(
        "raster_core.tile.colors.formula.MAX_STEPS",
        400,
        above=lambda: gammas(17),
        below=lambda: gammas(16),
    ),
)
