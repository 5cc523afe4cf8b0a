"""What the statistics route takes beyond a zone: boxes, options, formats, budgets."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from handlers import statistics
from raster_core.ingest.item import AssetFile, ItemOptions, describe_files
from testing.client import Answer, LambdaContext, event, get, post, read_answer
from testing.geojson import SQUARE, box, collection, feature, line_string
from tests.cogs import Recipe, write_cog
from tests.handlers.catalogues import write_catalogue

if TYPE_CHECKING:
    from pathlib import Path

PATH = "/datasets/grid/statistics"


class Hurried(LambdaContext):
    """An invocation that is nearly over."""

    def get_remaining_time_in_millis(self) -> int:
        return 2_001


def figures(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer.body
    found: dict[str, Any] = answer.json()["properties"]["statistics"]["b1"]
    return found


def test_a_box_has_statistics_without_a_body() -> None:
    boxed = get(PATH, "bbox=10,45,11,46")

    assert boxed.status == 200
    assert boxed.json()["properties"] == post(PATH, SQUARE).json()["properties"]


def test_without_a_box_the_whole_raster_counts() -> None:
    found = get("/datasets/landcover/statistics", "stats=count&stats=area_m2").json()

    figures_found = found["properties"]["statistics"]["b1"]
    assert figures_found["count"] == 7200 * 3600
    # The area of the WGS 84 ellipsoid.
    assert figures_found["area_m2"] == pytest.approx(510_065_621_724_000, rel=1e-9)


@pytest.mark.parametrize("bbox", ["1,2,3", "a,b,c,d", "1,5,2,4", "0,0,600,1"])
def test_a_box_that_is_none_is_refused(bbox: str) -> None:
    assert get(PATH, f"bbox={bbox}").status == 400


def test_a_box_over_the_antimeridian_may_go_from_east_to_west() -> None:
    found = get("/datasets/landcover/statistics", "bbox=170,-10,-170,10&stats=count")

    count = found.json()["properties"]["statistics"]["b1"]["count"]
    assert count == pytest.approx(20 * 20 * 400)


@pytest.mark.parametrize(
    ("coverage", "count"),
    [("fraction", 10_000), ("centre", 10_000), ("all_touched", 10_000)],
)
def test_coverage_may_be_chosen(coverage: str, count: float) -> None:
    found = figures(post(PATH, SQUARE, f"coverage={coverage}&stats=count"))

    assert found["count"] == pytest.approx(count, rel=0.03)


def test_percentiles_are_named_by_their_share() -> None:
    found = figures(post(PATH, SQUARE, "p=50&p=2.5&stats=median"))

    assert list(found) == ["median", "percentile_50", "percentile_2.5", "reason"]
    assert found["percentile_50"] == found["median"]


def test_a_float_band_has_a_median_when_asked() -> None:
    zone = box(11, 45, 12, 46)
    found = figures(post("/datasets/float/statistics", zone, "stats=median&stats=min"))

    assert found["min"] <= found["median"]


def test_ground_areas_stand_with_the_classes() -> None:
    found = figures(post("/datasets/landcover/statistics", SQUARE))

    categories = found["categories"]
    assert found["area_m2"] == pytest.approx(sum(c["area_m2"] for c in categories))
    assert sum(c["area_fraction"] for c in categories) == pytest.approx(1)
    # A degree by a degree at 45 to 46 N.
    assert found["area_m2"] == pytest.approx(8.69e9, rel=0.01)


def test_ndjson_has_a_line_a_feature() -> None:
    body = collection(feature(SQUARE), feature(SQUARE))
    answer = post(PATH, body, "f=ndjson&stats=mean")

    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.body.decode().splitlines()]
    assert [line["type"] for line in lines] == ["Feature", "Feature"]


def test_csv_has_a_column_a_figure() -> None:
    body = collection(
        feature(SQUARE), feature({"type": "Point", "coordinates": [1, 2]})
    )
    answer = post(PATH, body, "f=csv&stats=mean&stats=count")

    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
    assert float(rows[0]["b1_count"]) > 0
    assert rows[1]["b1_mean"] == ""
    assert "is not Polygon" in rows[1]["error"]


def test_a_request_that_would_take_too_long_is_refused_with_the_numbers() -> None:
    request = event("GET", "/datasets/landcover/statistics")
    answer = read_answer(statistics.handler(request, Hurried()))

    assert answer.status == 504
    assert "31457280 pixels" in answer.json()["detail"]


def test_another_dataset_may_group_the_figures() -> None:
    zone = box(-119.7, 37.6, -119.0, 38.0)
    query = "group_by=landcover&stats=mean&stats=count"
    answer = post("/datasets/elevation/statistics", zone, query)

    properties = answer.json()["properties"]
    groups = properties["groups"]
    counts = [entry["statistics"]["b1"]["count"] for entry in groups["entries"]]
    assert groups["resampling"] == "nearest"
    assert len(counts) > 3
    assert sum(counts) == pytest.approx(properties["statistics"]["b1"]["count"])
    assert {entry["name"] for entry in groups["entries"]} >= {"Grassland"}


def test_another_dataset_may_weight_the_mean() -> None:
    zone = box(-119.7, 37.6, -119.0, 38.0)
    query = "weights=elevation&stats=mean"
    answer = post("/datasets/elevation/statistics", zone, query)

    properties = answer.json()["properties"]
    assert properties["weighted"].keys() == properties["statistics"].keys()
    weighted = properties["weighted"]["b1"]
    assert (weighted["dataset"], weighted["resampling"]) == ("elevation", "nearest")
    # Weighted by itself, the mean is the mean of squares over the mean.
    assert weighted["weighted_mean"] > properties["statistics"]["b1"]["mean"]


@pytest.mark.parametrize("name", ["group_by", "weights"])
def test_an_unknown_second_dataset_is_not_found(name: str) -> None:
    assert post(PATH, SQUARE, f"{name}=nowhere").status == 404


def test_what_if_a_part_became_another_class() -> None:
    forest = {"geometry": box(10, 45, 10.5, 46), "value": 4}
    body = {**feature(box(10, 45, 11, 46)), "modifications": [forest]}
    found = figures(post("/datasets/landcover/statistics", body))

    shares = {entry["value"]: entry["fraction"] for entry in found["categories"]}
    assert shares[4] >= 0.5


@pytest.mark.parametrize(
    "wrong", [5, [1], [{"geometry": None}], [{"value": "x", "geometry": None}]]
)
def test_modifications_that_are_none_are_refused(wrong: object) -> None:
    answer = post(PATH, {**feature(SQUARE), "modifications": wrong})

    assert answer.status == 400
    assert "modifications" in answer.json()["detail"]


def test_a_value_that_the_band_cannot_hold_is_refused() -> None:
    forest = {"geometry": box(10, 45, 10.5, 46), "value": 4000}
    body = {**feature(box(10, 45, 11, 46)), "modifications": [forest]}

    assert post("/datasets/landcover/statistics", body).status == 400


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_box_has_groups_too(form: str) -> None:
    query = f"group_by=flat&bbox=10,45,11,46&stats=mean&f={form}"

    answer = get(PATH, query)

    assert answer.status == 200, answer.body
    posted = post(PATH, SQUARE, "group_by=flat&stats=mean")
    groups = posted.json()["properties"]["groups"]
    if form == "json":
        assert answer.json()["properties"]["groups"] == groups
    else:
        zone, *rows = csv.DictReader(io.StringIO(answer.body.decode()))
        assert zone["group"] == ""
        assert [row["group"] for row in rows] == [
            str(entry["value"]) for entry in groups["entries"]
        ]


def test_groups_of_a_whole_raster_are_refused_and_not_left_out() -> None:
    assert get(PATH, "group_by=flat").status == 400


def test_no_two_percentiles_have_one_name() -> None:
    found = figures(post(PATH, SQUARE, "stats=count&p=99.99999&p=100&p=33.3333333"))

    assert set(found) == {
        "count",
        "reason",
        "percentile_99.99999",
        "percentile_100",
        "percentile_33.3333333",
    }


def test_categories_come_beside_the_figures_asked_for() -> None:
    found = figures(post(PATH, SQUARE, "stats=count&categorical=true"))

    assert sum(entry["count"] for entry in found["categories"]) == found["count"]
    assert all(entry["area_m2"] > 0 for entry in found["categories"])


def test_categories_asked_for_by_name_need_no_class_names() -> None:
    found = figures(post(PATH, SQUARE, "stats=count&stats=categories"))

    assert sum(entry["count"] for entry in found["categories"]) == found["count"]


@pytest.mark.parametrize("query", ["histogram_bins=5", "histogram_range=0,9000"])
@pytest.mark.parametrize("zones", [SQUARE, None], ids=["zone", "raster"])
def test_a_histogram_of_floats_is_refused(query: str, zones: object) -> None:
    path = "/datasets/float/statistics"
    answer = post(path, zones, query) if zones else get(path, query)

    assert answer.status == 400
    name = query.partition("=")[0]
    assert f"Band 1 is float32; {name} take integers" in answer.json()["detail"]


def test_a_second_dataset_without_a_name_is_not_found() -> None:
    assert post(PATH, SQUARE, "group_by=").status == 404
    assert post(PATH, SQUARE, "weights=").status == 404
    assert get(PATH, "bbox=10,45,11,46&weights=").status == 404


def test_categories_of_floats_are_refused() -> None:
    answer = post("/datasets/float/statistics", SQUARE, "categorical=true")

    assert answer.status == 400
    assert "categories take integers" in answer.json()["detail"]


@pytest.mark.parametrize("body", [SQUARE, collection(feature(SQUARE))])
def test_json_is_called_so(body: object) -> None:
    asked = post(PATH, body, "stats=count&f=json")
    usual = post(PATH, body, "stats=count")

    assert asked.body == usual.body
    assert asked.headers["content-type"] == "application/json"
    assert usual.headers["content-type"] == "application/geo+json"
    answer = get(PATH, "stats=count&f=json")
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "query", ["group_by=flat", "weights=flat", "include_geometry=true"]
)
def test_what_takes_a_box_is_refused_without_one(query: str) -> None:
    name = query.partition("=")[0]

    answer = get("/datasets/missing/statistics", query)

    assert answer.status == 400
    assert [fault["parameter"] for fault in answer.json()["errors"]] == [name]


def test_what_would_be_with_overviews_is_refused_and_no_failure() -> None:
    changed = feature(box(-130, -60, 130, 60))
    changed["modifications"] = [{"geometry": SQUARE, "value": 1}]
    query = "approximate=true&max_pixels=8000000&stats=mean"

    answer = post("/datasets/landcover/statistics", changed, query)

    assert answer.status == 413
    assert "for none of which an overview can stand" in answer.json()["detail"]


def test_a_budget_names_the_remedy() -> None:
    answer = post(PATH, SQUARE, "max_pixels=1")

    assert answer.status == 413
    assert "approximate" in answer.json()["detail"]


def test_a_number_that_is_none_is_null_however_deep() -> None:
    deep = "[" * 1500 + "NaN" + "]" * 1500
    properties = f'{{"deep": {deep}, "far": [Infinity, -Infinity, 1.5]}}'
    geometry = json.dumps(SQUARE)
    body = f'{{"type": "Feature", "geometry": {geometry}, "properties": {properties}}}'

    answer = post(PATH, body, "stats=count")

    assert answer.status == 200
    assert b'"far":[null,null,1.5]' in answer.body
    assert b"[null]" in answer.body


@pytest.mark.parametrize(
    ("path", "listed", "repeated"),
    [
        (
            PATH,
            "stats=mean,max&p=10,90.5&bidx=2,1",
            "stats=mean&stats=max&p=10&p=90.5&bidx=2&bidx=1",
        ),
        (
            PATH,
            "stats=[histogram]&p=[10,90]&histogram_range=[0,9]",
            "stats=histogram&p=10&p=90&histogram_range=0,9",
        ),
        ("/datasets/landcover/features", "classes=1,2", "classes=1&classes=2"),
        ("/datasets/grid/profile", "bidx=b1,2", "bidx=1&bidx=2"),
        (
            "/crosstab",
            "dataset=grid&dataset=flat&bidx=2,1",
            "dataset=grid&dataset=flat&bidx=2&bidx=1",
        ),
    ],
)
def test_lists_may_be_written_with_commas(
    path: str, listed: str, repeated: str
) -> None:
    line = line_string([10, 45], [11, 46])
    body = line if path.endswith("profile") else SQUARE

    answer = post(path, body, listed)

    assert answer.status == 200, answer.body
    assert answer.json() == post(path, body, repeated).json()
    assert post(path, body, listed.replace(",", ", ")).status == 400


def test_bands_of_different_types_keep_their_own_figures(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A float beside bytes took their median, majority and categories away."""
    write_cog(folder / "bytes.tif", Recipe(dtype="uint8", nodata=0))
    write_cog(folder / "real.tif", Recipe(dtype="float32"))
    files = [AssetFile(n, folder / f"{n}.tif", f"{n}.tif") for n in ("bytes", "real")]
    write_catalogue(folder, [describe_files(files, ItemOptions("both"))])
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))

    both = post("/datasets/both/statistics", SQUARE, "bidx=bytes&bidx=real").json()

    for name in ("bytes", "real"):
        alone = post("/datasets/both/statistics", SQUARE, f"bidx={name}").json()
        (figures,) = alone["properties"]["statistics"].values()
        assert figures in both["properties"]["statistics"].values()
        assert ("majority" in figures) == (name == "bytes")
    wrong = post("/datasets/both/statistics", SQUARE, "bidx=1&bidx=2&stats=majority")
    assert "Band 2 is float32" in wrong.json()["detail"]


@pytest.mark.parametrize(
    ("wrong", "detail"),
    [
        (
            {"geometry": SQUARE, "vaule": 4},
            (
                "modifications[1] has 'vaule', which is not one of geometry, value; "
                "modifications[1].value is not a number"
            ),
        ),
        (
            {"geometry": SQUARE, "value": 4, "crs": "EPSG:3857"},
            "modifications[1] has 'crs', which is not one of geometry, value",
        ),
        (
            {"geometry": SQUARE, "value": True},
            "modifications[1].value is not a number",
        ),
        ([SQUARE, 4], "modifications[1] is not an object of geometry and value"),
    ],
)
def test_a_modification_with_an_unknown_member_is_refused(
    wrong: object, detail: str
) -> None:
    good = {"geometry": SQUARE, "value": 4}
    answer = post(PATH, {**feature(SQUARE), "modifications": [good, wrong]})

    assert answer.status == 400
    assert answer.json()["detail"] == detail
