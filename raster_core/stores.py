"""Stores that speak S3's protocol: what AWS's SDKs call their settings, and GDAL."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_endpoint(environ: Mapping[str, str]) -> str | None:
    """The URL of another store than AWS's; None if it is AWS's.

    Args:
        environ: Variables of AWS's SDKs.
    """
    return environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL")


def gdal_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """Variables of AWS's SDKs that GDAL 3.12 does not know, by GDAL's names.

    They are the store's endpoint and the credentials file. With an endpoint, the bucket
    is part of the path: other stores have no host for each bucket.
    """
    settings = {}
    credentials = environ.get("AWS_SHARED_CREDENTIALS_FILE")
    if credentials:
        settings["CPL_AWS_CREDENTIALS_FILE"] = credentials
    endpoint = read_endpoint(environ)
    if endpoint:
        base = urlsplit(endpoint)
        settings["AWS_S3_ENDPOINT"] = f"{base.netloc}{base.path.rstrip('/')}"
        settings["AWS_HTTPS"] = "YES" if base.scheme == "https" else "NO"
        settings["AWS_VIRTUAL_HOSTING"] = "FALSE"
    return settings
