from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from aws_lambda_powertools.event_handler.api_gateway import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from hypothesis import given
from hypothesis import strategies as st

from handlers.catalogue import store
from handlers.catalogue.store import load_catalogue
from handlers.http import caching
from handlers.http.caching import address_of, conditional
from raster_core.catalogue import versions as known_versions
from raster_core.catalogue.versions import version_of
from testing.client import Answer, event, get_url, invoke
from tests.handlers.catalogues import describe_grid, write_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TILE = "/datasets/grid/tiles/7/67/45.png"

KEPT = "public, max-age=3600, stale-while-revalidate=86400"

# An answer of each kind, and whether its text may travel in two ways.
PLACES = [
    (TILE, False),
    ("/datasets/grid/legend.png", False),
    ("/colormaps/viridis.png", False),
    ("/datasets", True),
    ("/datasets/grid", True),
    ("/datasets/grid/tilejson.json", True),
    ("/datasets/grid/legend.json", True),
    ("/colormaps", True),
    ("/openapi.json", True),
    ("/docs", True),
    ("/wmts", True),
    ("/wmts/1.0.0/WMTSCapabilities.xml", True),
]

each_place = pytest.mark.parametrize("path", [path for path, _ in PLACES])

names = st.sampled_from(["bidx", "rescale", "empty", "a b", "é"])
pairs = st.lists(st.tuples(names, st.text(max_size=3)), max_size=6)


