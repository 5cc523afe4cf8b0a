"""How text travels: compressed, where the other side wants it.

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

# Bytes below which a text is sent as it is: it fits a packet anyway.
MIN_COMPRESSED = 1000

# 100 MB of JSON a second; level 9 takes four times as long for 1 % less.
_LEVEL = 6

# zlib's number for "with gzip's header", which then holds no time of day: the same
# text is the same bytes.
_GZIP = zlib.MAX_WBITS | 16

GZIP_MAGIC = b"\x1f\x8b"
"""What gzip begins with, and no JSON."""

# Bytes from which a text may travel in another form: fewer fit the platform's 6 MB
# even if JSON had six for each, as for a control character.
_LONG = 1_000_000

_TEXT = re.compile(r"text/|application/([\w.-]+\+)?(json|xml|x-ndjson)|image/svg\+xml")


def compress_text(
    answer: Mapping[str, object], accept_encoding: str
) -> dict[str, object]:
    """The answer, its text compressed if that is accepted and worth it.

    Images come in base64 and stay as they are, and so do bodies that are streams.
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

    Text is a string of JSON there, in which each quote has two bytes; base64 has four
    bytes for three, whatever they are.
    """
    if answer.get("isBase64Encoded") or len(content) < _LONG:
        return {}
    if len(json.dumps(body, ensure_ascii=False).encode()) * 3 < len(content) * 4:
        return {}
    return {"body": base64.b64encode(content).decode(), "isBase64Encoded": True}


def inflate(content: bytes, limit: float) -> bytes:
    """What was compressed: all of it, or its first bytes if there are over ``limit``.

    No more than that is held, whatever the content says of its size.

    Raises:
        ValueError: It is not gzip, or is cut off.
    """
    import gzip  # noqa: PLC0415  few bodies come compressed
    import io  # noqa: PLC0415

    wanted = -1 if math.isinf(limit) else int(limit) + 1
    try:
        return gzip.GzipFile(fileobj=io.BytesIO(content)).read(wanted)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(str(error)) from error


def accepts_gzip(header: str) -> bool:
    """Whether a client takes gzip, and does not like plain text better.

    Without the header anything would be allowed; plain is what such clients expect.

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
    """The number of ``q=0.5``; what is no weight says nothing."""
    found = re.fullmatch(r"q\s*=\s*([01](?:\.\d{0,3})?)", parameter)
    return float(found[1]) if found else 1.0


def body_size(answer: Mapping[str, object]) -> int | None:
    """Bytes of an answer's body as the client gets it; None of a stream."""
    body = answer.get("body") or ""
    if not isinstance(body, str):
        return None
    if not answer.get("isBase64Encoded"):
        return len(body.encode())
    return len(body) // 4 * 3 - body[-2:].count("=")
