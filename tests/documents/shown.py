"""What a page shows beside what was printed or answered."""

from __future__ import annotations

import doctest
import json
import re
from decimal import Decimal
from typing import Any

# In JSON, stands for any value, and at the end of a list for all further ones.
REST = "…"


def promised(code: str) -> str:
    """What the comments of Python code say is printed.

    That is a comment behind ``print(…)``, and the lines of a comment that follows code
    without an empty line between them. A comment above code is just that.
    """
    found: list[str] = []
    follows_code = False
    for line in code.splitlines():
        is_comment = line.startswith("#")
        if is_comment and follows_code:
            found.append(line[1:].removeprefix(" "))
        elif line.lstrip().startswith("print(") and "  # " in line:
            found.append(line.rsplit("  # ", 1)[1])
        follows_code = bool(line.strip()) and (follows_code or not is_comment)
    return "\n".join(found)


def is_shown(shown: str, printed: str) -> bool:
    """Whether a text is the one shown; ``...`` there stands for any text."""
    want, got = (
        "".join(f"{line.rstrip()}\n" for line in text.strip("\n").splitlines())
        for text in (shown, printed)
    )
    return doctest.OutputChecker().check_output(want, got, doctest.ELLIPSIS)


def read_shown(text: str) -> list[Any]:
    """The JSON documents of a block: one, or one per line.

    Raises:
        ValueError: If it is neither.
    """
    try:
        return [json.loads(text, parse_float=Decimal)]
    except json.JSONDecodeError:
        return [json.loads(line, parse_float=Decimal) for line in text.splitlines()]


def agrees(shown: Any, answered: Any) -> bool:
    """Whether a document is the one shown: numbers to the digits shown."""
    match shown:
        case str() if REST in shown:
            return _reads_as(shown, answered)
        case dict():
            return (
                isinstance(answered, dict)
                and (REST in shown or answered.keys() == shown.keys())
                and all(
                    key in answered and agrees(value, answered[key])
                    for key, value in shown.items()
                    if key != REST
                )
            )
        case [*first, last] if last == REST:
            return isinstance(answered, list) and agrees(first, answered[: len(first)])
        case list():
            return (
                isinstance(answered, list)
                and len(shown) == len(answered)
                and all(map(agrees, shown, answered))
            )
        case Decimal():
            half = Decimal(5).scaleb(int(shown.as_tuple().exponent) - 1)
            return abs(Decimal(answered) - shown) <= half
    return type(shown) is type(answered) and bool(shown == answered)


def _reads_as(shown: str, answered: Any) -> bool:
    """Whether a text is the one shown, with anything in place of the ellipses."""
    if shown == REST:
        return True
    pattern = ".*".join(re.escape(part) for part in shown.split(REST))
    return isinstance(answered, str) and bool(re.fullmatch(pattern, answered))
