"""Sources in a store that speaks S3's protocol, named as AWS's SDKs name it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import boto3
import pytest
from moto.server import ThreadedMotoServer

import rasterlet
from raster_core.errors import SourceError
from raster_core.ingest.item import ItemOptions, describe_raster
from raster_core.sources.file.gdal import GDAL_OPTIONS
from tests.cogs import Recipe, write_cog

if TYPE_CHECKING:
    from collections.abc import Iterator

BUCKET = "opened-rasters"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store with a raster and an Item of it."""
    folder = tmp_path_factory.mktemp("bucket")
    write_cog(folder / "dem.tif", Recipe())
    item = describe_raster(folder / "dem.tif", ItemOptions("dem", "dem.tif"))
    (folder / "item.json").write_text(json.dumps(item))
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    url = "http://{}:{}".format(*server.get_host_and_port())
    try:
        client = boto3.client(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="x",
            aws_secret_access_key="y",  # noqa: S106  nobody's
        )
        client.create_bucket(Bucket=BUCKET)
        for name in ("dem.tif", "item.json"):
            client.upload_file(str(folder / name), BUCKET, name)
        yield url
    finally:
        server.stop()


@pytest.fixture(autouse=True)
def named(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names the store; GDAL's options are as they were afterwards."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "y")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    for name in ("AWS_S3_ENDPOINT", "AWS_HTTPS", "AWS_VIRTUAL_HOSTING"):
        monkeypatch.setitem(GDAL_OPTIONS, name, "")


@pytest.mark.parametrize("name", ["dem.tif", "item.json"])
@pytest.mark.parametrize("prefix", ["s3://", "/vsis3/"])
def test_a_file_or_an_item_is_read_from_the_store(name: str, prefix: str) -> None:
    raster = rasterlet.open(f"{prefix}{BUCKET}/{name}")

    assert raster.dataset.assets[0].href == f"s3://{BUCKET}/dem.tif"
    assert raster.read(window=(0, 0, 4, 4)).shape == (1, 4, 4)


@pytest.mark.parametrize("name", ["lost.tif", "lost.json"])
def test_what_the_store_does_not_have_is_named(name: str) -> None:
    with pytest.raises(SourceError, match=rf"'s3://{BUCKET}/{name}' cannot be"):
        rasterlet.open(f"s3://{BUCKET}/{name}")
