"""The ranges of a file by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.sources.ranges.local import LocalRanges

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raster_core.sources.ranges.protocol import Ranges

_SCHEMES = ("s3://", "https://", "http://")

# The environment, once somebody has told: this package does not look by itself.
_told: list[Mapping[str, str]] = []


def tell_ranges(environ: Mapping[str, str]) -> None:
    """Have files in stores be asked for as the environment says.

    Before that, and where it says something that is not understood, they are left to
    GDAL.

    Args:
        environ: Environment variables; looked at with every request.
    """
    _told[:] = [environ]


def open_ranges(href: str, etag: str | None = None) -> Ranges | None:
    """The bytes of a file; None if only GDAL can read where it is.

    Nothing is requested of a store yet.

    Args:
        href: A path, ``s3://`` or ``https://``.
        etag: Strong entity tag in its quotes that a remote file must have in every
            read; None if it is not known.

    Raises:
        StoreError: If a local file cannot be opened.
    """
    if href.startswith(_SCHEMES):
        return _open_remote(href, etag)
    if "://" in href or href.startswith("/vsi"):
        return None
    return LocalRanges(href)


def _open_remote(href: str, etag: str | None) -> Ranges | None:
    # Imported late: local files do without.
    from raster_core.sources.ranges.asking import find_way  # noqa: PLC0415
    from raster_core.sources.ranges.remote import RemoteRanges  # noqa: PLC0415

    if not _told or find_way(href, _told[0]) is None:
        return None
    return RemoteRanges(href, lambda: find_way(href, _told[0]), etag)
