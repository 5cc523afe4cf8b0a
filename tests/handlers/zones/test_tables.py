"""Tables and Features: every name means one thing, whatever zones are called."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.zones import tables
from handlers.zones.columns import BandColumns, name_bands
from handlers.zones.formats import dump_json, write_geojson, write_ndjson
from handlers.zones.outcomes import describe_feature, name_properties
from handlers.zones.tables import Table, write_csv
from testing.client import post
from testing.geojson import BOW_TIE, SQUARE, collection, feature, polygon
from tests.handlers.catalogues import describe_grid, write_catalogue

if TYPE_CHECKING:
    from pathlib import Path

PATH = "/datasets/grid/statistics"

BAND = BandColumns("b1", "b1", ("mean", "categories", "reason"), (1, 12))
FULL = Table((BAND,), groups=True, weighted=True, grid=True)
LAST = ("error", "zone_repaired", "zone_note")

FOREST = {"value": 12, "fraction": 0.75, "area_m2": 30.0}
WATER = {"value": 3, "fraction": 0.25, "area_m2": 10.0}
FIGURES = {"mean": 9.75, "categories": [WATER, FOREST], "reason": None}


def read_table(text: str) -> list[dict[str, str]]:
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert len(set(header)) == len(header), header
    return [dict(zip(header, row, strict=True)) for row in rows]


def ask(body: object, query: str, path: str = PATH) -> list[dict[str, str]]:
    answer = post(path, body, f"f=csv&{query}")
    assert answer.status == 200, answer.body
    return read_table(answer.body.decode())


# Names that a table has or may get, and what they would be renamed to.
OURS = [
    *("id", "group", "grid", "groups", "weighted", "statistics", "zone", "error"),
    *("zone_repaired", "b1_mean", "b1_frac_12", "b1_frac_other", "b1_weighted_mean"),
    *("properties.id", "properties.b1_mean", "properties.properties.id", "b1_frac_7"),
]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda part: (
        st.lists(part, max_size=2)
        | st.dictionaries(st.text(max_size=3), part, max_size=2)
    ),
    max_leaves=4,
)
names = st.sampled_from(OURS) | st.text(max_size=5)
features = st.builds(
    lambda properties, number: feature(None, id=number, properties=properties),
    st.dictionaries(names, values, max_size=6),
    st.integers() | st.text(max_size=4),
)


def cell(value: object) -> str:
    """What the csv module makes of a value in a row."""
    text = dump_json(value) if isinstance(value, dict | list) else value
    written = io.StringIO()
    csv.writer(written).writerow(["", text])
    return next(csv.reader(io.StringIO(written.getvalue(), newline="")))[1]


@given(batches=st.lists(st.lists(features, max_size=3), max_size=4))
@settings(deadline=None)
def test_no_property_is_lost_to_a_figure(batches: list[list[dict[str, Any]]]) -> None:
    flat = [part for batch in batches for part in batch]
    naming = name_properties(flat, "statistics", FULL.find_taken())

    def answer(part: dict[str, Any]) -> dict[str, Any]:
        found = {"b1": FIGURES}
        return describe_feature(
            part, {}, naming=naming, found=found, include_geometry=False
        )

    answers = [[answer(part) for part in batch] for batch in batches]
    text = "".join(
        write_csv(answers, FULL, properties=naming.names, last=LAST),
    )

    rows = read_table(text)
    assert len(rows) == len(flat)
    for row, part in zip(rows, flat, strict=True):
        assert row["id"] == cell(part["id"])
        assert row["b1_mean"] == "9.75"
        assert row["b1_frac_12"] == "0.75"
        for name, value in part["properties"].items():
            column = naming.renamed.get(name, name)
            assert row[column] == cell(value)
            assert column not in FULL.columns((), LAST)
    lines = "".join(write_ndjson(answers, {})).encode().splitlines()
    whole = json.loads("".join(write_geojson(answers, {})).encode())
    assert list(map(json.loads, lines)) == whole["features"]
    for written, part in zip(whole["features"], flat, strict=True):
        assert len(written["properties"]) == len(part["properties"]) + 1
        assert set(written.get("renamed", {})) == {
            name for name in part["properties"] if name in naming.renamed
        }


def test_columns_keep_their_names_and_properties_give_way() -> None:
    own = {"id": "A-7", "zone": "R1", "error": "none", "b1_mean": 1.5}
    body = collection(
        feature(SQUARE, id=12, properties=own),
        feature(BOW_TIE, id=13, properties=own | {"zone": "R2"}),
        feature({"type": "Point", "coordinates": [1, 2]}, properties={"b1_mean": 1.7}),
    )

    first, second, third = ask(body, "stats=mean")

    assert [first["id"], second["id"], third["id"]] == ["12", "13", ""]
    assert [first["zone"], second["zone"]] == ["R1", "R2"]
    assert first["properties.id"] == "A-7"
    assert first["error"] == ""
    assert first["properties.error"] == "none"
    assert second["zone_repaired"].startswith("Self-intersection")
    assert third["properties.b1_mean"] == "1.7"
    assert third["b1_mean"] == ""
    assert "is not Polygon" in third["error"]


def test_a_property_is_the_id_where_features_have_none() -> None:
    body = collection(feature(SQUARE, properties={"id": "A-7"}), feature(SQUARE))

    rows = ask(body, "stats=mean")

    assert [row["id"] for row in rows] == ["A-7", ""]
    assert "properties.id" not in rows[0]


@pytest.mark.parametrize(
    ("query", "taken"),
    [
        ("", {"statistics"}),
        ("group_by=flat", {"statistics", "groups"}),
        ("weights=flat", {"statistics", "weighted"}),
    ],
)
def test_features_say_which_properties_were_renamed(
    query: str, taken: set[str]
) -> None:
    own = dict.fromkeys(("statistics", "groups", "weighted", "name"), "mine")
    body = feature(SQUARE, properties=own)

    answer = post(PATH, body, f"stats=mean&{query}").json()

    assert answer["renamed"] == {name: f"properties.{name}" for name in taken}
    kept = [answer["renamed"].get(name, name) for name in own]
    assert all(answer["properties"][name] == "mine" for name in kept)
    assert all(answer["properties"][name] != "mine" for name in taken)


def test_a_crosstab_gives_back_a_property_of_its_name() -> None:
    body = feature(SQUARE, properties={"crosstab": 7})
    query = "dataset=grid&dataset=flat"

    properties = post("/crosstab", body, query).json()["properties"]

    assert properties["properties.crosstab"] == 7
    assert properties["crosstab"]["count"] > 0


def test_classes_have_columns_of_their_own() -> None:
    path = "/datasets/landcover/statistics"
    figures = post(path, SQUARE, "").json()["properties"]["statistics"]["b1"]

    (row,) = ask(SQUARE, "", path)

    assert "b1_categories" not in row
    met = {str(entry["value"]): entry for entry in figures["categories"]}
    shares = {
        name.removeprefix("b1_frac_"): float(value)
        for name, value in row.items()
        if name.startswith("b1_frac_")
    }
    assert set(shares) == {*map(str, range(17)), "other"}
    assert all(
        value == met.get(name, {"fraction": 0})["fraction"]
        for name, value in shares.items()
    )
    assert sum(shares.values()) == pytest.approx(1)
    areas = [float(v) for name, v in row.items() if name.startswith("b1_area_m2_")]
    assert sum(areas) == pytest.approx(float(row["b1_area_m2"]))


def test_values_beside_the_classes_are_summed_up() -> None:
    row = dict(BAND.cells(FIGURES))

    assert row["b1_frac_1"] == 0
    assert row["b1_frac_12"] == 0.75
    assert row["b1_frac_other"] == 0.25
    assert row["b1_area_m2_other"] == 10


def test_a_zone_without_data_has_no_shares() -> None:
    far = polygon([[50, 0], [51, 0], [51, 1], [50, 0]])

    inside, outside = ask(
        collection(feature(SQUARE), feature(far)), "categorical=true", PATH
    )

    shares = [name for name in outside if "_frac_" in name]
    assert shares
    assert sum(float(inside[name]) for name in shares) == pytest.approx(1)
    assert {outside[name] for name in shares} == {""}
    assert outside["b1_reason"] == "outside_raster"


def test_without_names_the_classes_met_have_columns() -> None:
    query = "stats=categories&stats=mean"
    (entry,) = post(PATH.replace("grid", "flat"), SQUARE, query).json()["properties"][
        "statistics"
    ]["b1"]["categories"]

    (row,) = ask(SQUARE, query, PATH.replace("grid", "flat"))

    assert list(row) == [
        *("id", "b1_frac_7", "b1_area_m2_7", "b1_mean", "b1_reason", "b1_partial")
    ]
    assert float(row["b1_area_m2_7"]) == entry["area_m2"]


def test_classes_that_wait_for_their_header_are_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tables, "MAX_WAITING", 10)

    answer = post(PATH, SQUARE, "f=csv&categorical=true")

    assert answer.status == 413
    assert "exceeds 10" in answer.json()["detail"]


def test_groups_are_rows_below_their_zone() -> None:
    path, query = "/datasets/grid/statistics", "group_by=flat&stats=mean&stats=count"
    body = collection(feature(SQUARE, id=1), feature(None, id=2), feature(SQUARE, id=3))
    whole = post(path, body, query).json()["features"][0]["properties"]

    rows = ask(body, query)

    assert [(row["id"], row["group"]) for row in rows] == [
        *(("1", ""), ("1", "7"), ("2", ""), ("3", ""), ("3", "7"))
    ]
    (entry,) = whole["groups"]["entries"]
    assert float(rows[1]["b1_mean"]) == entry["statistics"]["b1"]["mean"]
    assert float(rows[0]["b1_mean"]) == whole["statistics"]["b1"]["mean"]
    assert float(rows[0]["ungrouped_pixels"]) == whole["groups"]["ungrouped_pixels"]


def test_weighted_figures_have_columns() -> None:
    weighted = post(PATH, SQUARE, "weights=flat").json()["properties"]["weighted"]

    (row,) = ask(SQUARE, "weights=flat&stats=mean")

    assert float(row["b1_weighted_mean"]) == weighted["b1"]["weighted_mean"]
    assert float(row["b1_weight_sum"]) == weighted["b1"]["weight_sum"]
    assert float(row["b1_weighted_count"]) == weighted["b1"]["count"]


def test_bands_asked_for_by_name_are_called_so(
    catalogue: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = describe_grid(catalogue)
    bands = item["assets"]["data"]["bands"]
    bands[0]["name"], bands[1]["name"] = "red", "nir"
    write_catalogue(folder, [item])
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))

    (row,) = ask(SQUARE, "bidx=nir&bidx=1&stats=mean&stats=max")

    assert list(row) == [
        *("id", "nir_mean", "nir_max", "nir_reason", "nir_partial"),
        *("b1_mean", "b1_max", "b1_reason", "b1_partial"),
    ]


def test_bands_go_by_number_where_names_would_make_columns_alike() -> None:
    figures = ("mean", "area_weighted_mean")
    bands = [BandColumns("b1", "b1", figures), BandColumns("b2", "b2", figures)]

    named = name_bands(bands, ["red", "nir"])
    alike = name_bands(bands, ["nir", "nir_area"])

    assert [band.label for band in named] == ["red", "nir"]
    assert [band.label for band in alike] == ["b1", "b2"]
