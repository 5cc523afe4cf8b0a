"""AWS Signature Version 4 of a request without a body, for S3.

Source: Amazon S3 API Reference, "Authenticating Requests: Using the Authorization
Header (AWS Signature Version 4)".
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from datetime import datetime

_ALGORITHM = "AWS4-HMAC-SHA256"
_SERVICE = "s3"
_NO_BODY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key, and the region that it signs for."""

    key: str
    secret: str
    token: str
    """Session token; empty for long-term credentials."""
    region: str


@dataclass(frozen=True, slots=True)
class Target:
    """Host and path of a request."""

    host: str
    """With its port, unless it is the scheme's default."""
    path: str
    """Percent-encoded."""


def encode_path(*parts: str) -> str:
    """A path of some segments; slashes in them separate as well."""
    return "/" + quote("/".join(parts), safe="/-_.~")


def sign_request(
    method: str,
    target: Target,
    credentials: Credentials,
    now: datetime,
    *,
    payer: str = "",
) -> dict[str, str]:
    """The headers that authenticate a request; valid for 15 minutes.

    Args:
        method: GET or HEAD.
        target: Host and path; requests with a query are not supported.
        credentials: Access key and region.
        now: The time, in UTC.
        payer: Who pays for the transfer, if not the bucket's owner: ``requester``.
    """
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    headers = {
        "host": target.host,
        "x-amz-content-sha256": _NO_BODY,
        "x-amz-date": stamp,
    }
    if payer:
        headers["x-amz-request-payer"] = payer
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"{method}\n{target.path}\n\n{lines}\n{names}\n{_NO_BODY}"

    scope = f"{stamp[:8]}/{credentials.region}/{_SERVICE}/aws4_request"
    digest = hashlib.sha256(request.encode()).hexdigest()
    signature = hmac.new(
        _signing_key(credentials, stamp[:8]),
        f"{_ALGORITHM}\n{stamp}\n{scope}\n{digest}".encode(),
        hashlib.sha256,
    ).hexdigest()
    said = f"Credential={credentials.key}/{scope},SignedHeaders={names}"
    headers["authorization"] = f"{_ALGORITHM} {said},Signature={signature}"
    return headers


def _signing_key(credentials: Credentials, day: str) -> bytes:
    key = f"AWS4{credentials.secret}".encode()
    for part in (day, credentials.region, _SERVICE, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
