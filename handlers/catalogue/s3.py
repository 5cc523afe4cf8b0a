"""One request to S3, with the credentials that Lambda gives a function or with none.

boto3 takes 0.3 s of a cold start to be imported and to find credentials that stand in
a function's environment. It is left to find those that do not.

Another store than AWS's is named once, by the variable of AWS's SDKs
(``AWS_ENDPOINT_URL_S3``); it is translated for GDAL, which has its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from raster_core.sources.ranges.connections import tls_context
from raster_core.sources.ranges.s3 import (
    ANY_REGION,
    find_object,
    is_unsigned,
    read_credentials,
    read_region,
)
from raster_core.sources.ranges.signing import sign_request
from raster_core.stores import gdal_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping
    from http.client import HTTPConnection

    from raster_core.sources.ranges.s3 import Location
    from raster_core.sources.ranges.signing import Credentials

# Seconds until the store counts as unreachable.
TIMEOUT = 5.0


@dataclass(frozen=True, slots=True)
class S3Answer:
    """S3's answer to a request."""

    status: int
    etag: str
    content: bytes


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
    region = credentials.region if credentials else read_region(environ)
    location = find_object(url, region or ANY_REGION, environ)
    return None if location is None else _ask(method, location, credentials)


def tell_gdal(environ: MutableMapping[str, str]) -> None:
    """Set the variables that GDAL has for settings of AWS's SDKs."""
    environ.update(gdal_settings(environ))


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

    if not location.secure:
        return HTTPConnection(location.target.host, timeout=TIMEOUT)
    # Certificates are read once: pixels come over the same.
    return HTTPSConnection(location.target.host, timeout=TIMEOUT, context=tls_context())
