"""Documents in S3: the door to boto3, the extra ``s3``."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from raster_core.errors import SourceError


def read_object(url: str, limit: int) -> bytes:
    """Up to ``limit`` bytes of ``s3://bucket/key``.

    Raises:
        SourceError: If boto3 is not installed, or S3 does not give the object.
    """
    try:
        import boto3  # noqa: PLC0415  0.3 s, and an extra
        from botocore import UNSIGNED  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
    except ImportError as error:
        raise SourceError(
            f"'{url}' takes boto3, which is missing: pip install 'rasterlet[s3]'"
        ) from error
    parts = urlsplit(url, allow_fragments=False)
    config = Config(signature_version=UNSIGNED if _is_unsigned() else None)
    try:
        client: Any = boto3.client("s3", config=config)
        answer = client.get_object(Bucket=parts.netloc, Key=parts.path.lstrip("/"))
        content: bytes = answer["Body"].read(limit)
    except (BotoCoreError, ClientError) as error:
        raise SourceError(
            f"'{url}' cannot be read: {error}; check the URL, and the credentials in "
            "AWS_PROFILE or the other AWS variables"
        ) from error
    return content


def _is_unsigned() -> bool:
    """Whether requests go without a signature; GDAL reads the same variable."""
    said = os.environ.get("AWS_NO_SIGN_REQUEST", "")
    return said.upper() in {"YES", "TRUE", "ON", "1"}
