"""The operator's settings, read from environment variables."""

from __future__ import annotations

import math
import os
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import raster_core
from raster_core.zonal.reading.cost import MAX_TOUCHED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SAMPLE_CATALOGUE = (
    Path(raster_core.__file__).resolve().parent.parent / "sample" / "catalog.json"
)

MAX_BODY = 4_500_000
"""Bytes of a body. The platform's own limit is 6 MB, and base64 adds a third."""

MAX_FEATURES = 10_000
"""Features of a body."""

MAX_VERTICES = 200_000
"""Vertices of a body's zones; its modifications may have as many again."""

MAX_ANSWER = 4_400_000
"""Bytes of an answer before base64; above 6 MB the platform answers by itself."""

MAX_CROSSINGS = 2_000_000
"""Rows of cells that the outlines of a body's zones may cross; likewise columns, and
edges after densification. Each takes 100 bytes. A zone of 77 million cells with 2,000
vertices crosses 50,000 rows."""

_UNLIMITED = "none"

_NAMES = (
    "RASTERLET_CATALOG",
    "RASTERLET_ALLOWED",
    "RASTERLET_BASE_URL",
    "RASTERLET_CACHE_CONTROL",
    "RASTERLET_ALLOWED_HOSTS",
    "RASTERLET_ORIGIN_SECRET",
    "RASTERLET_ONLY_THROUGH_CDN",
    "RASTERLET_ALLOWED_ORIGINS",
    "RASTERLET_MAX_BODY",
    "RASTERLET_MAX_FEATURES",
    "RASTERLET_MAX_VERTICES",
    "RASTERLET_MAX_ANSWER",
    "RASTERLET_MAX_CROSSINGS",
    "RASTERLET_MAX_PIXELS",
)


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
    cache_control: str | None
    """``RASTERLET_CACHE_CONTROL``: the header of good GET answers, in place of those
    that ``caching`` chooses."""
    allowed_hosts: tuple[str, ...] = ()
    """``RASTERLET_ALLOWED_HOSTS``: values of Host that links may use, separated by
    spaces. Each may have a scheme before it (default ``https://``) and behind it the
    path under which the service is reached there."""
    origin_secret: str | None = None
    """``RASTERLET_ORIGIN_SECRET``: the secret with which the CDN identifies itself."""
    only_through_cdn: bool = False
    """``RASTERLET_ONLY_THROUGH_CDN``: ``true`` refuses requests without the secret."""
    allowed_origins: tuple[str, ...] = ()
    """``RASTERLET_ALLOWED_ORIGINS``: origins whose pages may read the answers,
    separated by spaces; default any."""
    max_body: float = MAX_BODY
    """``RASTERLET_MAX_BODY``: bytes of a body after inflating; ``none`` is infinite, as
    for the next five."""
    max_answer: float = MAX_ANSWER
    """``RASTERLET_MAX_ANSWER``: bytes of an answer as sent, unless it is streamed."""
    max_features: float = MAX_FEATURES
    """``RASTERLET_MAX_FEATURES``."""
    max_vertices: float = MAX_VERTICES
    """``RASTERLET_MAX_VERTICES``."""
    max_crossings: float = MAX_CROSSINGS
    """``RASTERLET_MAX_CROSSINGS``."""
    max_pixels: float = MAX_TOUCHED
    """``RASTERLET_MAX_PIXELS``: pixels that statistics may decode, and may count."""


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings of an environment.

    Raises:
        ValueError: If a limit is neither a whole number nor ``none``.
    """
    return _parse(tuple(map(environ.get, _NAMES)))


_held: list[Settings] = []


@contextmanager
def held_settings() -> Iterator[None]:
    """A context for one request, in which the environment is read once.

    Reading all variables takes 30 microseconds, and a tile needs the settings six
    times.

    Raises:
        ValueError: As ``read_settings``.
    """
    _held.append(read_settings(os.environ))
    try:
        yield
    finally:
        _held.pop()


def current_settings() -> Settings:
    """The settings of the current request; outside of one, of the environment now.

    Raises:
        ValueError: As ``read_settings``.
    """
    return _held[-1] if _held else read_settings(os.environ)


@lru_cache(maxsize=8)
def _parse(values: tuple[str | None, ...]) -> Settings:
    given = zip(_NAMES, values, strict=True)
    environ = {name: value for name, value in given if value is not None}
    return Settings(
        catalogue=environ.get("RASTERLET_CATALOG") or str(SAMPLE_CATALOGUE),
        allowed=tuple(environ.get("RASTERLET_ALLOWED", "").split()),
        base_url=environ.get("RASTERLET_BASE_URL", "").rstrip("/") or None,
        cache_control=environ.get("RASTERLET_CACHE_CONTROL") or None,
        allowed_hosts=tuple(environ.get("RASTERLET_ALLOWED_HOSTS", "").split()),
        origin_secret=environ.get("RASTERLET_ORIGIN_SECRET") or None,
        only_through_cdn=environ.get("RASTERLET_ONLY_THROUGH_CDN") == "true",
        allowed_origins=tuple(environ.get("RASTERLET_ALLOWED_ORIGINS", "").split()),
        max_body=_limit(environ, "RASTERLET_MAX_BODY", MAX_BODY),
        max_answer=_limit(environ, "RASTERLET_MAX_ANSWER", MAX_ANSWER),
        max_features=_limit(environ, "RASTERLET_MAX_FEATURES", MAX_FEATURES),
        max_vertices=_limit(environ, "RASTERLET_MAX_VERTICES", MAX_VERTICES),
        max_crossings=_limit(environ, "RASTERLET_MAX_CROSSINGS", MAX_CROSSINGS),
        max_pixels=_limit(environ, "RASTERLET_MAX_PIXELS", MAX_TOUCHED),
    )


def _limit(environ: Mapping[str, str], name: str, default: int) -> float:
    """A limit that the operator sets.

    Raises:
        ValueError: If it is neither a whole number nor ``none``.
    """
    text = environ.get(name) or str(default)
    if text == _UNLIMITED:
        return math.inf
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{name} '{text[:80]}' is not a whole number or none")
    return int(text)
