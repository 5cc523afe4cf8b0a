"""The only door to boto3, which is imported when first needed and not before.

It comes with the Lambda runtime; elsewhere it is the extra ``s3``. Pixels never come
this way: GDAL signs its own requests.
"""

from __future__ import annotations

from urllib.parse import urlsplit


def read_object(url: str) -> bytes:
    """The content of ``s3://bucket/key``.

    Raises:
        OSError: It cannot be read, whatever the reason.
    """
    import boto3  # noqa: PLC0415  0.3 s of a cold start that a tile need not pay
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    parts = urlsplit(url)
    try:
        client = boto3.client("s3")
        answer = client.get_object(Bucket=parts.netloc, Key=parts.path.lstrip("/"))
        content: bytes = answer["Body"].read()
    except (BotoCoreError, ClientError) as error:
        raise OSError(str(error)) from error
    return content
