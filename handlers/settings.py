"""What the operator sets, from environment variables."""

from __future__ import annotations

import math
import os
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from raster_core.zonal.cost import MAX_TOUCHED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SAMPLE_CATALOGUE = Path(__file__).resolve().parent.parent / "sample" / "catalog.json"

MAX_BODY = 4_500_000
"""Bytes. The platform cuts off at 6 MB by itself, and base64 adds a third."""

MAX_FEATURES = 10_000
"""Of a body."""

MAX_VERTICES = 200_000
"""Of a body, and as many of its modifications."""

MAX_ANSWER = 4_400_000
"""Bytes before base64; nearer its 6 MB the platform answers by itself."""

MAX_CROSSINGS = 2_000_000
"""Rows of cells that outlines of a body's zones may cross, likewise columns, and edges
that they may be bent into; 100 bytes each. A zone of 77 million cells with 2,000
vertices crosses 50,000."""

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
    """``RASTERLET_CACHE_CONTROL``: of good GET answers, in place of what ``caching``
    says of each kind."""
    allowed_hosts: tuple[str, ...] = ()
    """``RASTERLET_ALLOWED_HOSTS``: values of Host that links may use, separated by
    spaces, with ``http://`` before them or ``https://``, which is the default, and
    behind them the path under which the service is seen there."""
    origin_secret: str | None = None
    """``RASTERLET_ORIGIN_SECRET``: what the CDN in front sends as proof of itself."""
    only_through_cdn: bool = False
    """``RASTERLET_ONLY_THROUGH_CDN``: ``true`` refuses requests without the secret."""
    allowed_origins: tuple[str, ...] = ()
    """``RASTERLET_ALLOWED_ORIGINS``: whose pages may read the answers, separated by
    spaces; default anybody's."""
    max_body: float = MAX_BODY
    """``RASTERLET_MAX_BODY``: bytes of a body, inflated if it came compressed; infinite
    where it says ``none``, as the next five."""
    max_answer: float = MAX_ANSWER
    """``RASTERLET_MAX_ANSWER``: bytes as they travel; of what is not streamed."""
    max_features: float = MAX_FEATURES
    """``RASTERLET_MAX_FEATURES``."""
    max_vertices: float = MAX_VERTICES
    """``RASTERLET_MAX_VERTICES``."""
    max_crossings: float = MAX_CROSSINGS
    """``RASTERLET_MAX_CROSSINGS``."""
    max_pixels: float = MAX_TOUCHED
    """``RASTERLET_MAX_PIXELS``: those that statistics decode, and those they count."""


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings of an environment.

    Raises:
        ValueError: A limit is neither a whole number nor ``none``.
    """
    return _parse(tuple(map(environ.get, _NAMES)))


_held: list[Settings] = []


@contextmanager
def held_settings() -> Iterator[None]:
    """A context, of one request, in which the environment is read once.

    To ask it for every variable takes 30 microseconds, and a tile needs the settings
    six times.

    Raises:
        ValueError: As ``read_settings``.
    """
    _held.append(read_settings(os.environ))
    try:
        yield
    finally:
        _held.pop()


def current_settings() -> Settings:
    """The settings of the request that is answered; else of the environment as it is.

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
        ValueError: It is neither a whole number nor ``none``.
    """
    text = environ.get(name) or str(default)
    if text == _UNLIMITED:
        return math.inf
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{name} '{text[:80]}' is not a whole number or none")
    return int(text)
