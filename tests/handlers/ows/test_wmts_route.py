from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testing.client import Answer, event, get, get_url, invoke, post

if TYPE_CHECKING:
    from pathlib import Path

WMTS = "{http://www.opengis.net/wmts/1.0}"
OWS = "{http://www.opengis.net/ows/1.1}"
HREF = "{http://www.w3.org/1999/xlink}href"

CAPABILITIES = "/wmts/1.0.0/WMTSCapabilities.xml"

TILE = {
    "SERVICE": "WMTS",
    "REQUEST": "GetTile",
    "VERSION": "1.0.0",
    "LAYER": "grid",
    "STYLE": "default",
    "FORMAT": "image/png",
    "TILEMATRIXSET": "GoogleMapsCompatible",
    "TILEMATRIX": "7",
    "TILEROW": "45",
    "TILECOL": "67",
}


def ask(changes: dict[str, str | None] | None = None, more: str = "") -> Answer:
    """GetTile with other values; None leaves a key out."""
    keys = {k: v for k, v in (TILE | (changes or {})).items() if v is not None}
    return get("/wmts", urlencode(keys) + more)


def parse(answer: Answer) -> ET.Element:
    assert answer.headers["content-type"] == "application/xml"
    return ET.fromstring(answer.body)  # noqa: S314  our own


def faults_of(answer: Answer) -> list[tuple[str | None, str | None]]:
    """Code and locator of each exception; every one has a text."""
    root = parse(answer)
    assert root.tag == f"{OWS}ExceptionReport"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    exceptions = root.findall(f"{OWS}Exception")
    assert all(e.findtext(f"{OWS}ExceptionText") for e in exceptions)
    return [(e.get("exceptionCode"), e.get("locator")) for e in exceptions]


@pytest.mark.parametrize(
    "query",
    [
        "SERVICE=WMTS&REQUEST=GetCapabilities",
        "service=WMTS&request=GetCapabilities&version=1.0.0",
        "Service=wmts&Request=GetCapabilities&AcceptVersions=1.1.0,1.0.0",
        "service=WMTS&request=GetCapabilities&sections=All&acceptformats=text/xml",
        "service=WMTS&request=GetCapabilities&updatesequence=1",
        "",
        # As QGIS asks at an address that does not say what it is; the second line of
        # all is OWSLib's, at either address.
        "SERVICE=WMS&REQUEST=GetCapabilities",
        "SERVICE=WMS&REQUEST=GetCapabilities&VERSION=1.3.0",
    ],
)
def test_capabilities_are_the_same_at_both_addresses(query: str):
    restful = get(CAPABILITIES)

    for path in ("/wmts", CAPABILITIES):
        answer = get(path, query)

        assert (answer.status, restful.status) == (200, 200)
        assert parse(answer).tag == f"{WMTS}Capabilities"
        assert answer.body == restful.body


def test_the_capabilities_say_who_provides_them():
    root = parse(get("/wmts"))

    (provider,) = root.iter(f"{OWS}ServiceProvider")
    assert provider.findtext(f"{OWS}ProviderName") == "Rasterlet"
    assert provider.find(f"{OWS}ServiceContact") is not None


def test_every_dataset_of_the_catalogue_is_a_layer():
    ids = [item["id"] for item in get("/datasets").json()["features"]]

    root = parse(get(CAPABILITIES))

    layers = root.iter(f"{WMTS}Layer")
    assert [layer.findtext(f"{OWS}Identifier") for layer in layers] == ids


def test_the_addresses_in_the_document_work():
    root = parse(get(CAPABILITIES))

    (layer,) = (
        layer
        for layer in root.iter(f"{WMTS}Layer")
        if layer.findtext(f"{OWS}Identifier") == "grid"
    )
    place = {"{TileMatrix}": "7", "{TileCol}": "67", "{TileRow}": "45"}
    for resource in layer.findall(f"{WMTS}ResourceURL"):
        url = str(resource.get("template"))
        for name, value in place.items():
            url = url.replace(name, value)
        tile = get_url(url)
        assert tile.headers["content-type"] == resource.get("format")
    (legend,) = layer.iter(f"{WMTS}LegendURL")
    assert get_url(str(legend.get(HREF))).headers["content-type"] == "image/png"
    (document,) = root.iter(f"{WMTS}ServiceMetadataURL")
    assert get_url(str(document.get(HREF))).body == get(CAPABILITIES).body
    for operation in root.iter(f"{OWS}Get"):
        answer = get_url(f"{operation.get(HREF)}{urlencode(TILE)}")
        assert answer.headers["content-type"] == "image/png"


def test_a_tile_is_that_of_the_tile_route():
    answer = ask()

    expected = get("/datasets/grid/tiles/7/67/45.png")
    assert answer.status == 200
    assert answer.body == expected.body
    for name in (
        "content-type",
        "cache-control",
        "etag",
        "access-control-allow-origin",
    ):
        assert answer.headers[name] == expected.headers[name]


