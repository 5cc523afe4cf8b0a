"""The API's description as OpenAPI, and a page to read and try it."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from handlers import routes
from handlers.http.answers import json_answer, text_answer
from handlers.http.caching import conditional
from handlers.http.handles import handles, make_router
from handlers.http.urls import base_url
from handlers.params.query import read_query
from handlers.platform.settings import current_settings

if TYPE_CHECKING:
    from handlers.platform.powertools import Response

_PAGE = Path(__file__).with_name("docs.html")

router = make_router()


@handles(router, routes.OPENAPI)
def get_openapi() -> Response[str]:
    """The API as OpenAPI 3.1."""
    event = router.current_event
    read_query(event, ()).check()
    base = base_url(event)

    def make() -> Response[str]:
        # Imports tables that no other route needs.
        from handlers.openapi.document import describe_api  # noqa: PLC0415

        return json_answer(describe_api(base))

    # It states limits that the operator may change.
    version = f"{base} {current_settings()}"
    return conditional(event, version, make, weak=True)


@handles(router, routes.DOCS)
def get_docs() -> Response[str]:
    """A page that shows the description and sends requests."""
    event = router.current_event
    read_query(event, ()).check()
    page, policy = _read_page()

    def make() -> Response[str]:
        answer = text_answer(page, "text/html; charset=utf-8")
        answer.headers["Content-Security-Policy"] = policy
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    return conditional(event, policy, make, weak=True)


@lru_cache(maxsize=1)
def _read_page() -> tuple[str, str]:
    """The page, and a content security policy that allows only its own scripts."""
    page = _PAGE.read_text()
    (script,) = re.findall("<script>(.*?)</script>", page, re.DOTALL)
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    policy = (
        "default-src 'none'",
        f"script-src '{_hash(script)}'",
        f"style-src '{_hash(style)}'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
    return page, "; ".join(policy)


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
