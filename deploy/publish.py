"""Fills the buckets of a deployed stack: ``python deploy/publish.py dev --page``.

Part of ``make deploy``. Where the buckets are and which distribution stands in front is
taken from the outputs of the stack.
"""

from __future__ import annotations

import argparse
import mimetypes
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "frontend" / "dist"
SAMPLE = ROOT / "sample"

CATALOGUE = "catalog.json"

# Where the build of the page puts what it names by a hash of the content, and nothing
# else (frontend/vite.config.ts).
_HASHED = "assets/"

# A year, which is as long as a cache keeps anything; and never without asking.
_IMMUTABLE = "public, max-age=31536000, immutable"
_REVALIDATED = "no-cache"

# Keys of one request to delete.
_BATCH = 1000


class PublishError(Exception):
    """Something is missing; the message says what to do."""


def stack_outputs(name: str, region: str) -> dict[str, str]:
    """The outputs of a stack by name.

    Raises:
        PublishError: If there is no such stack.
    """
    client = boto3.client("cloudformation", region_name=region)
    try:
        (stack,) = client.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        raise PublishError(
            f"There is no stack {name} in {region}: {error}. `make deploy` makes it"
        ) from error
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", ())}


def publish_page(bucket: str, page: Path) -> list[str]:
    """Upload the built page; returns the keys.

    ``index.html`` comes last, because it names the others. Files of earlier pages stay
    for clients that have one of those open.

    Raises:
        PublishError: If the page is not built.
    """
    if not (page / "index.html").is_file():
        raise PublishError(f"{page} has no index.html; `make deploy` builds the page")
    files = [path for path in page.rglob("*") if path.is_file()]
    names = sorted(path.relative_to(page).as_posix() for path in files)
    names.sort(key=lambda name: name == "index.html")
    client = boto3.client("s3")
    for name in names:
        client.put_object(
            Bucket=bucket,
            Key=name,
            Body=(page / name).read_bytes(),
            ContentType=_media_type(name),
            CacheControl=cache_control(name),
        )
    return names


def cache_control(name: str) -> str:
    """How long caches may keep a file of the page."""
    return _IMMUTABLE if name.startswith(_HASHED) else _REVALIDATED


def publish_sample(bucket: str, sample: Path) -> list[str]:
    """Upload the sample's rasters and catalogue; returns the keys.

    Raises:
        PublishError: If the bucket has a catalogue, which must not be overwritten.
    """
    client = boto3.client("s3")
    there = client.list_objects_v2(Bucket=bucket, Prefix=CATALOGUE, MaxKeys=1)
    if there["KeyCount"]:
        raise PublishError(f"{bucket} has a {CATALOGUE} already; nothing was uploaded")
    names = sorted(path.name for path in sample.glob("*.tif"))
    for name in (*names, CATALOGUE):
        client.put_object(
            Bucket=bucket,
            Key=name,
            Body=(sample / name).read_bytes(),
            ContentType=_media_type(name),
        )
    return [*names, CATALOGUE]


def empty_bucket(bucket: str) -> int:
    """Delete everything in a bucket; returns the number of keys."""
    client = boto3.client("s3")
    deleted = 0
    while True:
        listed = client.list_objects_v2(Bucket=bucket, MaxKeys=_BATCH)
        keys = [{"Key": entry["Key"]} for entry in listed.get("Contents", ())]
        if not keys:
            return deleted
        answer = client.delete_objects(Bucket=bucket, Delete={"Objects": keys})
        if answer.get("Errors"):
            raise PublishError(f"{bucket} cannot be emptied: {answer['Errors'][0]}")
        deleted += len(keys)


def invalidate(distribution: str, paths: Sequence[str]) -> None:
    """Invalidate paths in CloudFront's cache."""
    boto3.client("cloudfront").create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={
            "Paths": {"Quantity": len(paths), "Items": list(paths)},
            "CallerReference": str(time.time_ns()),
        },
    )


def _media_type(name: str) -> str:
    """The media type of a file; text is UTF-8."""
    if name.endswith(".geojson"):
        return "application/geo+json"
    if name.endswith(".tif"):
        return "image/tiff; application=geotiff; profile=cloud-optimized"
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed


def _run(asked: argparse.Namespace) -> None:
    outputs = stack_outputs(f"rasterlet-{asked.stage}", asked.region)
    if asked.empty:
        print(f"{empty_bucket(outputs['PageBucket'])} files of the page deleted")
        return
    if asked.sample:
        names = publish_sample(outputs["RasterBucket"], asked.sample_folder)
        print(f"{len(names)} files of the sample in {outputs['RasterBucket']}")
    if asked.page:
        names = publish_page(outputs["PageBucket"], asked.page_folder)
        print(f"{len(names)} files of the page in {outputs['PageBucket']}")
    if asked.invalidate:
        invalidate(outputs["DistributionId"], asked.invalidate)
    _report(outputs)


def _report(outputs: Mapping[str, str]) -> None:
    print(f"The service is at {outputs['Address']}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage")
    parser.add_argument("--region", default="eu-central-1")
    parser.add_argument("--page", action="store_true", help="upload the page")
    parser.add_argument("--sample", action="store_true", help="upload the sample")
    parser.add_argument("--empty", action="store_true", help="delete the page")
    parser.add_argument(
        "--invalidate", nargs="+", metavar="PATH", help="such as '/datasets*'"
    )
    parser.add_argument("--page-folder", type=Path, default=PAGE)
    parser.add_argument("--sample-folder", type=Path, default=SAMPLE)
    try:
        _run(parser.parse_args(arguments))
    except (PublishError, BotoCoreError, ClientError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
