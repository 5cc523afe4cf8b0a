"""Ranges of values in the forms that clients write: ``rescale``."""

from __future__ import annotations

import json

from handlers.params.parsers import interval

AUTO = "auto"


def parse_rescale(text: str) -> tuple[tuple[float, float] | None, ...]:
    """``min,max``, several in a row, or ``auto``, which is None.

    JSON is accepted as well: ``[0,1]`` or ``[[0,1],[0,5]]``.

    Raises:
        ValueError: If the text has another form, an end is not finite, or min >= max.
    """
    if text == AUTO:
        return (None,)
    ends = _json_numbers(text) if text.startswith("[") else text.split(",")
    pairs = zip(ends[::2], ends[1::2], strict=True)
    return tuple(interval(f"{low},{high}") for low, high in pairs)


def _json_numbers(text: str) -> list[str]:
    """The numbers of a JSON array of two, or of arrays of two."""
    try:
        document = json.loads(text)
    except RecursionError as error:
        raise ValueError(text) from error
    parts = document if all(isinstance(part, list) for part in document) else [document]
    if not parts or not all(len(part) == 2 for part in parts):
        raise ValueError(text)
    # Written as JSON again, only numbers can be parsed by ``interval``.
    return [json.dumps(end) for part in parts for end in part]
