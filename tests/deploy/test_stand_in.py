"""The packaged stack in an account on this machine, answering every route.

The buckets, the environment and the code are those that the stack made there; the
rasters are read from there by GDAL's own S3 client.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from deploy.publish import empty_bucket, main, publish_page
from handlers.http.urls import HOST_HEADER, SECRET_HEADER
from handlers.routes import FALLBACK, FUNCTIONS, ROUTES
from testing.client import event, read_answer
from testing.lambda_root.events import example_event
from tests.deploy.account import Account
from tests.deploy.packages import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from handlers.contract.route import Route
    from tests.deploy.account import Deployed
    from tests.deploy.packages import Template


@pytest.fixture(scope="module")
def account(packaged: Template, code: Path, layers: Path) -> Iterator[Account]:
    artifacts = {path.name: path for path in (code, *layers.iterdir())}
    with Account() as made:
        made.deploy(packaged, artifacts)
        yield made


@pytest.fixture
def here(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in account.environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def deployed(account: Account) -> dict[str, Deployed]:
    bucket = account.outputs("rasterlet-dev")["RasterBucket"]
    for name in ("catalog.json", "elevation_yosemite.tif", "landcover_global_2019.tif"):
        content = (ROOT / "sample" / name).read_bytes()
        account.client("s3").put_object(Bucket=bucket, Key=name, Body=content)
    return account.functions()


def request_of(route: Route, headers: dict[str, str]) -> dict[str, Any]:
    """The example that the API's description has of a route."""
    made = example_event(route)
    return {**made, "headers": {**made["headers"], **headers}}


def test_there_is_a_function_for_every_route(deployed: dict[str, Deployed]):
    assert sorted(deployed) == sorted(FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_route_answers_from_the_deployed_zip(
    deployed: dict[str, Deployed], function: str, tmp_path: Path
):
    routes = [route for route in ROUTES if route.function == function]
    secret = deployed[function].variables["RASTERLET_ORIGIN_SECRET"]
    headers = {SECRET_HEADER: secret, HOST_HEADER: "maps.example"}

    results = deployed[function].invoke(
        tmp_path, [request_of(route, headers) for route in routes]
    )

    answers = [read_answer(result) for result in results]
    assert [answer.status for answer in answers] == [200] * len(routes), answers
    for route, answer in zip(routes, answers, strict=True):
        if route.path.endswith("tilejson.json"):
            (tiles,) = answer.json()["tiles"]
            assert tiles.startswith("https://maps.example/")
        if route.path == "/datasets/{id}/point":
            assert answer.json()["values"][0]["value"] is not None


def test_a_stack_without_a_catalogue_says_so(
    deployed: dict[str, Deployed], tmp_path: Path
):
    """What a new deployment answers until somebody uploads one."""
    made = deployed[FALLBACK]
    elsewhere = {"RASTERLET_CATALOG": "s3://nobody-has-this/catalog.json"}
    empty = replace(made, variables={**made.variables, **elsewhere})

    results = empty.invoke(
        tmp_path, [event("GET", "/health"), event("GET", "/datasets")]
    )

    health, datasets = (read_answer(result) for result in results)
    assert health.status == 200
    assert datasets.status == 502
    assert "nobody-has-this" not in datasets.body.decode()


@pytest.mark.usefixtures("here")
def test_the_sample_is_uploaded_once(
    account: Account, capsys: pytest.CaptureFixture[str]
):
    bucket = account.outputs("rasterlet-dev")["RasterBucket"]
    empty_bucket(bucket)

    assert main(["dev", "--sample"]) == 0
    assert main(["dev", "--sample"]) == 1

    assert "has a catalog.json already" in capsys.readouterr().err
    listed = account.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    assert {"catalog.json", "elevation_yosemite.tif"} <= {one["Key"] for one in listed}


@pytest.fixture
def page() -> Path:
    """The page as the build makes it, which `make unit` sees to."""
    dist = ROOT / "frontend" / "dist"
    if not (dist / "index.html").is_file():
        pytest.skip("frontend/dist is not built")
    return dist


@pytest.mark.usefixtures("here")
def test_the_page_is_uploaded_with_how_long_it_lasts(account: Account, page: Path):
    bucket = account.outputs("rasterlet-dev")["PageBucket"]

    assert main(["dev", "--page", "--page-folder", str(page)]) == 0

    heads = {
        path.relative_to(page).as_posix(): account.client("s3").head_object(
            Bucket=bucket, Key=path.relative_to(page).as_posix()
        )
        for path in page.rglob("*")
        if path.is_file()
    }
    kept = {name for name, head in heads.items() if "immutable" in head["CacheControl"]}
    scripts = {name for name in heads if name.endswith(".js")}
    hashed = re.compile(r"assets/.+-[\w-]{8}\.\w+")
    assert kept == {name for name in heads if hashed.fullmatch(name)} > scripts
    others = {name: heads[name]["CacheControl"] for name in heads.keys() - kept}
    assert others.keys() > {"index.html", "licenses.txt", "zones/countries.geojson"}
    assert {*others.values()} == {"no-cache"}
    assert heads["index.html"]["ContentType"] == "text/html; charset=utf-8"
    assert heads["zones/countries.geojson"]["ContentType"] == "application/geo+json"
    for name in scripts:
        assert heads[name]["ContentType"].startswith("text/javascript")


@pytest.mark.usefixtures("here")
def test_what_names_the_others_comes_last(account: Account, page: Path):
    bucket = account.outputs("rasterlet-dev")["PageBucket"]

    assert publish_page(bucket, page)[-1] == "index.html"


@pytest.mark.usefixtures("here")
def test_a_page_that_is_not_built_is_not_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["dev", "--page", "--page-folder", str(tmp_path)]) == 1

    assert "has no index.html" in capsys.readouterr().err


@pytest.mark.usefixtures("here")
def test_the_page_goes_before_the_stack_does(account: Account, page: Path):
    bucket = account.outputs("rasterlet-dev")["PageBucket"]
    publish_page(bucket, page)

    assert main(["dev", "--empty"]) == 0

    assert account.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] == 0


@pytest.mark.usefixtures("here")
def test_a_stack_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]):
    assert main(["prod", "--page"]) == 1

    assert "There is no stack rasterlet-prod" in capsys.readouterr().err
