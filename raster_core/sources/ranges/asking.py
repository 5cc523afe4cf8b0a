"""How a remote file is asked for: where, and with which headers.

What is not understood here is not guessed: proxies, certificates of one's own, profiles
and whatever else GDAL has an option for are left to GDAL.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from raster_core.sources.ranges.s3 import (
    ANY_REGION,
    find_object,
    is_unsigned,
    read_credentials,
    read_region,
)
from raster_core.sources.ranges.signing import Credentials, Target, sign_request
from raster_core.stores import read_endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

# Variables that change how GDAL asks, in ways that are not followed here; and the
# beginnings of the names of others.
_SPECIAL = {
    "ALL_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
}
_BEGINNINGS = ("GDAL_HTTP_", "GDAL_PROXY", "CPL_VSI", "CPL_CURL")

# What a URL may be made of, RFC 3986: others are escaped by whoever wrote them.
_URL = re.compile(r"[!#-;=?-\[\]_a-z~]+", re.IGNORECASE)

_SCHEMES = {"https": True, "http": False}


@dataclass(frozen=True, slots=True)
class Way:
    """How a file is asked for."""

    target: Target
    """Its path with the query."""
    secure: bool
    """Whether by TLS."""
    credentials: Credentials | None = None
    """None for requests without a signature."""
    payer: str = ""
    """As for ``sign_request``."""
    certificates: str = ""
    """File of the certificates that are trusted; empty means the system's."""

    def headers(self, now: datetime) -> dict[str, str]:
        """The headers of a GET request; a signature is valid for 15 minutes."""
        if self.credentials is None:
            return {"host": self.target.host}
        return sign_request("GET", self.target, self.credentials, now, payer=self.payer)


def find_way(href: str, environ: Mapping[str, str]) -> Way | None:
    """How a file is asked for; None where only GDAL knows.

    Args:
        href: ``s3://``, ``https://`` or ``http://``.
        environ: Environment variables, as AWS's SDKs, curl and GDAL read them.
    """
    if any(map(_is_special, environ)):
        return None
    way = _find_in_s3(href, environ) if href.startswith("s3://") else _find_url(href)
    certificates = environ.get("CURL_CA_BUNDLE", "")
    return way and replace(way, certificates=certificates)


def _is_special(name: str) -> bool:
    upper = name.upper()
    return upper in _SPECIAL or upper.startswith(_BEGINNINGS)


def _find_in_s3(href: str, environ: Mapping[str, str]) -> Way | None:
    if "AWS_S3_ENDPOINT" in environ and not read_endpoint(environ):
        return None  # GDAL's own name, with others that belong to it
    unsigned = is_unsigned(environ)
    credentials = None if unsigned else read_credentials(environ)
    if credentials is None and not unsigned:
        return None
    region = credentials.region if credentials else read_region(environ)
    location = find_object(href, region or ANY_REGION, environ)
    if location is None:
        return None
    payer = environ.get("AWS_REQUEST_PAYER", "")
    return Way(location.target, location.secure, credentials, payer)


def _find_url(href: str) -> Way | None:
    scheme, _, rest = href.partition("://")
    parts = urlsplit(href)
    if scheme not in _SCHEMES or not _URL.fullmatch(rest):
        return None
    if "@" in parts.netloc or "#" in href or not parts.hostname:
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Way(Target(parts.netloc, path), _SCHEMES[scheme])
