"""Where an object of S3 is, and with which credentials it is asked for.

All of it follows from variables that AWS's SDKs have, and from nothing else: whatever
takes files of profiles, or services that hand out credentials, is left to GDAL and to
boto3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from raster_core.sources.ranges.signing import Credentials, Target, encode_path
from raster_core.stores import read_endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEY, _SECRET, _TOKEN = (
    f"AWS_{name}" for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")
)

# Variables that select another endpoint than the region's own.
_SPECIAL = ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_PROFILE")

# The region whose endpoint is asked where none is given. It answers with the object, or
# with the region to ask instead, which boto3 then follows.
ANY_REGION = "us-east-1"

# Bucket names that may be part of the host name: S3's certificate covers no dots.
_HOST_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Location:
    """Where an object is, and how it is reached."""

    target: Target
    secure: bool


def is_unsigned(environ: Mapping[str, str]) -> bool:
    """Whether requests go without a signature; GDAL reads the same variable."""
    return environ.get("AWS_NO_SIGN_REQUEST", "").upper() in {"YES", "TRUE", "ON", "1"}


def read_credentials(environ: Mapping[str, str]) -> Credentials | None:
    """Credentials of the environment; None without, or if the endpoint is special."""
    region = read_region(environ)
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


def read_region(environ: Mapping[str, str]) -> str | None:
    """The region that the environment names."""
    return environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
