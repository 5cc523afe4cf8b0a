"""Where the service is seen: the base of its URLs, and which way requests come in.

A header that any client can write must not end up in a document that caches keep for
others, so only two are asked: a Host that the operator listed, and the viewer's Host as
the operator's own CDN passes it on together with a secret.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

from handlers.settings import current_settings

if TYPE_CHECKING:
    from handlers.powertools import APIGatewayProxyEventV2
    from handlers.settings import Settings

HOST_HEADER = "x-rasterlet-host"
"""The viewer's Host, written by the CDN's edge function."""

SECRET_HEADER = "x-rasterlet-origin-secret"  # noqa: S105  a name, not the secret
"""Proof that it was: the CDN's custom origin header."""

HEALTH = "/health"
"""The path that monitors ask, whichever way they come."""

# A name or an address in letters, digits, dots and hyphens, with a port or without.
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,252}[a-z0-9])?(:[0-9]{1,5})?")


def base_url(event: APIGatewayProxyEventV2) -> str:
    """Where the service is seen, without a slash at the end.

    From the settings; else the viewer's Host, if a CDN that knows the secret says it;
    else the Host, if it is on the allow-list; else the gateway's own domain.
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
    """Whether a request goes around the CDN, of a service that is only behind one.

    Health checks may. Without a secret to compare with, every request does.
    """
    settings = current_settings()
    if not settings.only_through_cdn or event.path == HEALTH:
        return False
    return not _knows_secret(event, settings)


def _knows_secret(event: APIGatewayProxyEventV2, settings: Settings) -> bool:
    """Whether a request brings what only the CDN knows."""
    secret = settings.origin_secret
    given = event.headers.get(SECRET_HEADER, "")
    return secret is not None and hmac.compare_digest(secret.encode(), given.encode())


def _viewer_host(event: APIGatewayProxyEventV2, settings: Settings) -> str | None:
    """The Host that the CDN was asked for; a CDN hides the stage."""
    if not _knows_secret(event, settings):
        return None
    host = event.headers.get(HOST_HEADER, "").lower()
    return host if _HOST.fullmatch(host) else None


def listed_base(host: str, settings: Settings) -> tuple[str | None, str | None]:
    """The allow-list's entry for a Host, and its path; None for what it does not say.

    ``https`` where it names no scheme. A slash at the end says that there is no path,
    not even a stage's name.
    """
    for entry in settings.allowed_hosts:
        scheme, _, address = entry.rpartition("://")
        name, slash, path = address.partition("/")
        if name.lower() == host.lower():
            base = f"{scheme or 'https'}://{name.lower()}"
            return base, f"/{path}".rstrip("/") if slash else None
    return None, None
