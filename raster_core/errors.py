"""The errors, by who can fix their cause.

A message names what is wrong, the value and the limit. It never contains a path or the
name of a bucket, since the caller sees it.
"""


class RasterError(Exception):
    """The base of all errors of Rasterlet; never raised itself."""


class RequestError(RasterError):
    """The request cannot be answered, and the caller can fix it."""


class ParameterError(RequestError):
    """A parameter that does not apply to the dataset."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        """The parameter's name, which the message has too."""


class NotFoundError(RequestError):
    """The requested dataset or tile does not exist."""


class ZoneError(RequestError):
    """A geometry that is well-formed but not usable as a zone."""

    def __init__(self, message: str, *, zone: int | None = None) -> None:
        super().__init__(message)
        self.zone = zone
        """The zone's index among those of the request; None if unknown."""


class BudgetError(RequestError):
    """The answer would cost more than a request may; raised before reading."""


class DeadlineError(BudgetError):
    """The answer would take more time than is left; raised before reading."""


class SourceError(RasterError):
    """A raster or catalogue cannot be read, and the caller cannot fix that."""


class StoreError(SourceError):
    """A file cannot be opened or read; only its store can tell why."""

    def __init__(self, message: str, href: str, *, opened: float | None = None) -> None:
        super().__init__(message)
        self.href = href
        """The file's URL, to ask the store about; the caller must not see it."""
        self.opened = opened
        """When the file was opened, by ``time.monotonic``; it may have been replaced
        since. None if it could not be opened."""


class ThrottledError(SourceError):
    """The store asks for fewer requests; the same request may succeed later."""


class ChangedError(SourceError):
    """A file was replaced while it was read; the same request may succeed later."""