def ask(path: str, query: str = "", method: str = "GET", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return invoke(event(method, path, query, headers=named))


def proxy(
    method: str, path: str, query: str = "", **headers: str
) -> APIGatewayProxyEventV2:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return APIGatewayProxyEventV2(event(method, path, query, headers=named))


def tag_of(query: str, path: str = "/a", version: str = "1") -> str:
    answer = conditional(proxy("GET", path, query), version, lambda: Response(200))
    return str(answer.headers["ETag"])


def never() -> Response[str]:
    raise AssertionError("The answer was made although the caller has it")


@given(pairs, st.randoms())
def test_the_order_of_parameters_means_nothing_but_for_one_name(given_pairs, random):
    by_name = {
        name: [p for p in given_pairs if p[0] == name] for name, _ in given_pairs
    }
    groups = list(by_name.values())
    random.shuffle(groups)
    shuffled = [pair for group in groups for pair in group]

    assert tag_of(urlencode(given_pairs)) == tag_of(urlencode(shuffled))


@given(pairs, pairs)
def test_only_equal_parameters_have_one_tag(one, other):
    same = sorted(one, key=lambda p: p[0]) == sorted(other, key=lambda p: p[0])

    assert (tag_of(urlencode(one)) == tag_of(urlencode(other))) == same


def test_the_order_of_bands_means_something():
    assert tag_of("bidx=1&bidx=2") != tag_of("bidx=2&bidx=1")
    address = address_of(proxy("GET", "/", "b=2&a=1&b=1"))
    assert address.query.canonical() == "a=1&b=2&b=1"


def test_spellings_of_one_parameter_have_one_tag():
    assert tag_of("rescale=0,9") == tag_of("rescale=0%2C9") == tag_of("rescale=0%2c9")


@given(
    st.text(max_size=5), st.text(max_size=5), st.text(max_size=5), st.text(max_size=5)
)
def test_parts_do_not_run_into_each_other(version, path, other_version, other_path):
    tag = tag_of("", f"/{path}", version)

    equal = (version, path) == (other_version, other_path)
    assert (tag == tag_of("", f"/{other_path}", other_version)) == equal


def test_another_version_of_the_code_has_another_tag(monkeypatch: pytest.MonkeyPatch):
    before = tag_of("")
    monkeypatch.setattr(caching, "__version__", "0.0.0")

    assert tag_of("") != before


@pytest.mark.parametrize(
    "template",
    [
        '"{}"',
        'W/"{}"',
        '"a", "{}"',
        'W/"a,b" ,W/"{}" , "c"',
        '"a","{}"',
        "*",
        " * ",
    ],
)
@pytest.mark.parametrize("weak", [True, False])
def test_a_tag_in_a_list_is_found_whether_weak_or_strong(template: str, weak: bool):
    own = tag_of("").strip('W/"')
    asked = proxy("GET", "/a", if_none_match=template.format(own))

    answer = conditional(asked, "1", never, weak=weak)

    assert answer.status_code == 304
    assert answer.body is None
    assert answer.headers["ETag"] == (f'W/"{own}"' if weak else f'"{own}"')


@pytest.mark.parametrize(
    "header", ["", '"a"', "{}", '"{}x"', "**", '"*"', '"a{}"', "W/"]
)
def test_another_tag_does_not_match(header: str):
    own = tag_of("").strip('"')
    asked = proxy("GET", "/a", if_none_match=header.format(own))

    assert conditional(asked, "1", lambda: Response(200)).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods_are_answered_in_any_case(method: str):
    answer = conditional(
        proxy(method, "/a", if_none_match="*"), "1", lambda: Response(200)
    )

    assert (answer.status_code, "ETag" in answer.headers) == (200, False)


@pytest.mark.parametrize("status", [400, 404, 413, 500, 502, 503])
def test_errors_have_no_tag(status: int):
    answer = conditional(proxy("GET", "/a"), "1", lambda: Response(status))

    assert "ETag" not in answer.headers


@pytest.mark.parametrize(("path", "weak"), PLACES)
def test_pictures_have_strong_tags_and_texts_weak_ones(path: str, weak: bool):
    answer = ask(path)

    assert answer.status == 200
    assert re.fullmatch(
        'W/"[0-9a-f]{24}"' if weak else '"[0-9a-f]{24}"', answer.headers["etag"]
    )


@each_place
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_the_caller_has_is_not_sent_again(path: str, method: str):
    first = ask(path)

    again = ask(path, "", method, if_none_match=first.headers["etag"])

    assert again.status == 304
    assert again.body == b""
    for name in ("etag", "cache-control", "access-control-allow-origin", "vary"):
        assert again.headers.get(name) == first.headers.get(name)
    assert "content-type" not in again.headers
    assert "content-length" not in again.headers


@each_place
def test_parameters_are_validated_before_the_tag_is_compared(path: str):
    answer = ask(path, "nonsense=1", if_none_match="*")

    assert answer.status == 400
    assert "etag" not in answer.headers


def test_nothing_is_read_for_what_the_caller_has():
    """The raster is gone, and nobody asks for it."""
    path = "/datasets/missing/tiles/7/67/45.png"
    assert ask(path).status == 502

    assert ask(path, if_none_match="*").status == 304


def test_another_base_is_another_document_but_the_same_tile(
    monkeypatch: pytest.MonkeyPatch,
):
    before = {path: ask(path).headers["etag"] for path, _ in PLACES}
    monkeypatch.setenv("RASTERLET_BASE_URL", "https://maps.example")

    after = {path: ask(path).headers["etag"] for path, _ in PLACES}

    with_links = {
        "/datasets",
        "/datasets/grid",
        "/datasets/grid/tilejson.json",
        "/colormaps",
        "/openapi.json",
        "/wmts",
        "/wmts/1.0.0/WMTSCapabilities.xml",
    }
    assert {path for path in before if before[path] != after[path]} == with_links


@pytest.fixture
def versions(
    catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[str]]:
    """What ``version_of`` says of an Item, of a changed one, and of the first again."""
    monkeypatch.setenv("RASTERLET_CATALOG", str(tmp_path / "catalog.json"))
    item = describe_grid(catalogue)
    titled = item | {"properties": item["properties"] | {"title": "Other"}}
    pixels = item | {"properties": item["properties"] | {"version": "2"}}
    found = []
    for document in (item, titled, pixels, item):
        write_catalogue(tmp_path, [document])
        store._kept.clear()
        found.append(version_of(load_catalogue().dataset("grid")))
    return found


def test_a_changed_item_is_another_version(versions: list[str]):
    assert len(set(versions)) == 3
    assert versions[0] == versions[3]


def test_a_forgotten_digest_is_computed_again(monkeypatch: pytest.MonkeyPatch):
    dataset = load_catalogue().dataset("grid")
    before = version_of(dataset)
    monkeypatch.setattr(known_versions, "_MAX_DIGESTS", 0)

    assert version_of(dataset) == before
    assert version_of(dataset, dataset) == f"{before} {before}"


def images_of() -> dict[str, str]:
    """Every address of an image that some document names, by document."""
    item = ask("/datasets/grid").json()
    links = {link["rel"]: link["href"] for link in item["links"]}
    capabilities = ask("/wmts").body.decode()
    (template,) = re.findall(r'template="([^"]*)"', capabilities)
    (legend,) = re.findall(r'LegendURL [^>]*href="([^"]*)"', capabilities)
    (tiles,) = ask("/datasets/grid/tilejson.json", "rescale=0,9").json()["tiles"]
    place = {"{TileMatrix}": "7", "{TileCol}": "67", "{TileRow}": "45"}
    place |= {"{z}": "7", "{x}": "67", "{y}": "45"}
    found = {
        "tilejson": tiles,
        "link": links["tiles"],
        "preview": links["preview"],
        "template": template.replace("&amp;", "&"),
        "legend": legend,
    }
    for name, number in place.items():
        found = {key: url.replace(name, number) for key, url in found.items()}
    return found


def test_images_of_the_version_that_documents_name_are_kept_forever(
    catalogue: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    before = images_of()

    for url in before.values():
        answer = get_url(url)
        assert answer.status == 200, answer.body
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        unchanged = ask(*split(url), if_none_match=answer.headers["etag"])
        assert unchanged.status == 304
        assert unchanged.headers["cache-control"] == answer.headers["cache-control"]

    item = describe_grid(catalogue)
    item["properties"]["version"] = "2"
    write_catalogue(folder, [item])
    store.forget_catalogue()

    after = images_of()
    for name, url in after.items():
        assert url != before[name]
        assert get_url(url).headers["cache-control"].endswith("immutable")
        # What an old document names is still drawn, as it is now.
        old = get_url(before[name])
        assert old.body == get_url(url).body
        assert old.headers["cache-control"] == "public, max-age=60"


def split(url: str) -> tuple[str, str]:
    path, _, query = url.split("/", 3)[3].partition("?")
    return f"/{path}", query


@each_place
def test_documents_are_looked_for_each_time(path: str) -> None:
    kept = ask(path).headers["cache-control"]

    is_document = dict(PLACES)[path]
    assert kept == ("no-cache" if is_document else KEPT)


def test_a_dataset_that_is_added_is_seen_at_once(
    catalogue: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    seen = {path: ask(path) for path in ("/datasets", "/wmts")}

    write_catalogue(
        folder, [describe_grid(catalogue), describe_grid(catalogue, id="b")]
    )
    store.forget_catalogue()

    for path, before in seen.items():
        assert before.headers["cache-control"] == "no-cache"
        assert ask(path, if_none_match=before.headers["etag"]).status == 200


def test_images_without_a_version_in_the_catalogue_are_not_kept_forever(
    catalogue: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = describe_grid(catalogue)
    item["properties"].pop("version", None)
    item["assets"]["data"].pop("file:checksum", None)
    write_catalogue(folder, [item])
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))

    for name, url in images_of().items():
        assert "v=" not in url, name
        assert get_url(url).headers["cache-control"] == KEPT


def test_overlays_name_their_version_too() -> None:
    overlay = json.dumps({"layers": [{"dataset": "grid", "range": [0, 9]}]})
    query = urlencode({"overlay": overlay})
    (tiles,) = ask("/overlay/tilejson.json", query).json()["tiles"]
    url = tiles.replace("{z}/{x}/{y}", "7/67/45")

    assert get_url(url).headers["cache-control"].endswith("immutable")
    assert get_url(url + "0").headers["cache-control"] == "public, max-age=60"


@pytest.mark.parametrize("version", ["", "1?rescale=0,9", "a b", "x" * 65])
def test_what_is_no_version_is_refused(version: str) -> None:
    answer = ask(TILE, urlencode({"v": version}))

    assert answer.status == 400
    assert [e["parameter"] for e in answer.json()["errors"]] == ["v"]


def test_the_operator_decides_about_versions_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RASTERLET_CACHE_CONTROL", "private, max-age=5")
    url = ask("/datasets/grid/tilejson.json").json()["tiles"][0]

    answer = get_url(url.replace("{z}/{x}/{y}", "7/67/45"))

    assert answer.headers["cache-control"] == "private, max-age=5"
