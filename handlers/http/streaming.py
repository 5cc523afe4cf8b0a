"""Answers that are sent while they are computed, where the context can do so.

A Lambda function behind an HTTP API cannot: there the text is put together, and refused
when it is too large. The local server's context has ``stream``, which takes the text
piece by piece; empty pieces only give it time to look after its clients.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain, islice
from typing import TYPE_CHECKING, Protocol, TypeGuard

from handlers.http.answers import status_of, text_answer, uncached
from handlers.platform.encoding import accepts_gzip
from handlers.platform.powertools import logger
from handlers.platform.settings import current_settings
from raster_core.errors import BudgetError, RasterError

if TYPE_CHECKING:
    from handlers.platform.powertools import APIGatewayProxyEventV2, Response
    from raster_core.documents import Json

type Batches = Iterable[Sequence[Json]]
"""Features in order, as they get ready; many batches are empty."""

SHRINKS = 8
"""Times that a compressed text of statistics is smaller than what it holds."""


class Streaming(Protocol):
    """The context of an invocation whose answer may be sent piece by piece."""

    def stream(self, pieces: Iterator[str]) -> None:
        """Send pieces of text as the body, when the handler has returned."""


@dataclass(frozen=True, slots=True)
class Form:
    """How Features are written."""

    media_type: str
    write: Callable[[Batches], Iterator[str]]
    """One piece of text per batch, and what stands around them."""
    by_line: bool = False
    """Whether each line is a document of its own, an error's as well."""


def begin[T](items: Iterator[T]) -> Iterator[T]:
    """The same items; the first one has been computed, and its errors raised."""
    first = list(islice(items, 1))
    return chain(first, items)


def can_stream(context: object) -> TypeGuard[Streaming]:
    """Whether the context can send an answer while it is computed."""
    return hasattr(context, "stream")


def answer_batches(
    batches: Batches,
    total: int,
    form: Form,
    *,
    event: APIGatewayProxyEventV2,
    context: object,
) -> Response[str]:
    """The answer of many Features, sent as they come if the context can.

    Args:
        batches: Features in order.
        total: How many there will be.
        form: How they are written.
        event: Says whether the client takes gzip.
        context: The context of the invocation.

    Raises:
        BudgetError: If the whole text is too large, and the context cannot stream.
    """
    if not can_stream(context):
        limit = current_settings().max_answer
        limit *= SHRINKS if _takes_gzip(event) else 1
        text = _join(batches, total, form, limit)
        return uncached(text_answer(text, form.media_type))
    pieces = _end_with_error(form.write(batches), event.path, by_line=form.by_line)
    context.stream(pieces)
    return uncached(text_answer("", form.media_type))


def _takes_gzip(event: APIGatewayProxyEventV2) -> bool:
    return accepts_gzip(event.headers.get("accept-encoding", ""))


def _join(batches: Batches, total: int, form: Form, limit: float) -> str:
    """The whole text, given up as soon as it is too large."""
    done, size = 0, 0
    pieces = []

    def count() -> Iterator[Sequence[Json]]:
        nonlocal done
        for batch in batches:
            done += len(batch)
            yield batch

    for piece in form.write(count()):
        pieces.append(piece)
        size += len(piece.encode())
        if size > limit:
            raise BudgetError(
                f"After {done} of {total} zones, the answer has {size} bytes, which "
                f"exceeds {limit}; ask for fewer zones or statistics, for f=csv, which "
                "is smaller, without include_geometry, or accept gzip; a service that "
                "runs locally streams its answers, which may have any size"
            )
    return "".join(pieces)


def _end_with_error(
    pieces: Iterator[str], path: str, *, by_line: bool
) -> Iterator[str]:
    """The pieces; an error among them is logged and, if lines allow it, written."""
    try:
        yield from pieces
    except Exception as error:
        logger.exception("The answer to %s broke off", path)
        if by_line:
            yield json.dumps({"error": _describe_error(error)}, allow_nan=False) + "\n"
        raise


def _describe_error(error: Exception) -> Json:
    if isinstance(error, RasterError):
        return {"status": status_of(error).value, "detail": str(error)}
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return {"status": status.value, "detail": "The answer could not be completed"}
