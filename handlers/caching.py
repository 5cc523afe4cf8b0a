"""Entity tags, and how long answers are kept.

A tag is made of what an answer depends on, not of the answer itself, so it is known
after the parameters are validated and before anything is read. Documents are looked
for anew each time, which with a tag is one round trip; so a dataset that was added is
seen at once. They name tiles and images by the dataset's version, and those are kept.
"""

from __future__ import annotations

import json
import re
from hashlib import blake2b
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from handlers.powertools import Response
from handlers.settings import current_settings
from raster_core.source.versions import is_versioned
from raster_core.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from handlers.powertools import APIGatewayProxyEventV2
    from raster_core.source.dataset import Dataset

# What has a tag. An error has none, so that nobody can be told it is unchanged.
_TAGGED = frozenset({HTTPStatus.OK, HTTPStatus.NO_CONTENT})

_TAG = re.compile(r'(?:W/)?"([^"]*)"')

VERSION_PARAM = "v"
"""Names the version of what an image shows; has no say in what that is."""

_REVALIDATED = "no-cache"

_IMMUTABLE = "public, max-age=31536000, immutable"

# Of an image whose address names no version: maps of an hour ago are fine, once.
_KEPT = "public, max-age=3600, stale-while-revalidate=86400"

# Of one whose address names another version: an old document is about, or a new one
# has met a process with the old catalogue.
_BRIEF = "public, max-age=60"

# Digests of Items, by identity; each keeps its Item, so that no id comes back.
_digests: dict[int, tuple[Mapping[str, object], str]] = {}
_MAX_DIGESTS = 1000


def conditional[Body](
    event: APIGatewayProxyEventV2,
    version: str,
    make: Callable[[], Response[Body]],
    *,
    weak: bool = False,
) -> Response[Body]:
    """The answer that ``make`` gives, with its tag; 304 if the caller has it already.

    It says how long it may be kept. Call it when the parameters have been validated,
    and leave all reading to ``make``: it is not called for a 304.

    Args:
        event: A GET. Any other method is answered without a tag.
        version: Whatever the answer depends on beside path, parameters and code:
            ``version_of`` its datasets, the base of the URLs in it.
        make: Computes the answer.
        weak: For documents, whose text may travel compressed or not under one tag.

    Source: RFC 9110, 8.8.3 (ETag), 13.1.2 (If-None-Match), 15.4.5 (304).
    """
    if event.http_method != "GET":
        return make()
    tag = answer_tag(event, version)
    written = f'W/"{tag}"' if weak else f'"{tag}"'
    kept = current_settings().cache_control
    kept = kept or (_REVALIDATED if weak else _keep_image(event, version))
    if _has(event.headers.get("if-none-match", ""), tag):
        headers: dict[str, str | list[str]] = {
            "ETag": written,
            "Cache-Control": kept,
        }
        if weak:
            headers["Vary"] = "Accept-Encoding"  # as the answer it stands for
        return Response(HTTPStatus.NOT_MODIFIED, headers=headers)
    response = make()
    if response.status_code in _TAGGED:
        response.headers |= {"ETag": written, "Cache-Control": kept}
    return response


def version_key(version: str) -> str:
    """What ``VERSION_PARAM`` is for an answer that depends on ``version`` and code."""
    text = json.dumps((__version__, version))
    return blake2b(text.encode(), digest_size=6).hexdigest()


def dataset_key(dataset: Dataset) -> str | None:
    """``version_key`` of a dataset's images; None if its pixels have no version."""
    return version_key(version_of(dataset)) if is_versioned(dataset) else None


def _keep_image(event: APIGatewayProxyEventV2, version: str) -> str:
    """How long an image may be kept, by the version that its address names."""
    pairs = parse_qsl(event.raw_query_string or "", keep_blank_values=True)
    named = [value for name, value in pairs if name == VERSION_PARAM]
    if not named:
        return _KEPT
    return _IMMUTABLE if named == [version_key(version)] else _BRIEF


def version_of(*datasets: Dataset) -> str:
    """What changes when the pixels of a dataset or its Item in the catalogue do.

    The Item counts because it holds the default rendering and the classes; so do the
    colour maps of the catalogue.
    """
    parts = ((d.version, _digest(d.item), colormaps_version(d)) for d in datasets)
    return " ".join(":".join(part).rstrip(":") for part in parts)


def colormaps_version(dataset: Dataset) -> str:
    """What changes with the colour maps that a dataset may be asked for by name."""
    return _digest(dataset.colormaps) if dataset.colormaps else ""


def answer_tag(event: APIGatewayProxyEventV2, version: str) -> str:
    """What an answer depends on, in few letters; see ``conditional``."""
    parts = (__version__, version, event.path, canonical_parameters(event))
    # Joined so that no two lists of parts give the same text.
    return blake2b(json.dumps(parts).encode(), digest_size=12).hexdigest()


def canonical_parameters(event: APIGatewayProxyEventV2) -> str:
    """The query string, sorted by name.

    The order of different parameters means nothing; that of a repeated one does:
    ``bidx=1&bidx=2`` has another first band than ``bidx=2&bidx=1``.
    """
    pairs = parse_qsl(event.raw_query_string or "", keep_blank_values=True)
    return urlencode(sorted(pairs, key=lambda pair: pair[0]))


def _has(header: str, tag: str) -> bool:
    """Whether a tag is in an ``If-None-Match``, weak or strong being the same."""
    return header.strip() == "*" or tag in _TAG.findall(header)


def _digest(item: Mapping[str, object]) -> str:
    known = _digests.get(id(item))
    if known:
        return known[1]
    if len(_digests) >= _MAX_DIGESTS:
        _digests.clear()
    text = json.dumps(item, sort_keys=True, default=str)
    digest = blake2b(text.encode(), digest_size=8).hexdigest()
    _digests[id(item)] = (item, digest)
    return digest
