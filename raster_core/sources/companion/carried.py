"""What Items carry of files, for as long as it proves true."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from raster_core.sources.companion.companion import CompanionError, decode_companion

if TYPE_CHECKING:
    from raster_core.sources.companion.companion import Companion

    type Key = tuple[str, str]
    """href and version"""

# Texts that are kept, of some kilobytes each.
MAX_CARRIED = 256

# By file; empty where it is not to be used.
_texts: dict[Key, str] = {}


def find_carried(key: Key, text: str) -> Companion | None:
    """What is known of a file; None if nothing is, or if it has proved wrong.

    Args:
        key: The file.
        text: What its Item carries; empty if the caller does not know.
    """
    known = _texts.get(key, text)
    if not known:
        return None
    try:
        companion = decode_companion(known)
    except CompanionError as error:
        drop_carried(key, f"is not used: {error}")
        return None
    _keep(key, known)
    return companion


def carried_tag(href: str, text: str) -> str:
    """The entity tag that a file has by its Item; empty if that has proved wrong.

    Args:
        href: The file.
        text: What its Item carries.
    """
    try:
        etag = decode_companion(text).etag
    except CompanionError:
        return ""
    return etag if _texts.get((href, etag), text) else ""


def drop_carried(key: Key, why: str) -> None:
    """Ask the store for a file from now on, as if its Item carried nothing.

    Args:
        key: The file.
        why: For a note in the log: "The header … <why>".
    """
    _keep(key, "")
    sys.stderr.write(f"The header that an Item carries {why}\n")


def forget_carried() -> None:
    """Forget all, what has proved wrong included."""
    _texts.clear()


def _keep(key: Key, text: str) -> None:
    if len(_texts) >= MAX_CARRIED and key not in _texts:
        _texts.clear()
    _texts[key] = text
