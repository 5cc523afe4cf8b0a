"""What is wrong with a request before anything is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.errors import ParameterError, RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.errors import RasterError


class InvalidError(RequestError):
    """Parameters that do not parse, are unknown or have no effect.

    Attributes:
        faults: Pairs of a parameter's name and what is wrong with it.
    """

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        are = "parameter is" if len(faults) == 1 else "parameters are"
        super().__init__(f"{len(faults)} {are} not valid")


class BodyTooLargeError(RequestError):
    """The request's body is over ``Settings.max_body``."""


class MediaTypeError(RequestError):
    """The request's body is not declared as JSON, or has an unknown coding."""


def as_invalid(error: RasterError) -> RasterError:
    """An error about one parameter as those about several are; others as they are."""
    if isinstance(error, ParameterError):
        return InvalidError([(error.name, str(error))])
    return error
