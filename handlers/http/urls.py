"""The base of the service's URLs, and whether requests come through its CDN.

A header that any client can set must not reach a document that caches keep for others.
Only two are trusted: a Host that the operator listed, and the viewer's Host that the
operator's own CDN forwards together with a secret.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

from handlers.platform.settings import current_settings
from handlers.routes import HEALTH

if TYPE_CHECKING:
    from handlers.platform.powertools import APIGatewayProxyEventV2
    from handlers.platform.settings import Settings

HOST_HEADER = "x-rasterlet-host"
"""The viewer's Host, written by the CDN's edge function."""

SECRET_HEADER = "x-rasterlet-origin-secret"  # noqa: S105  a name, not the secret
"""The CDN's custom origin header, which proves that."""

# A name or an address in letters, digits, dots and hyphens, with a port or without.
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,252}[a-z0-9])?(:[0-9]{1,5})?")


def base_url(event: APIGatewayProxyEventV2) -> str:
    """The URL under which the service is reached, without a slash at the end.

    It comes from the settings; else it is the viewer's Host, from a CDN that knows the
    secret; else the Host, if it is on the allow-list; else the gateway's own domain.
    """
    settings = current_settings()
    if settings.base_url:
        return settings.base_url
    context = event.request_context
    stage = "" if context.stage == "$default" else f"/{context.stage}"
    viewed = _viewer_host(event, settings)
    if viewed:
        return f"https://{viewed}"
    host, path = listed_base(event.headers.get("host", ""), settings)
    return (
        f"{host or f'https://{context.domain_name}'}{stage if path is None else path}"
    )


def comes_around_cdn(event: APIGatewayProxyEventV2) -> bool:
    """Whether a request bypasses the CDN of a service that is reached only through one.

    Health checks may. Without a secret to compare with, every request counts as one.
    """
    settings = current_settings()
    if not settings.only_through_cdn or event.path == HEALTH.path:
        return False
    return not _knows_secret(event, settings)


def _knows_secret(event: APIGatewayProxyEventV2, settings: Settings) -> bool:
    """Whether a request carries the secret that only the CDN knows."""
    secret = settings.origin_secret
    given = event.headers.get(SECRET_HEADER, "")
    return secret is not None and hmac.compare_digest(secret.encode(), given.encode())


def _viewer_host(event: APIGatewayProxyEventV2, settings: Settings) -> str | None:
    """The Host that the viewer asked the CDN for; None without the secret."""
    if not _knows_secret(event, settings):
        return None
    host = event.headers.get(HOST_HEADER, "").lower()
    return host if _HOST.fullmatch(host) else None


def listed_base(host: str, settings: Settings) -> tuple[str | None, str | None]:
    """Base and path of the allow-list's entry for a Host; None for what is absent.

    The scheme defaults to ``https``. A slash at the end means that there is no path,
    not even the stage's name.
    """
    for entry in settings.allowed_hosts:
        scheme, _, address = entry.rpartition("://")
        name, slash, path = address.partition("/")
        if name.lower() == host.lower():
            base = f"{scheme or 'https'}://{name.lower()}"
            return base, f"/{path}".rstrip("/") if slash else None
    return None, None
