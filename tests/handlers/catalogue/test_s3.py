"""Requests to S3 that boto3 is not needed for: signed and sent as it would."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st

from handlers.catalogue import s3 as s3_module
from handlers.catalogue.aws import head_object, read_object
from handlers.catalogue.s3 import ask_s3, tell_gdal
from raster_core.sources.ranges.s3 import find_object, read_credentials
from raster_core.sources.ranges.signing import (
    Credentials,
    Target,
    encode_path,
    sign_request,
)
from testing.client import get
from testing.rangeserver import Fault, etag_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from testing.rangeserver import RangeServer

LAMBDA = {
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
    "AWS_REGION": "eu-central-1",
}


class StopError(Exception):
    """A request that is not sent."""


keys = st.text(
    st.characters(exclude_characters="/\r\n\t\x00", exclude_categories=["Cs", "Cc"]),
    min_size=1,
).filter(lambda key: key not in {".", ".."})


@given(
    key=st.lists(keys, min_size=1).map("/".join),
    token=st.sampled_from(["", "IQoJ/b3+J=="]),
    method=st.sampled_from(["GET", "HEAD"]),
    when=st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1)),  # noqa: DTZ001
)
def test_a_request_is_signed_as_botocore_signs_it(
    key: str, token: str, method: str, when: datetime
):
    host, path = "bucket.s3.eu-central-1.amazonaws.com", encode_path(key)
    credentials = Credentials("key", "secret", token, "eu-central-1")

    ours = sign_request(method, Target(host, path), credentials, when)

    request = AWSRequest(method, f"https://{host}{path}")
    signer = S3SigV4Auth(
        BotoCredentials("key", "secret", token or None), "s3", "eu-central-1"
    )
    with mock.patch("botocore.auth.get_current_datetime", return_value=when):
        signer.add_auth(request)
    theirs = {name.lower(): value for name, value in request.headers.items()}
    assert ours.pop("host") == host
    signed = ours.pop("authorization").partition(" ")
    assert signed[0] == theirs.pop("authorization").partition(" ")[0]
    again = request.headers["Authorization"].replace(", ", ",")
    assert "".join(signed) == again
    assert ours == theirs


@pytest.mark.parametrize(
    ("bucket", "region"),
    [
        ("rasters", "eu-central-1"),
        ("rasters", "us-east-1"),
        ("rasters-of-all", "us-gov-west-1"),
        ("dotted.example.com", "eu-central-1"),
    ],
)
def test_an_object_is_where_boto3_looks_for_it(bucket: str, region: str):
    client = Session().create_client(
        "s3",
        region_name=region,
        aws_access_key_id="key",
        aws_secret_access_key="secret",  # noqa: S106  nobody's
    )
    asked: list[str] = []

    def stop(request: AWSRequest, **_: object) -> None:
        asked.append(request.url)
        raise StopError

    client.meta.events.register("before-send.s3.GetObject", stop)
    with pytest.raises(StopError):
        client.get_object(Bucket=bucket, Key="a b/c.json")

    place = find_object(f"s3://{bucket}/a b/c.json", region, {})
    assert place
    assert place.secure
    assert [f"https://{place.target.host}{place.target.path}"] == [
        # us-east-1 has two names.
        asked[0].replace(".s3.amazonaws.com", ".s3.us-east-1.amazonaws.com")
    ]


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"AWS_REGION": ""},
        {"AWS_ACCESS_KEY_ID": ""},
        {"AWS_USE_FIPS_ENDPOINT": "true"},
        {"AWS_PROFILE": "mine"},
        {"AWS_REGION": "cn-north-1"},
        {"AWS_REGION": "us-iso-east-1"},
    ],
)
def test_what_the_environment_does_not_say_is_left_to_boto3(environ: Mapping[str, str]):
    given = {**LAMBDA, **environ} if environ else {}

    assert ask_s3("GET", "s3://bucket/key", given) is None


def test_the_region_of_boto3_serves_as_well():
    given = {**LAMBDA, "AWS_DEFAULT_REGION": LAMBDA["AWS_REGION"], "AWS_REGION": ""}

    assert read_credentials(given) == read_credentials(LAMBDA)


def test_an_object_is_read_without_boto3(s3: RangeServer, folder: Path):
    (folder / "a b%2F\N{EURO SIGN}.json").write_bytes(b"content")
    before = set(sys.modules)

    assert read_object("s3://bucket/a b%2F\N{EURO SIGN}.json") == b"content"
    (request,) = s3.take_requests()
    assert (request.method, request.status) == ("GET", 200)
    assert "boto3" not in set(sys.modules) - before


def test_the_tag_of_an_object_is_read_without_boto3(s3: RangeServer, folder: Path):
    content = (folder / "catalog.json").read_bytes()

    assert head_object("s3://bucket/catalog.json") == (200, etag_of(content))
    assert head_object("s3://bucket/nothing.json") == (404, "")
    s3.faults["bucket/catalog.json"] = Fault(status=503)
    assert head_object("s3://bucket/catalog.json") == (503, "")
    assert len(s3.take_requests()) == 3


def test_a_store_that_stumbles_is_asked_again_by_boto3(s3: RangeServer):
    s3.faults["bucket/catalog.json"] = Fault(status=503, times=1)

    assert read_object("s3://bucket/catalog.json").startswith(b"{")
    assert [request.status for request in s3.take_requests()] == [503, 200]


@pytest.mark.parametrize("fault", [Fault(truncate=3), Fault(status=403)])
def test_an_object_that_cannot_be_read_is_an_error(s3: RangeServer, fault: Fault):
    s3.faults["bucket/catalog.json"] = fault

    with pytest.raises(OSError, match=r"."):
        read_object("s3://bucket/catalog.json")


def test_gdal_is_told_of_the_store_in_its_own_words():
    environ = {"AWS_ENDPOINT_URL": "https://minio.example:9000/store/"}

    tell_gdal(environ)

    assert environ["AWS_S3_ENDPOINT"] == "minio.example:9000/store"
    assert environ["AWS_HTTPS"] == "YES"
    assert environ["AWS_VIRTUAL_HOSTING"] == "FALSE"


def test_gdal_is_told_nothing_of_aws():
    environ = dict(LAMBDA)

    tell_gdal(environ)

    assert environ == LAMBDA


def test_public_objects_are_asked_for_without_a_signature(
    s3: RangeServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AWS_NO_SIGN_REQUEST", "YES")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    # Nothing signs; the store of test_server_app_s3.py would refuse that.
    monkeypatch.setattr(s3_module, "sign_request", None)
    before = set(sys.modules)

    assert read_object("s3://bucket/catalog.json").startswith(b"{")
    assert [request.status for request in s3.take_requests()] == [200]
    assert "boto3" not in set(sys.modules) - before


@pytest.mark.parametrize("ask", [read_object, head_object])
def test_without_boto3_the_error_says_what_to_install(
    ask: Callable[[str], object], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "boto3", None)
    for name in LAMBDA:
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(OSError, match=r"pip install 'rasterlet\[s3\]'"):
        ask("s3://bucket/key")


@pytest.mark.usefixtures("service")
def test_a_store_that_nobody_can_ask_is_no_fault_of_ours(
    monkeypatch: pytest.MonkeyPatch,
):
    """Where boto3 is not installed, an error of the store was a 500."""
    monkeypatch.setitem(sys.modules, "boto3", None)
    for name in LAMBDA:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RASTERLET_CATALOG", "s3://bucket/catalog.json")

    assert get("/datasets").status == 502
