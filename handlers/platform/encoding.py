"""Content coding: gzip for clients that accept it, and bodies that come in gzip.

``compress_text`` works on answers in the event's own form, after the resolver is done
with them.
"""

from __future__ import annotations

import base64
import json
import math
import re
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Bytes below which text is not compressed: it fits one packet anyway.
MIN_COMPRESSED = 1000

# Compresses 100 MB of JSON per second; level 9 takes four times as long for 1 % less.
_LEVEL = 6

# zlib's number for "with gzip's header". The header then holds no time, so the same
# text gives the same bytes.
_GZIP = zlib.MAX_WBITS | 16

GZIP_MAGIC = b"\x1f\x8b"
"""First bytes of gzip data, with which no JSON text begins."""

# Bytes from which the shorter of two forms is chosen: fewer fit the platform's 6 MB
# even if JSON took six for each, as for a control character.
_LONG = 1_000_000

_TEXT = re.compile(r"text/|application/([\w.-]+\+)?(json|xml|x-ndjson)|image/svg\+xml")


def compress_text(
    answer: Mapping[str, object], accept_encoding: str
) -> dict[str, object]:
    """The answer, with text compressed if the client accepts that and it is worth it.

    Images, which come in base64, and streams stay as they are.
    """
    body, headers = answer.get("body"), answer.get("headers")
    assert isinstance(headers, dict)  # noqa: S101  as the resolver makes them
    media_type = str(headers.get("Content-Type", ""))
    if not isinstance(body, str) or not _TEXT.match(media_type):
        return dict(answer)
    headers = {**headers, "Vary": "Accept-Encoding"}
    content = body.encode()
    if (
        answer.get("isBase64Encoded")
        or len(content) < MIN_COMPRESSED
        or not accepts_gzip(accept_encoding)
    ):
        return {**answer, "headers": headers, **_carry(body, content, answer)}
    gzip = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    compressed = gzip.compress(content) + gzip.flush()
    return {
        **answer,
        "headers": {**headers, "Content-Encoding": "gzip"},
        "body": base64.b64encode(compressed).decode(),
        "isBase64Encoded": True,
    }


def _carry(
    body: str, content: bytes, answer: Mapping[str, object]
) -> dict[str, object]:
    """The body in the form that takes fewer bytes of the platform's 6 MB.

    Text becomes a JSON string, in which each quote takes two bytes; base64 takes four
    bytes for any three.
    """
    if answer.get("isBase64Encoded") or len(content) < _LONG:
        return {}
    if len(json.dumps(body, ensure_ascii=False).encode()) * 3 < len(content) * 4:
        return {}
    return {"body": base64.b64encode(content).decode(), "isBase64Encoded": True}


def inflate(content: bytes, limit: float) -> bytes:
    """The inflated content; only its first ``limit + 1`` bytes if there are more.

    No more than that is held in memory, whatever size the content claims.

    Raises:
        ValueError: If the content is not gzip or is truncated.
    """
    import gzip  # noqa: PLC0415  few bodies come compressed
    import io  # noqa: PLC0415

    wanted = -1 if math.isinf(limit) else int(limit) + 1
    try:
        return gzip.GzipFile(fileobj=io.BytesIO(content)).read(wanted)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(str(error)) from error


def accepts_gzip(header: str) -> bool:
    """Whether a client accepts gzip and does not prefer plain text.

    Without the header any coding would be allowed; such clients expect plain text.

    Source: RFC 9110, 12.5.3.
    """
    weights = {}
    for part in header.lower().split(","):
        name, *parameters = (word.strip() for word in part.split(";"))
        weights[name] = min(map(_weight, parameters), default=1.0)
    anything = weights.get("*", 0.0)
    gzip = weights.get("gzip", weights.get("x-gzip", anything))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def _weight(parameter: str) -> float:
    """The number in ``q=0.5``; 1 for a parameter that is not a weight."""
    found = re.fullmatch(r"q\s*=\s*([01](?:\.\d{0,3})?)", parameter)
    return float(found[1]) if found else 1.0


def body_size(answer: Mapping[str, object]) -> int | None:
    """Bytes of an answer's body as the client receives it; None for a stream."""
    body = answer.get("body") or ""
    if not isinstance(body, str):
        return None
    if not answer.get("isBase64Encoded"):
        return len(body.encode())
    return len(body) // 4 * 3 - body[-2:].count("=")
