"""One request to S3, with the credentials that Lambda gives a function or with none.

boto3 takes 0.3 s of a cold start to be imported and to find credentials that stand in
a function's environment. It is left to find those that do not.

Another store than AWS's is named once, by the variable of AWS's SDKs
(``AWS_ENDPOINT_URL_S3``); it is translated for GDAL, which has its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from handlers.catalogue.signing import Credentials, Target, encode_path, sign_request
from raster_core.stores import gdal_settings, read_endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping
    from http.client import HTTPConnection

# Seconds until the store counts as unreachable.
TIMEOUT = 5.0

_KEY, _SECRET, _TOKEN = (
    f"AWS_{name}" for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")
)

# Variables that select another endpoint than the region's own.
_SPECIAL = ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_PROFILE")

# The region whose endpoint is asked where none is given. It answers with the object, or
# with the region to ask instead, which boto3 then follows.
_ANY_REGION = "us-east-1"

# Bucket names that may be part of the host name: S3's certificate covers no dots.
_HOST_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class S3Answer:
    """S3's answer to a request."""

    status: int
    etag: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Location:
    """Where an object is, and how it is reached."""

    target: Target
    secure: bool


def ask_s3(method: str, url: str, environ: Mapping[str, str]) -> S3Answer | None:
    """The answer for ``s3://bucket/key``; None if boto3 has to find out how to ask.

    Without a signature where ``AWS_NO_SIGN_REQUEST`` says so, as for public data.

    Args:
        method: GET or HEAD.
        url: The object's ``s3://`` URL.
        environ: Environment variables, as Lambda sets them.

    Raises:
        OSError: If the store cannot be reached.
    """
    credentials = None if is_unsigned(environ) else read_credentials(environ)
    if credentials is None and not is_unsigned(environ):
        return None
    region = credentials.region if credentials else _read_region(environ)
    location = find_object(url, region or _ANY_REGION, environ)
    return None if location is None else _ask(method, location, credentials)


def is_unsigned(environ: Mapping[str, str]) -> bool:
    """Whether requests go without a signature; GDAL reads the same variable."""
    return environ.get("AWS_NO_SIGN_REQUEST", "").upper() in {"YES", "TRUE", "ON", "1"}


def tell_gdal(environ: MutableMapping[str, str]) -> None:
    """Set the variables that GDAL has for settings of AWS's SDKs."""
    environ.update(gdal_settings(environ))


def read_credentials(environ: Mapping[str, str]) -> Credentials | None:
    """Credentials of the environment; None without, or if the endpoint is special."""
    region = _read_region(environ)
    key, secret = environ.get(_KEY), environ.get(_SECRET)
    if not (key and secret and region) or any(map(environ.get, _SPECIAL)):
        return None
    return Credentials(key, secret, environ.get(_TOKEN, ""), region)


def find_object(url: str, region: str, environ: Mapping[str, str]) -> Location | None:
    """Where ``s3://bucket/key`` is; None in partitions with other host names."""
    parts = urlsplit(url, allow_fragments=False)
    bucket, key = parts.netloc, parts.path.lstrip("/")
    endpoint = read_endpoint(environ)
    if parts.query:
        return None
    if endpoint:
        base = urlsplit(endpoint)
        path = encode_path(*filter(None, (base.path.strip("/"), bucket, key)))
        return Location(Target(base.netloc, path), base.scheme == "https")
    if region.startswith("cn-") or "-iso" in region:
        return None
    host = f"s3.{region}.amazonaws.com"
    if _HOST_NAME.fullmatch(bucket):
        return Location(Target(f"{bucket}.{host}", encode_path(key)), secure=True)
    return Location(Target(host, encode_path(bucket, key)), secure=True)


def _read_region(environ: Mapping[str, str]) -> str | None:
    return environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")


def _ask(method: str, location: Location, credentials: Credentials | None) -> S3Answer:
    # Imported late: it takes milliseconds, and catalogues on disk do not need it.
    from http.client import HTTPException  # noqa: PLC0415

    headers = {"host": location.target.host}
    if credentials:
        headers = sign_request(method, location.target, credentials, datetime.now(UTC))
    connection = _connect(location)
    try:
        connection.request(method, location.target.path, headers=headers)
        answer = connection.getresponse()
        return S3Answer(answer.status, answer.getheader("ETag", ""), answer.read())
    except HTTPException as error:  # cut off, or not HTTP at all
        raise OSError(str(error)) from error
    finally:
        connection.close()


def _connect(location: Location) -> HTTPConnection:
    from http.client import HTTPConnection, HTTPSConnection  # noqa: PLC0415

    kind = HTTPSConnection if location.secure else HTTPConnection
    return kind(location.target.host, timeout=TIMEOUT)
