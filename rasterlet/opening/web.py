"""What a web server or S3 says of a file, and documents that are read from there.

Pixels never come this way: GDAL requests them itself.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from raster_core.errors import SourceError
from rasterlet.opening.objects import read_object
from rasterlet.opening.places import show_url

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.client import HTTPResponse

# Seconds until a server counts as unreachable.
TIMEOUT = 10.0

MAX_DOCUMENT = 2**28
"""Bytes of a STAC document: a catalogue of 50,000 Items has half as many."""

UNREACHABLE = 0
"""The status of a server that does not answer."""

_DENIED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})

_MISSING = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})

_GOOD = frozenset({HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT})


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer about a file."""

    status: int
    """As HTTP has it; ``UNREACHABLE`` if there is none."""
    version: str
    """The entity tag in its quotes, else what changes with the file, without quotes."""
    start: bytes = b""
    """The first byte."""


def remote_version(url: str) -> str:
    """A version of a remote file.

    On the web it is the entity tag, with which reads of any other content fail. In S3
    it is the moment: GDAL, which has the credentials, does not show tags.

    Raises:
        SourceError: If a web server does not have the file, or denies access to it.
    """
    if url.startswith("s3://"):
        return f"read at {time.time_ns()}"
    answer = ask_url(url)
    if fault := find_fault(url, answer.status):
        raise fault
    return answer.version


def ask_url(url: str) -> Answer:
    """What a web server says of a file.

    The first byte is requested, and not HEAD: signed URLs allow one method only.
    """
    from urllib.error import HTTPError  # noqa: PLC0415  12 ms that local files save

    try:
        with _request(url, {"Range": "bytes=0-0"}) as answer:
            said = answer.headers
            length = said["Content-Range"] or said["Content-Length"]
            version = said.get("ETag") or f"{said['Last-Modified']} {length}"
            known = said.get("ETag") or said.get("Last-Modified")
            version = version if known else f"read at {time.time_ns()}"
            return Answer(answer.status, version, answer.read(1))
    except HTTPError as error:
        with error:
            return Answer(error.code, "")
    except (OSError, ValueError):
        return Answer(UNREACHABLE, "")


def starts_as_json(url: str) -> bool:
    """Whether a file on the web is a JSON object, as those of STAC APIs are.

    They have no ending.
    """
    return not url.startswith("s3://") and ask_url(url).start == b"{"


def find_fault(url: str, status: int) -> SourceError | None:
    """The error for a web server's status; None if it has the file."""
    name = show_url(url)
    if status in _GOOD:
        return None
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return SourceError(f"'{name}' is empty; upload it again")
    if status in _MISSING:
        return SourceError(f"'{name}' does not exist (status {status}); check the URL")
    if status in _DENIED:
        return SourceError(
            f"The server denies access to '{name}' (status {status}): the URL needs a "
            "signature, or one that has not expired, or does not exist"
        )
    if status == UNREACHABLE:
        return SourceError(
            f"The server of '{name}' cannot be reached; check the URL and the network"
        )
    return SourceError(
        f"The server of '{name}' answers with status {status}; try again later"
    )


def read_document(url: str) -> bytes:
    """The content of a STAC document.

    Raises:
        SourceError: If it cannot be read, or is larger than ``MAX_DOCUMENT``.
    """
    content = (
        read_object(url, MAX_DOCUMENT + 1)
        if url.startswith("s3://")
        else _read_url(url)
    )
    if len(content) > MAX_DOCUMENT:
        raise SourceError(f"'{show_url(url)}' has more than {MAX_DOCUMENT} bytes")
    return content


def _read_url(url: str) -> bytes:
    from http.client import HTTPException  # noqa: PLC0415  as above
    from urllib.error import HTTPError  # noqa: PLC0415

    try:
        with _request(url, {}) as answer:
            return answer.read(MAX_DOCUMENT + 1)
    except HTTPError as error:
        with error:
            fault = find_fault(url, error.code)
            raise fault or SourceError(f"'{show_url(url)}' cannot be read") from error
    except (OSError, HTTPException, ValueError) as error:
        raise SourceError(
            f"The server of '{show_url(url)}' cannot be reached, or breaks off; check "
            "the URL and the network"
        ) from error


def _request(url: str, headers: Mapping[str, str]) -> HTTPResponse:
    from urllib.request import Request, urlopen  # noqa: PLC0415  as above

    request = Request(url, headers=dict(headers))  # noqa: S310  a scheme of ours
    answer: HTTPResponse = urlopen(request, timeout=TIMEOUT)  # noqa: S310
    return answer
