"""What can go wrong, by who can mend it.

A message says what, the value and the limit; it never holds a path or a bucket
name, because it is shown to whoever asked. HTTP statuses are decided in
``handlers.answers``, by class.
"""


class RasterError(Exception):
    """Any failure of Rasterlet's own; never raised itself."""


class RequestError(RasterError):
    """The caller asked for something that cannot be had, and can mend it."""


class NotFoundError(RequestError):
    """What was asked for does not exist: a dataset, a tile of the matrix."""


class ZoneError(RequestError):
    """A geometry that parses but is no usable zone."""

    def __init__(self, message: str, *, zone: int | None = None) -> None:
        super().__init__(message)
        self.zone = zone
        """Its position among those given, where that is known."""


class BudgetError(RequestError):
    """The answer would cost more than a request may; decided before reading."""


class DeadlineError(BudgetError):
    """The answer would take longer than there is time; decided before reading."""


class SourceError(RasterError):
    """A raster or catalogue cannot be read; the caller cannot mend it."""


class StoreError(SourceError):
    """A file cannot be opened or read, for a reason that only its store knows."""

    def __init__(self, message: str, href: str, *, opened: float | None = None) -> None:
        super().__init__(message)
        self.href = href
        """For whoever may ask the store; not for the caller."""
        self.opened = opened
        """When, by ``time.monotonic``; the file may have been replaced since. None if
        it could not be opened at all."""


class ThrottledError(SourceError):
    """The store asks for fewer requests; the same one may work in a moment."""


class ChangedError(SourceError):
    """A file was replaced while it was read; the same request may work in a moment."""
