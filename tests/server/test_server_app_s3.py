"""The local server with catalogue and rasters in a store that speaks S3's protocol."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from moto.server import ThreadedMotoServer

from raster_core.ingest.item import ItemOptions, describe_raster
from testing.geojson import collection
from tests.cogs import Recipe, write_cog
from tests.server.gateway import Gateway, fail_to_start, run_gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).resolve().parents[2] / "docs" / "configuration.md"
BUCKET = "my-rasters"

SECRETS = """
[default]
aws_access_key_id = x
aws_secret_access_key = y
[maps]
aws_access_key_id = x
aws_secret_access_key = y
"""


def examples() -> dict[str, dict[str, str]]:
    """The variables of the page's commands for S3, by the first one's name."""
    section = PAGE.read_text().partition("### Rasters in S3")[2].partition("\n### ")[0]
    found = {}
    for command in re.findall(r"```sh\n(.*?)```", section, re.DOTALL):
        words = shlex.split(command.replace("\\\n", " "))
        assert words[-2:] == ["make", "demo"]
        variables = dict(word.split("=", 1) for word in words[:-2])
        found[words[0].partition("=")[0]] = variables
    return found


EXAMPLES = examples()

# Who asks, and how that is known; the store is named beside it.
WAYS = {
    **EXAMPLES,
    "default profile": {},
    "no region": {"AWS_NO_SIGN_REQUEST": "YES"},
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint; its bucket has a catalogue, one raster, and one that is missing."""
    folder = tmp_path_factory.mktemp("bucket")
    path = folder / "grid.tif"
    write_cog(path, Recipe())
    items = []
    for name in ("grid", "lost"):
        options = ItemOptions(id=name, href=f"s3://{BUCKET}/{name}.tif")
        items.append(describe_raster(path, options))
    catalogue = json.dumps(collection(*items))
    (folder / "catalog.json").write_text(catalogue)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    endpoint = "http://{}:{}".format(*server.get_host_and_port())
    try:
        client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="x",
            aws_secret_access_key="y",  # noqa: S106  nobody's
        )
        client.create_bucket(Bucket=BUCKET)
        for name in ("grid.tif", "catalog.json"):
            public = {"ACL": "public-read"}
            client.upload_file(str(folder / name), BUCKET, name, ExtraArgs=public)
        yield endpoint
    finally:
        server.stop()


@pytest.fixture
def surroundings(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """A machine with a file of credentials and nothing in its environment."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_S3_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    secrets = tmp_path / "credentials"
    secrets.write_text(SECRETS)
    return {
        "AWS_SHARED_CREDENTIALS_FILE": str(secrets),
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "CPL_AWS_AUTODETECT_EC2": "YES",
        "RASTERLET_CATALOG": f"s3://{BUCKET}/catalog.json",
        "AWS_ENDPOINT_URL_S3": store,
    }


def values(gateway: Gateway) -> list[float]:
    reply = gateway.get("/datasets/grid/point?lon=10.505&lat=46.005")
    assert reply.status == 200, reply.body
    return [band["value"] for band in json.loads(reply.body)["values"]]


@pytest.mark.parametrize("way", WAYS)
def test_a_catalogue_in_s3_is_served(
    store: str, surroundings: dict[str, str], tmp_path: Path, way: str
):
    # The page names MinIO's own address; moto's server stands in for every store.
    given = WAYS[way] | {"AWS_ENDPOINT_URL_S3": store}

    with run_gateway(tmp_path, **surroundings, **_others(given, surroundings)) as made:
        assert values(made) == [100 * 49 + 50]
        assert made.get("/datasets/grid/preview.png").status == 200


def _others(given: dict[str, str], known: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in given.items() if name not in known}


def test_what_the_store_lacks_or_refuses_is_its_fault(
    surroundings: dict[str, str], tmp_path: Path
):
    with run_gateway(tmp_path, **surroundings) as made:
        for query in ("point?lon=10.5&lat=46", "preview.png", "statistics"):
            reply = made.get(f"/datasets/lost/{query}")
            assert reply.status == 502, reply.body
            assert BUCKET.encode() not in reply.body
        assert made.get("/health").status == 200


def test_without_credentials_nothing_is_served(surroundings: dict[str, str]):
    Path(surroundings["AWS_SHARED_CREDENTIALS_FILE"]).unlink()

    said = fail_to_start("--port", "0", **surroundings)

    assert "credentials" in said
    assert "'s3://my-rasters/catalog.json' cannot be served: " in said


def test_a_profile_that_does_not_exist_is_named(surroundings: dict[str, str]):
    said = fail_to_start("--port", "0", **surroundings, AWS_PROFILE="nobody")

    assert "nobody" in said
    assert "'s3://my-rasters/catalog.json' cannot be served: " in said


def test_the_page_has_the_three_ways():
    assert list(EXAMPLES) == [
        "AWS_PROFILE",
        "AWS_ENDPOINT_URL_S3",
        "AWS_NO_SIGN_REQUEST",
    ]
