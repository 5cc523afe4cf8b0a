"""Requests that nobody would write: good ones, with some of their parts replaced."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

from hypothesis import strategies as st

from handlers.params.param import names_of
from testing.client import JSON_TYPE, Answer, event, invoke
from tests.handlers.test_parameters import PARAMS, REQUESTS, VALUES, Request

if TYPE_CHECKING:
    from collections.abc import Callable

type Pairs = list[tuple[str, str]]

DATASETS = (
    *("grid", "flat", "hollow", "scaled", "float", "huge", "vast", "strips"),
    *("missing", "truncated", "html", "picture", "vrt", "empty", "landcover"),
    *("nobody", "", "..", "%2e%2e%2fgrid", "grid%00", "a b", "é"),
)

NUMBERS = (
    *("0", "-0", "1", "-1", "2", "7", "64", "65", "100", "100.0001", "256", "257"),
    *("2048", "2049", "4095", "99999999999999999999", "1e308", "-1e308", "1e309"),
    *(
        "5e-324",
        "nan",
        "NaN",
        "inf",
        "-Infinity",
        "0x10",
        "1_000",
        "\u0661",
        "+1",
        " 1",
    ),
    *("1.", ".5", "1e", "--1", "1,2", "2,1", "1,1", "nan,nan", "0,1e308", "1,2,3"),
)

TEXTS = (
    *("", " ", ",", ";", "null", "true", "false", "[]", "{}", "[0,1]", "[[0,1]]"),
    *("%", "%zz", "\x00", "\x7f", "\ud7ff", "🗺", "a" * 2000, "b1", "b1/0", "b1**9"),
    *("(b1", "b1;b2;b1", "where(b1>5,b1,b2)", "__import__('os')", "b99", "b1<b2<b1"),
    *("EPSG:4326", "EPSG:3857", "EPSG:0", "EPSG:99999", "OGC:CRS84", "ESRI:54009"),
    *("EPSG:32633", "EPSG:3413", "+proj=utm +zone=33", 'GEOGCS["x"]', "gray", "none"),
    *('{"1":"#f00"}', '{"1":[1,2]}', '[[[0,1],"#fff"]]', "min", "median", "auto"),
    *("10,45,11,46", "-180,-90,180,90", "170,-10,-170,10", "11,46,10,45", "1,2,3,4,5"),
    *("540,90,541,91", "10.5,45.5,10.5,45.5", "png", "tif", "npy", "geojson", "csv"),
)

PLACES = (
    *(0, -0.0, 1, 10.2, 45.3, 11.5, 46.4, 89.9999, 90, 90.0001, -180, 180, 190),
    *(359, 540, 541, -541, 1e7, 1e308, -1e308, 5e-324, 2**63, 10**400),
)

VALUES_OF_JSON = (
    *PLACES,
    *(None, True, False, "", "NaN", "Polygon", "MultiPolygon", "Feature", "Point"),
    *([], {}, [[]], [[[]]], [[[[]]]], [0, 0], [[0, 0]], [1, 2, 3], {"type": "Polygon"}),
)

names = st.sampled_from(
    sorted({name for params in PARAMS.values() for name in names_of(params)})
)


@dataclass(frozen=True, slots=True)
class Odd:
    """A request as it is sent."""

    method: str
    path: str
    query: str
    body: str | None

    def send(self) -> Answer:
        headers = JSON_TYPE if self.body is not None else {}
        return invoke(event(self.method, self.path, self.query, self.body, headers))


@st.composite
def odd_requests(draw: Callable[..., Any]) -> Odd:
    """A request that is answered, and up to four changes to it."""
    seed: Request = draw(st.sampled_from(REQUESTS))
    path, pairs = seed.path, parse_qsl(seed.query, keep_blank_values=True)
    body = None if seed.body is None else json.dumps(seed.body)
    changes = ["parameter"] * 5 + ["path"] + ["body"] * (4 if body else 0)
    for change in draw(st.lists(st.sampled_from(changes), min_size=1, max_size=3)):
        if change == "parameter":
            pairs = draw(_changed_parameters(seed, pairs))
        elif change == "path":
            path = draw(_changed_path(path))
        else:
            body = draw(_changed_body(body))
    query = "&".join(f"{name}={quote(value)}" for name, value in pairs)
    return Odd(seed.route[0], path, query, body)


@st.composite
def _changed_parameters(draw: Callable[..., Any], seed: Request, pairs: Pairs) -> Pairs:
    """One more, one less, one several times, or one of another value."""
    kind = draw(st.sampled_from(["add", "add", "add", "drop", "repeat", "replace"]))
    if kind == "add" or not pairs:
        own = sorted(names_of(PARAMS[seed.route])) or ["nonsense"]
        name = draw(st.one_of(*[st.sampled_from(own)] * 4, names))
        return [*pairs, (name, draw(_value_of(name)))]
    place = draw(st.integers(0, len(pairs) - 1))
    name, value = pairs[place]
    if kind == "drop":
        return pairs[:place] + pairs[place + 1 :]
    if kind == "repeat":
        return pairs + [(name, value)] * draw(st.sampled_from([1, 3, 70]))
    return [*pairs[:place], (name, draw(_value_of(name))), *pairs[place + 1 :]]


def _value_of(name: str) -> st.SearchStrategy[str]:
    """Mostly what is of some use there."""
    usual = st.just(VALUES.get(name, ("", "1"))[1])
    if name in {"dataset", "group_by", "weights", "grid"}:
        usual = st.sampled_from(DATASETS)
    odd = st.one_of(
        st.sampled_from(NUMBERS),
        st.sampled_from(TEXTS),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    )
    return st.one_of(usual, usual, odd)


@st.composite
def _changed_path(draw: Callable[..., Any], path: str) -> str:
    """Another segment in the place of one: a dataset, a number, a format."""
    parts = path.split("/")
    place = draw(st.integers(1, len(parts) - 1))
    if parts[1] == "datasets" and place == 2:
        parts[2] = draw(st.sampled_from(DATASETS))
    else:
        values = [*NUMBERS, *TEXTS, "part.tif", "preview.npy", "45@2x.webp", "0.png"]
        parts[place] = draw(st.sampled_from([v for v in values if "/" not in v]))
    return "/".join(parts)


@st.composite
def _changed_body(draw: Callable[..., Any], body: str | None) -> str:
    """Another value in the place of any, or text that is no JSON."""
    if draw(st.integers(0, 9)) == 0:
        return str(draw(st.sampled_from(["", "{", "[1,", "NaN", "null", "[" * 9000])))
    try:
        document = json.loads(body or "null")
    except (ValueError, RecursionError):
        return body or ""
    return json.dumps(_replaced(draw, document))


def _replaced(draw: Callable[..., Any], value: Any) -> Any:
    """The value with something else in it, or something else."""
    if not isinstance(value, dict | list) or not value or draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from(VALUES_OF_JSON))
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    place = draw(st.sampled_from(keys))
    copy = value.copy()
    copy[place] = _replaced(draw, value[place])
    return copy
