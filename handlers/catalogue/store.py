"""Fetches the catalogue and keeps it for a while, or until a newer one is usable."""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from handlers.catalogue.aws import read_object
from handlers.catalogue.s3 import tell_gdal
from handlers.platform.powertools import logger
from handlers.platform.settings import Settings, current_settings
from raster_core.catalogue.catalogue import Catalogue, parse_catalogue
from raster_core.catalogue.versions import fill_versions
from raster_core.errors import SourceError
from raster_core.sources.ranges.opening import tell_ranges

if TYPE_CHECKING:
    from raster_core.catalogue.dataset import Dataset

# Seconds that a warm process serves without looking for a newer catalogue.
KEEP = 30.0

# Seconds before a failed fetch is tried again, and seconds after which it is not: other
# requests are waiting.
DELAY = 0.1
PATIENCE = 1.0

# Seconds until a catalogue on the web counts as unreachable.
TIMEOUT = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    catalogue: Catalogue
    settings: Settings
    fetched: float
    """When it was last fetched, by ``time.monotonic``."""


_kept: list[_Kept] = []


def load_catalogue() -> Catalogue:
    """The catalogue that the environment names, as it was ``KEEP`` seconds ago at most.

    If the new one is not usable, the old one stays in use: a mistake in the catalogue
    must not take all maps down. It is logged as an error.

    Raises:
        SourceError: If it cannot be fetched or parsed, and none is kept.
    """
    settings, now = current_settings(), time.monotonic()
    kept = _kept[0] if _kept and _kept[0].settings == settings else None
    if kept and now - kept.fetched < KEEP:
        return kept.catalogue
    try:
        catalogue = _read(settings)
    except SourceError as error:
        if kept is None:
            raise
        # The reason is the message, which is all that an alarm shows.
        logger.exception("%s; the previous one stays in use", error)  # noqa: TRY401
        catalogue = kept.catalogue
    if kept is None or kept.catalogue.faults != catalogue.faults:
        _log_faults(catalogue)
    _kept[:] = [_Kept(catalogue, settings, now)]
    return catalogue


def _log_faults(catalogue: Catalogue) -> None:
    """Log which Items are left out, and why."""
    for item_id, fault in catalogue.faults.items():
        logger.warning("Dataset '%s' is not usable: %s", item_id, fault)


def find_dataset(dataset_id: str) -> Dataset:
    """A dataset of the catalogue, with versions from its store where it has none.

    Raises:
        NotFoundError: If the catalogue has no such Item.
        ThrottledError: If the store of a file is throttling.
        SourceError: If the catalogue, the Item or a file is not usable.
    """
    return fill_versions(load_catalogue().dataset(dataset_id), _ask_version)


def _ask_version(href: str) -> str:
    # Imported late: a catalogue with versions does not need it.
    from handlers.catalogue.objects import entity_tag  # noqa: PLC0415

    return entity_tag(href)


def expire_catalogue() -> None:
    """Fetch the catalogue for the next request; if that fails, this one stays."""
    _kept[:] = [replace(kept, fetched=-math.inf) for kept in _kept]


def forget_catalogue() -> None:
    """Fetch the catalogue again when it is needed next."""
    _kept.clear()


def _read(settings: Settings) -> Catalogue:
    # Before GDAL opens any of the catalogue's rasters.
    tell_gdal(os.environ)
    tell_ranges(os.environ)
    try:
        content = _fetch_again(settings.catalogue)
    except OSError as error:
        raise SourceError("The catalogue cannot be read") from error
    return parse_catalogue(content, settings.catalogue, allowed=settings.allowed)


def _fetch_again(location: str) -> bytes:
    """The catalogue, tried again if its store fails quickly: a reset, or 503."""
    started = time.monotonic()
    try:
        return _fetch(location)
    except OSError as error:
        # The status, if there was an answer; a missing file stays missing.
        final = getattr(error, "code", 503) in range(400, 429)
        if final or "://" not in location or time.monotonic() - started > PATIENCE:
            raise
    time.sleep(DELAY)
    return _fetch(location)


def _fetch(location: str) -> bytes:
    if location.startswith("s3://"):
        return read_object(location)
    if location.startswith(("https://", "http://")):
        return _download(location)
    return Path(location).read_bytes()


def _download(url: str) -> bytes:
    # Imported late: 12 ms of a cold start, which catalogues in S3 or on disk save.
    from http.client import HTTPException  # noqa: PLC0415
    from urllib.request import urlopen  # noqa: PLC0415

    try:
        with urlopen(url, timeout=TIMEOUT) as answer:  # noqa: S310  scheme checked
            content: bytes = answer.read()
    except HTTPException as error:  # cut off, or not HTTP at all
        raise OSError(str(error)) from error
    return content
