"""Why a file, or a block of it, is left to GDAL."""

from __future__ import annotations


class NotPlainError(Exception):
    """The direct way ends here, and GDAL is to read instead; no caller sees it."""
