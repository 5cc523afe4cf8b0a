"""One request to S3 with the credentials that Lambda gives a function.

boto3 takes 0.3 s of a cold start to be imported and find out what a function's
environment says anyway. Whatever that does not say is left to boto3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from handlers.signing import Credentials, Target, encode_path, sign_request

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.client import HTTPConnection

# Seconds until the store counts as unreachable.
TIMEOUT = 5.0

_KEY, _SECRET, _TOKEN = (
    f"AWS_{name}" for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")
)

# What leads elsewhere than to the region's own endpoint.
_SPECIAL = ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_PROFILE")

# Buckets whose name may be part of the host's: a dot is not in S3's certificate.
_HOST_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class S3Answer:
    """What S3 says to a request."""

    status: int
    etag: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object is, and how it is reached."""

    target: Target
    secure: bool


def ask_s3(method: str, url: str, environ: Mapping[str, str]) -> S3Answer | None:
    """The answer for ``s3://bucket/key``; None if boto3 has to find out how to ask.

    Args:
        method: GET or HEAD.
        url: Of the object.
        environ: As Lambda sets it.

    Raises:
        OSError: The store cannot be reached.
    """
    credentials = read_credentials(environ)
    if credentials is None:
        return None
    place = find_object(url, credentials.region, environ)
    return None if place is None else _ask(method, place, credentials)


def read_credentials(environ: Mapping[str, str]) -> Credentials | None:
    """The credentials of the environment; None if there are none, or exceptions."""
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    key, secret = environ.get(_KEY), environ.get(_SECRET)
    if not (key and secret and region) or any(map(environ.get, _SPECIAL)):
        return None
    return Credentials(key, secret, environ.get(_TOKEN, ""), region)


def find_object(url: str, region: str, environ: Mapping[str, str]) -> Place | None:
    """Where ``s3://bucket/key`` is; None in partitions with other names for hosts."""
    parts = urlsplit(url, allow_fragments=False)
    bucket, key = parts.netloc, parts.path.lstrip("/")
    endpoint = environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL")
    if parts.query:
        return None
    if endpoint:
        base = urlsplit(endpoint)
        path = encode_path(*filter(None, (base.path.strip("/"), bucket, key)))
        return Place(Target(base.netloc, path), base.scheme == "https")
    if region.startswith("cn-") or "-iso" in region:
        return None
    host = f"s3.{region}.amazonaws.com"
    if _HOST_NAME.fullmatch(bucket):
        return Place(Target(f"{bucket}.{host}", encode_path(key)), secure=True)
    return Place(Target(host, encode_path(bucket, key)), secure=True)


def _ask(method: str, place: Place, credentials: Credentials) -> S3Answer:
    # Some milliseconds; catalogues on disk need none of it.
    from http.client import HTTPException  # noqa: PLC0415

    headers = sign_request(method, place.target, credentials, datetime.now(UTC))
    connection = _connect(place)
    try:
        connection.request(method, place.target.path, headers=headers)
        answer = connection.getresponse()
        return S3Answer(answer.status, answer.getheader("ETag", ""), answer.read())
    except HTTPException as error:  # cut off, or not HTTP at all
        raise OSError(str(error)) from error
    finally:
        connection.close()


def _connect(place: Place) -> HTTPConnection:
    from http.client import HTTPConnection, HTTPSConnection  # noqa: PLC0415

    kind = HTTPSConnection if place.secure else HTTPConnection
    return kind(place.target.host, timeout=TIMEOUT)
