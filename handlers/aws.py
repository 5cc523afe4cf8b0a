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


def head_object(url: str) -> tuple[int, str]:
    """HTTP status and entity tag of ``s3://bucket/key``; no tag unless it is 200.

    Raises:
        OSError: The store cannot be reached, or the request not be signed.
    """
    import boto3  # noqa: PLC0415  see read_object
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    parts = urlsplit(url)
    # Whoever asks wants to know how the store is now, not after five tries.
    now = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1})
    try:
        answer = boto3.client("s3", config=now).head_object(
            Bucket=parts.netloc, Key=parts.path.lstrip("/")
        )
    except ClientError as error:
        return int(error.response["ResponseMetadata"]["HTTPStatusCode"]), ""
    except BotoCoreError as error:
        raise OSError(str(error)) from error
    return 200, str(answer["ETag"])
