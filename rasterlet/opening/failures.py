"""Why a file that was named earlier fails now, when it is opened or read."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from raster_core.errors import ChangedError, StoreError
from rasterlet.opening.places import Place
from rasterlet.opening.reasons import explain_file, name_fault
from rasterlet.opening.web import ask_url, find_fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raster_core.errors import RasterError

_AGAIN = "open it again, or if it is so every time, write or copy it again"


@contextmanager
def explained() -> Iterator[None]:
    """A context, or decorator, whose errors name the file and say what helps.

    Raises:
        RasterError: What was raised inside; in place of a ``StoreError``, its reason.
    """
    try:
        yield
    except StoreError as error:
        raise explain_failure(error) from error


def explain_failure(error: StoreError) -> RasterError:
    """Why a file cannot be opened or read, as far as it or its store can tell."""
    place = Place(error.href, error.href)
    if error.opened is None:
        return explain_file(place, error)
    path = place.path
    if path is None:
        status = 200 if place.href.startswith("s3://") else ask_url(place.href).status
        return find_fault(place.href, status) or ChangedError(
            f"'{place.shown}' cannot be read: it is damaged, or another one than when "
            f"it was opened; {_AGAIN}"
        )
    if not path.is_file():
        return explain_file(place, error)
    if path.stat().st_mtime > time.time() - (time.monotonic() - error.opened):
        return ChangedError(
            f"'{place.shown}' was written again since it was opened; open it again"
        )
    return name_fault([place], error, "it is damaged; write or copy it again")
