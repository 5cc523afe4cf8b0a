"""What ``handlers.params`` has, for readers that have not moved there yet."""

from handlers.params.errors import BodyTooLargeError, InvalidError, MediaTypeError
from handlers.params.json_body import read_json_body
from handlers.params.parsers import (
    flag,
    integer,
    interval,
    number,
    one_of,
    rule_of,
    stored_value,
    without_brackets,
)
from handlers.params.query import Query, read_query

__all__ = (
    "BodyTooLargeError",
    "InvalidError",
    "MediaTypeError",
    "Query",
    "check_names",
    "flag",
    "integer",
    "interval",
    "number",
    "one_of",
    "read_json_body",
    "read_query",
    "rule_of",
    "stored_value",
    "without_brackets",
)


def check_names(query: Query, known: tuple[str, ...]) -> None:
    """Take every name that is not ``known`` for a fault."""
    query.check_names(known)