@pytest.mark.parametrize(
    ("media_type", "form"), [("image/webp", "webp"), ("image/jpeg", "jpg")]
)
def test_a_tile_has_the_format_that_is_asked_for(media_type: str, form: str):
    answer = ask({"FORMAT": media_type})

    assert answer.headers["content-type"] == media_type
    assert answer.body == get(f"/datasets/grid/tiles/7/67/45.{form}").body


@given(st.lists(st.booleans(), min_size=100, max_size=100))
def test_keys_are_read_in_any_case(upper: list[bool]):
    cases = iter(upper)
    keys = {
        "".join(c.upper() if next(cases) else c.lower() for c in key): value
        for key, value in TILE.items()
    }

    assert get("/wmts", urlencode(keys)).status == 200


@pytest.mark.parametrize("level", [0, 7, 30])
def test_every_matrix_set_is_the_same_matrix(level: int):
    matrix_set = f"GoogleMapsCompatible_Level{level}"

    assert ask({"TILEMATRIXSET": matrix_set}).body == ask().body


@pytest.mark.parametrize(
    "name", ["WebMercatorQuad", "WholeWorld_WebMercator", "EPSG:3857"]
)
def test_the_matrix_set_has_other_names_elsewhere(name: str):
    assert ask({"TILEMATRIXSET": name}).body == ask().body


def test_no_style_is_the_default_style():
    assert ask({"STYLE": ""}).body == ask().body


def test_head_and_tags_work_for_tiles_too():
    got = ask()
    request = event("HEAD", "/wmts", urlencode(TILE))

    head = invoke(request)
    request["headers"]["if-none-match"] = got.headers["etag"]
    unchanged = invoke(request)

    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(got.body))
    assert unchanged.status == 304


def test_rendering_parameters_are_the_tiles_own():
    query = "&rescale=-5.5,30000&colormap_name=viridis&bidx=2"

    answer = ask(more=query)

    assert answer.body == get("/datasets/grid/tiles/7/67/45", query[1:]).body
    assert answer.body != ask().body


@pytest.mark.parametrize("path", ["/wmts", CAPABILITIES])
def test_rendering_parameters_are_carried_into_every_address(path: str):
    query = "rescale=0%2C9&colormap_name=viridis"

    root = parse(get(path, query))

    hrefs = [
        e.get(HREF) for e in (*root.iter(f"{WMTS}LegendURL"), *root.iter(f"{OWS}Get"))
    ]
    templates = [e.get("template") for e in root.iter(f"{WMTS}ResourceURL")]
    for url in (*hrefs, *templates):
        carried = parse_qsl(str(url).partition("?")[2])
        assert [pair for pair in carried if pair[0] != "v"] == parse_qsl(query)


@pytest.mark.parametrize(
    ("changes", "status", "expected"),
    [
        ({"SERVICE": None}, 400, [("MissingParameterValue", "SERVICE")]),
        ({"SERVICE": "WMS"}, 400, [("InvalidParameterValue", "SERVICE")]),
        ({"REQUEST": None}, 400, [("MissingParameterValue", "REQUEST")]),
        ({"REQUEST": "GetMap"}, 501, [("OperationNotSupported", "GetMap")]),
        ({"REQUEST": "gettile"}, 501, [("OperationNotSupported", "gettile")]),
        (
            {"REQUEST": "GetFeatureInfo"},
            501,
            [("OperationNotSupported", "GetFeatureInfo")],
        ),
        ({"VERSION": None}, 400, [("MissingParameterValue", "VERSION")]),
        ({"VERSION": "1.3.0"}, 400, [("InvalidParameterValue", "VERSION")]),
        ({"LAYER": None}, 400, [("MissingParameterValue", "LAYER")]),
        ({"LAYER": "atlantis"}, 400, [("InvalidParameterValue", "LAYER")]),
        ({"STYLE": None}, 400, [("MissingParameterValue", "STYLE")]),
        ({"STYLE": "night"}, 400, [("InvalidParameterValue", "STYLE")]),
        ({"FORMAT": "image/gif"}, 400, [("InvalidParameterValue", "FORMAT")]),
        ({"FORMAT": ""}, 400, [("MissingParameterValue", "FORMAT")]),
        (
            {"TILEMATRIXSET": "GoogleMapsCompatible_Level31"},
            400,
            [("InvalidParameterValue", "TILEMATRIXSET")],
        ),
        ({"TILEMATRIXSET": "x"}, 400, [("InvalidParameterValue", "TILEMATRIXSET")]),
        ({"TILEMATRIX": "31"}, 400, [("InvalidParameterValue", "TILEMATRIX")]),
        ({"TILEMATRIX": "07"}, 400, [("InvalidParameterValue", "TILEMATRIX")]),
        ({"TILEMATRIX": "-1"}, 400, [("InvalidParameterValue", "TILEMATRIX")]),
        ({"TILEROW": "128"}, 400, [("TileOutOfRange", "TILEROW")]),
        ({"TILECOL": "99999999"}, 400, [("TileOutOfRange", "TILECOL")]),
        ({"TILEROW": "-1"}, 400, [("InvalidParameterValue", "TILEROW")]),
        ({"TILEROW": "1.5"}, 400, [("InvalidParameterValue", "TILEROW")]),
        ({"TILEROW": "9" * 5000}, 400, [("InvalidParameterValue", "TILEROW")]),
        (
            {"LAYER": None, "FORMAT": "x", "TILEROW": "128"},
            400,
            [
                ("MissingParameterValue", "LAYER"),
                ("InvalidParameterValue", "FORMAT"),
                ("TileOutOfRange", "TILEROW"),
            ],
        ),
    ],
    ids=str,
)
def test_what_is_wrong_is_reported_as_ows_has_it(
    changes: dict[str, str | None], status: int, expected: list[tuple[str, str]]
):
    answer = ask(changes)

    assert answer.status == status
    assert faults_of(answer) == expected
    assert len(answer.body) < 3000


