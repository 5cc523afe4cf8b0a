"""The only door to boto3, which is imported when first needed and not before.

It comes with the Lambda runtime; elsewhere it is the extra ``s3``. A function that
starts asks S3 without it (``handlers.catalogue.s3``); boto3 serves credentials that are
not in the environment, and requests that fail there. Pixels never come this way: GDAL
signs its own requests.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from handlers.catalogue.s3 import ask_s3
from raster_core.sources.ranges.s3 import is_unsigned

if TYPE_CHECKING:
    from collections.abc import Iterator

# Statuses for a bucket in another region.
_ELSEWHERE = frozenset(
    {
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.BAD_REQUEST,
    }
)


_MISSING = (
    "s3:// with credentials that are not in the environment takes boto3: "
    "pip install 'rasterlet[s3]'"
)


def read_object(url: str) -> bytes:
    """The content of ``s3://bucket/key``.

    Raises:
        OSError: If it cannot be read, for whatever reason.
    """
    answer = ask_s3("GET", url, os.environ)
    if answer and answer.status == HTTPStatus.OK:
        return answer.content
    return _read_object(url)


def _read_object(url: str) -> bytes:
    """The same by boto3, which tries again and follows a bucket to its region."""
    with _connect() as client:
        content: bytes = client.get_object(**_name(url))["Body"].read()
    return content


def stream_object(url: str, size: int) -> Iterator[bytes]:
    """The content of ``s3://bucket/key`` in chunks of ``size`` bytes.

    Raises:
        OSError: If it cannot be read to its end.
    """
    with _connect() as client:
        yield from client.get_object(**_name(url))["Body"].iter_chunks(size)


def head_object(url: str) -> tuple[int, str]:
    """HTTP status and entity tag of ``s3://bucket/key``; an empty tag unless it is 200.

    Raises:
        OSError: If the store cannot be reached, or the request cannot be signed.
    """
    answer = ask_s3("HEAD", url, os.environ)
    if answer and answer.status not in _ELSEWHERE:
        good = answer.status == HTTPStatus.OK
        return answer.status, answer.etag if good else ""
    return _head_object(url)


def _head_object(url: str) -> tuple[int, str]:
    """The same by boto3, which follows a bucket to its region."""
    # The caller wants to know the store's state now, not after five tries.
    with _connect(patient=False) as client:
        try:
            answer = client.head_object(**_name(url))
        except client.exceptions.ClientError as error:
            return int(error.response["ResponseMetadata"]["HTTPStatusCode"]), ""
    return 200, str(answer["ETag"])


@contextmanager
def _connect(*, patient: bool = True) -> Iterator[Any]:
    """boto3's client; its errors are raised as ``OSError``."""
    try:
        import boto3  # noqa: PLC0415  0.3 s of a cold start that a tile need not pay
        from botocore import UNSIGNED  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
    except ImportError as error:
        raise OSError(_MISSING) from error
    config = Config(signature_version=UNSIGNED if is_unsigned(os.environ) else None)
    if not patient:
        config = config.merge(
            Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1})
        )
    try:
        yield boto3.client("s3", config=config)
    except (BotoCoreError, ClientError) as error:
        raise OSError(str(error)) from error


def _name(url: str) -> dict[str, str]:
    """Bucket and key of an object, as arguments of boto3."""
    parts = urlsplit(url, allow_fragments=False)
    return {"Bucket": parts.netloc, "Key": parts.path.lstrip("/")}
