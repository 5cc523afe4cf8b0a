"""Answers in pieces: the same text as in one, early, and honest about its end."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from handlers import statistics
from handlers.http.streaming import SHRINKS, Form, answer_batches, begin
from handlers.platform.settings import MAX_ANSWER
from handlers.zones.formats import write_geojson, write_ndjson
from handlers.zones.tables import Table, write_csv
from raster_core.errors import BudgetError, SourceError
from testing.client import JSON_TYPE, LambdaContext, event, post, read_answer
from testing.geojson import BOW_TIE, SQUARE, collection, feature, from_shape, polygon

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = "/datasets/grid/statistics"

FORMS = ["geojson", "json", "ndjson", "csv"]

NDJSON = Form("application/x-ndjson", partial(write_ndjson, members={}), by_line=True)
GEOJSON = Form("application/geo+json", partial(write_geojson, members={}))


@dataclass(frozen=True)
class StreamingContext(LambdaContext):
    """An invocation on a server that can send while it computes."""

    pieces: list[Iterator[str]] = field(default_factory=list)

    def stream(self, pieces: Iterator[str]) -> None:
        self.pieces.append(pieces)


def circle(x: float, y: float, radius: float) -> dict[str, Any]:
    shape = shapely.Point(x, y).buffer(radius, quad_segs=3)
    return from_shape(shape)


MIXED = collection(
    feature(circle(11, 45.2, 0.3), id="south", properties={"name": "Łódź", "n": 1}),
    feature({"type": "Point", "coordinates": [1, 2]}, id=7),
    feature(circle(10.5, 46.3, 0.1), properties={"extra": [1, None]}),
    feature(circle(100, 0, 1), id="off"),
    feature(None),
    feature(BOW_TIE, id="bow tie"),
)


def stream(
    document: object, query: str = "", path: str = PATH
) -> tuple[dict[str, Any], Iterator[str]]:
    """The answer's head and its pieces."""
    context = StreamingContext()
    sent = event("POST", path, query, json.dumps(document), JSON_TYPE)
    head = statistics.handler(sent, context)
    assert len(context.pieces) == 1, head
    assert not head["body"]
    return head, context.pieces[0]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "query",
    [
        "stats=mean&stats=max",
        "bidx=2&bidx=1&p=10&p=99.5",
        "stats=count",
        "group_by=flat&weights=flat&stats=mean",
        "categorical=true",
        "area_weighted=true&stats=min",
        "approximate=true&stats=mean",
    ],
)
def test_the_pieces_are_the_whole_answer(form: str, query: str) -> None:
    head, pieces = stream(MIXED, f"{query}&f={form}")
    whole = post(PATH, MIXED, f"{query}&f={form}")

    assert whole.status == head["statusCode"] == 200
    assert head["headers"]["Content-Type"] == whole.headers["content-type"]
    assert head["headers"]["Cache-Control"] == "no-store"
    assert "".join(pieces).encode() == whole.body


@pytest.mark.parametrize("form", [form for form in FORMS if form != "csv"])
def test_the_pieces_have_the_geometries(form: str) -> None:
    query = f"include_geometry=true&stats=count&f={form}"
    head, pieces = stream(MIXED, query)
    whole = post(PATH, MIXED, query)

    assert whole.status == head["statusCode"] == 200
    assert "".join(pieces).encode() == whole.body
    assert b'"coordinates"' in whole.body


def test_rows_of_a_table_have_no_geometry() -> None:
    answer = post(PATH, MIXED, "f=csv&include_geometry=true")

    assert answer.status == 400
    assert [f["parameter"] for f in answer.json()["errors"]] == ["include_geometry"]


def test_the_streamed_collection_is_valid_and_in_order() -> None:
    _, pieces = stream(MIXED, "stats=mean")

    answer = json.loads("".join(pieces))

    assert answer["type"] == "FeatureCollection"
    found = [f.get("id") for f in answer["features"]]
    assert found == ["south", 7, None, "off", None, "bow tie"]
    errors = [f.get("error", {}).get("status") for f in answer["features"]]
    assert errors == [None, 422, None, None, 422, None]
    assert answer["features"][5]["zone"]["repaired"]


@pytest.mark.parametrize("form", ["geojson", "ndjson", "csv"])
def test_an_empty_collection_streams_too(form: str) -> None:
    _, pieces = stream(collection(), f"f={form}&stats=mean")

    text = "".join(pieces)

    expected = {"geojson": collection(), "ndjson": None, "csv": None}[form]
    if expected:
        assert json.loads(text) == expected
    else:
        assert text == {"ndjson": "", "csv": "id,b1_mean,b1_reason,b1_partial\n"}[form]


@pytest.mark.parametrize("document", [SQUARE, feature(SQUARE)])
def test_a_single_feature_is_answered_at_once(document: object) -> None:
    context = StreamingContext()
    sent = event("POST", PATH, "stats=mean", json.dumps(document), JSON_TYPE)

    answer = read_answer(statistics.handler(sent, context))

    assert context.pieces == []
    assert answer.json()["properties"]["statistics"]["b1"]["mean"]


