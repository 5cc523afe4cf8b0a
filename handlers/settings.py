"""What the operator sets, from environment variables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SAMPLE_CATALOGUE = Path(__file__).resolve().parent.parent / "sample" / "catalog.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration of the service."""

    catalogue: str
    """``RASTERLET_CATALOG``: a path, ``s3://`` or ``https://``; default the sample."""
    allowed: tuple[str, ...]
    """``RASTERLET_ALLOWED``: prefixes of hrefs, separated by spaces; default none,
    which means the catalogue's own folder."""
    base_url: str | None
    """``RASTERLET_BASE_URL``: where the service is seen; default what the gateway
    says."""
    cache_control: str
    """``RASTERLET_CACHE_CONTROL``: of good GET answers."""
    allowed_hosts: tuple[str, ...] = ()
    """``RASTERLET_ALLOWED_HOSTS``: values of Host that links may use, separated by
    spaces, with ``http://`` before them or ``https://``, which is the default."""
    origin_secret: str | None = None
    """``RASTERLET_ORIGIN_SECRET``: what the CDN in front sends as proof of itself."""
    allowed_origins: tuple[str, ...] = ()
    """``RASTERLET_ALLOWED_ORIGINS``: whose pages may read the answers, separated by
    spaces; default anybody's."""


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings of an environment."""
    return Settings(
        catalogue=environ.get("RASTERLET_CATALOG") or str(SAMPLE_CATALOGUE),
        allowed=tuple(environ.get("RASTERLET_ALLOWED", "").split()),
        base_url=environ.get("RASTERLET_BASE_URL", "").rstrip("/") or None,
        cache_control=environ.get("RASTERLET_CACHE_CONTROL")
        or "public, max-age=3600, stale-while-revalidate=86400",
        allowed_hosts=tuple(environ.get("RASTERLET_ALLOWED_HOSTS", "").split()),
        origin_secret=environ.get("RASTERLET_ORIGIN_SECRET") or None,
        allowed_origins=tuple(environ.get("RASTERLET_ALLOWED_ORIGINS", "").split()),
    )