def test_a_key_that_stands_twice_is_reported():
    answer = ask(more="&layer=flat")

    assert answer.status == 400
    assert faults_of(answer) == [("InvalidParameterValue", "LAYER")]


def test_no_version_in_common_is_reported():
    query = "service=WMTS&request=GetCapabilities&acceptversions=2.0.0"

    assert faults_of(get("/wmts", query)) == [("VersionNegotiationFailed", None)]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/wmts", "service=WMTS&request=GetCapabilities&page=2"),
        (CAPABILITIES, "page=2"),
        ("/wmts", f"{urlencode(TILE)}&page=2"),
    ],
)
def test_unknown_parameters_are_refused(path: str, query: str):
    answer = get(path, query)

    assert answer.status == 400
    assert faults_of(answer) == [("InvalidParameterValue", "page")]


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("service=WMTS&request=GetCapabilities&layer=grid", "LAYER"),
        ("service=WMTS&request=GetCapabilities&Format=image/png", "FORMAT"),
        (f"{urlencode(TILE)}&sections=All", "SECTIONS"),
        (f"{urlencode(TILE)}&AcceptVersions=1.0.0", "ACCEPTVERSIONS"),
    ],
)
def test_keys_of_the_other_request_are_refused(query: str, key: str):
    for path in ("/wmts", CAPABILITIES):
        answer = get(path, query)

        assert answer.status == 400
        assert faults_of(answer) == [("InvalidParameterValue", key)]


def test_a_tile_without_data_may_be_no_tile():
    away = {"TILEROW": "0", "TILECOL": "0"}

    assert ask(away, "&empty=204").status == 204
    answer = ask(away, "&empty=404")
    assert answer.status == 404
    assert answer.headers["cache-control"] == "max-age=60"
    assert parse(answer).tag == f"{OWS}ExceptionReport"


@pytest.mark.parametrize("name", ["\0", "\x1f", "\ufffe", "<&\"'>"])
def test_what_xml_cannot_hold_is_no_way_to_break_the_report(name: str):
    faults_of(get("/wmts", urlencode({name: "1", "service": "WMTS", "request": name})))
    faults_of(get(CAPABILITIES, urlencode({name: name})))


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("colormap_name=heat", "colormap_name"), ("rescale=9,1", "rescale")],
)
def test_rendering_parameters_that_do_not_parse_are_reported(
    query: str, parameter: str
):
    expected = [("InvalidParameterValue", parameter)]

    assert faults_of(get(CAPABILITIES, query)) == expected
    assert faults_of(ask(more=f"&{query}")) == expected


def test_what_a_layer_cannot_draw_is_reported():
    answer = ask(more="&bidx=3")

    assert answer.status == 400
    assert faults_of(answer) == [("InvalidParameterValue", None)]


@pytest.mark.parametrize(
    ("layer", "status", "code"),
    [("missing", 502, "NoApplicableCode"), ("huge", 413, "InvalidParameterValue")],
)
def test_errors_of_the_tile_keep_their_status(layer: str, status: int, code: str):
    place = {"TILEMATRIX": "0", "TILEROW": "0", "TILECOL": "0"}
    answer = ask({"LAYER": layer, **place})

    assert answer.status == status
    assert faults_of(answer) == [(code, None)]


def test_a_catalogue_that_cannot_be_read_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RASTERLET_CATALOG", str(tmp_path / "nowhere.json"))

    for answer in (get(CAPABILITIES), get("/wmts"), ask()):
        assert answer.status == 502
        assert faults_of(answer) == [("NoApplicableCode", None)]
        assert str(tmp_path) not in answer.body.decode()


@pytest.mark.parametrize("name", ["missing", "empty", "truncated"])
def test_capabilities_open_no_raster(name: str):
    assert f"<ows:Identifier>{name}</ows:Identifier>" in get(CAPABILITIES).body.decode()


def test_other_methods_are_not_allowed():
    answer = post("/wmts", {})

    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD"


def test_capabilities_load_no_gdal():
    code = (
        "import json, sys; from testing.client import get;"
        f"assert get({CAPABILITIES!r}).status == 200; print(*sys.modules)"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()

    assert "handlers.wmts" in loaded
    assert not {"rasterio", "shapely", "handlers.tiles"} & set(loaded)