@pytest.mark.parametrize(
    ("path", "document", "query", "status"),
    [
        (PATH, collection(feature(None), feature(None)), "", 422),
        (PATH, MIXED, "stats=average", 400),
        (PATH, MIXED, "max_pixels=1", 413),
        ("/datasets/huge/statistics", collection(feature(circle(10, 10, 8))), "", 413),
        ("/datasets/missing/statistics", MIXED, "", 502),
        ("/datasets/truncated/statistics", MIXED, "", 502),
        ("/datasets/atlantis/statistics", MIXED, "", 404),
        (PATH, MIXED, "group_by=atlantis", 404),
    ],
)
def test_errors_before_the_first_piece_are_problem_documents(
    path: str, document: object, query: str, status: int
) -> None:
    query = f"{query}&max_pixels=1000" if "huge" in path else query
    context = StreamingContext()

    sent = event("POST", path, query, json.dumps(document), JSON_TYPE)
    answer = read_answer(statistics.handler(sent, context))

    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert context.pieces == []


def polar(low: float, high: float) -> dict[str, Any]:
    """A square in metres from the north pole."""
    corners = [[low, low], [high, low], [high, high], [low, high], [low, low]]
    return feature(polygon(corners))


def test_a_zone_that_does_not_fit_the_raster_spoils_no_other() -> None:
    path, query = "/datasets/landcover/statistics", "crs=EPSG:3413&stats=count"
    good, around, beyond = polar(2e6, 3e6), polar(-1e6, 1e6), polar(0, 1e300)

    _, pieces = stream(collection(around, good, beyond, good), query, path)
    features = json.loads("".join(pieces))["features"]

    errors = [part.get("error", {}).get("status") for part in features]
    assert errors == [422, None, 422, None]
    assert "discontinuity" in features[0]["error"]["detail"]
    alone = post(path, good, query).json()["properties"]
    assert features[1]["properties"] == features[3]["properties"] == alone
    bad = post(path, collection(around, beyond), query)
    assert bad.status == 422
    assert [error["feature"] for error in bad.json()["errors"]] == [0, 1]


def test_the_columns_of_a_table_are_known_before_its_rows() -> None:
    _, pieces = stream(MIXED, "f=csv&stats=mean&p=50&bidx=2")

    header = next(pieces)

    assert header == (
        "id,name,n,extra,b2_mean,b2_percentile_50,b2_reason,b2_partial,error,zone_repaired\n"
    )
    rows = list(csv.DictReader(io.StringIO(header + "".join(pieces))))
    assert [row["id"] for row in rows] == ["south", "7", "", "off", "", "bow tie"]
    assert rows[0]["name"] == "Łódź"
    assert json.loads(rows[2]["extra"]) == [1, None]
    assert json.loads(rows[1]["error"])["status"] == 422
    assert rows[3]["b2_reason"] == "outside_raster"


@pytest.mark.parametrize("form", ["ndjson", "csv", "geojson"])
def test_numbers_and_text_that_travel_badly_break_nothing_off(form: str) -> None:
    body = json.dumps(
        collection(feature(SQUARE, id=1, properties={"x": 0, "y": "\ud800"}))
    ).replace('"x": 0', '"x": [NaN, 1e999]')
    context = StreamingContext()

    statistics.handler(
        event("POST", PATH, f"f={form}&stats=max", body, JSON_TYPE), context
    )
    text = "".join(context.pieces[0]).encode().decode()

    assert "[null,null]" in text
    assert "NaN" not in text


@pytest.mark.parametrize(
    ("path", "query"), [(PATH, "stats=max"), ("/crosstab", "dataset=grid&dataset=flat")]
)
def test_nor_do_they_in_the_answer_to_a_single_feature(path: str, query: str) -> None:
    body = json.dumps(feature(SQUARE, properties={"x": 0}))

    answer = post(path, body.replace('"x": 0', '"x": -1e999'), query)

    assert answer.status == 200
    assert answer.json()["properties"]["x"] is None


def counted(taken: list[int], total: int, *, fails: int = -1) -> Iterator[list[Any]]:
    """Batches of one Feature each; notes which were asked for."""
    for number in range(total):
        if number == fails:
            raise SourceError("The raster cannot be read")
        taken.append(number)
        yield [feature(None, id=number)]


def take_all(pieces: Iterator[str]) -> tuple[list[str], Exception | None]:
    """What comes, and the error that ends it."""
    taken = []
    try:
        for piece in pieces:
            taken.append(piece)  # noqa: PERF402  an error would lose them
    except Exception as error:  # noqa: BLE001  whichever
        return taken, error
    return taken, None


def request(**headers: str) -> APIGatewayProxyEventV2:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return APIGatewayProxyEventV2(event("POST", PATH, headers=named))


def test_pieces_are_computed_as_they_are_taken() -> None:
    taken: list[int] = []
    context = StreamingContext()

    answer_batches(counted(taken, 5), 5, NDJSON, event=request(), context=context)
    assert taken == []
    lines = context.pieces[0]
    assert json.loads(next(lines))["id"] == 0
    assert taken == [0]


@pytest.mark.parametrize("form", [NDJSON, GEOJSON], ids=["by line", "as one"])
def test_an_error_ends_the_pieces_and_is_told_where_lines_are(
    form: Form, caplog: pytest.LogCaptureFixture
) -> None:
    context = StreamingContext()
    batches = counted([], 5, fails=2)
    answer_batches(batches, 5, form, event=request(), context=context)

    pieces, error = take_all(context.pieces[0])

    assert isinstance(error, SourceError)
    if form.by_line:
        assert [json.loads(piece).get("id") for piece in pieces] == [0, 1, None]
        assert json.loads(pieces[-1]) == {
            "error": {"status": 502, "detail": "The raster cannot be read"}
        }
    else:
        with pytest.raises(ValueError, match="Expecting"):
            json.loads("".join(pieces))
    assert f"The answer to {PATH} broke off" in caplog.messages


def test_an_unexpected_error_tells_nothing_of_itself() -> None:
    def batches() -> Iterator[list[Any]]:
        yield []
        raise KeyError("/secret/path")

    context = StreamingContext()
    answer_batches(batches(), 1, NDJSON, event=request(), context=context)

    (*_, last), error = take_all(context.pieces[0])

    assert isinstance(error, KeyError)
    assert json.loads(last)["error"]["status"] == 500
    assert "secret" not in last


def test_closing_the_pieces_ends_the_computation() -> None:
    taken: list[int] = []
    context = StreamingContext()
    answer_batches(counted(taken, 9), 9, NDJSON, event=request(), context=context)
    pieces = context.pieces[0]
    next(pieces)

    pieces.close()  # type: ignore[attr-defined]

    assert list(pieces) == []
    assert taken == [0]


@pytest.mark.parametrize(
    ("encoding", "limit"), [("identity", MAX_ANSWER), ("gzip", SHRINKS * MAX_ANSWER)]
)
def test_a_text_that_is_too_large_is_given_up_at_once(
    encoding: str, limit: int
) -> None:
    text, taken = "x" * (limit // 10), []

    def batches() -> Iterator[list[Any]]:
        for number in range(20):
            taken.append(number)
            yield [feature(None, properties={"text": text})]

    with pytest.raises(BudgetError) as caught:
        answer_batches(
            batches(),
            20,
            NDJSON,
            event=request(accept_encoding=encoding),
            context=LambdaContext(),
        )

    words = str(caught.value)
    assert words.startswith("After 10 of 20 zones, the answer has ")
    assert f"exceeds {limit};" in words
    for remedy in ("fewer zones", "f=csv", "include_geometry", "gzip", "locally"):
        assert remedy in words
    assert len(taken) == 10


def test_a_large_collection_streams_without_being_held() -> None:
    text = "x" * 10_000

    def batches() -> Iterator[list[Any]]:
        for number in range(5_000):
            yield [feature(None, id=number, properties={"text": text})]

    for form in (
        NDJSON,
        GEOJSON,
        Form("text/csv", WRITE_TEXTS),
    ):
        context = StreamingContext()
        answer_batches(batches(), 5_000, form, event=request(), context=context)
        tracemalloc.start()
        size = sum(map(len, context.pieces[0]))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert size > 50_000_000
        assert peak < 1_000_000


WRITE_TEXTS = partial(write_csv, table=Table(()), properties=["text"], last=())


def test_the_first_item_is_computed_and_none_is_lost() -> None:
    taken: list[int] = []
    found = begin(counted(taken, 3))

    assert taken == [0]
    assert [batch[0]["id"] for batch in found] == [0, 1, 2]
    assert list(begin(iter(()))) == []
    with pytest.raises(SourceError):
        begin(counted([], 3, fails=0))


@dataclass(frozen=True)
class HurriedStream(StreamingContext):
    """A server that streams, and that answers whole documents for a moment only."""

    def get_remaining_time_in_millis(self) -> int:
        return 2_001


@pytest.mark.parametrize(
    ("body", "query", "status"),
    [
        (collection(feature(SQUARE)), "", 200),
        (feature(SQUARE), "f=ndjson", 200),
        (feature(SQUARE), "", 504),
    ],
    ids=["collection", "lines", "one document"],
)
def test_a_stream_may_take_any_time(body: object, query: str, status: int) -> None:
    request = event("POST", PATH, f"stats=mean&{query}", json.dumps(body), JSON_TYPE)

    assert read_answer(statistics.handler(request, HurriedStream())).status == status
