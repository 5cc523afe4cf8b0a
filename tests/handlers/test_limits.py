"""docs/limits.md: its numbers are the code's, and its requests are refused as it says.

A limit that only the code has would not show; one that only the page has, or another
number, does.
"""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

from tests.handlers.limits_table import LIMITS, Limit

PAGE = Path(__file__).resolve().parents[2] / "docs" / "limits.md"

# | what | number, and perhaps a unit | status | `file` `NAME` |
ROW = re.compile(
    r"^\| [^|]+ \| ([\d,]+)[^|]* \| (\d{3})\b[^|]* \| `([\w/]+)\.py` `(\w+)` \|$",
    re.MULTILINE,
)


def number_of(where: str) -> int:
    module, _, name = where.rpartition(".")
    number: int = getattr(importlib.import_module(module), name)
    return number


def page_rows() -> dict[str, tuple[int, int]]:
    """Number and status by where the number stands."""
    return {
        f"{file.replace('/', '.')}.{name}": (
            int(number.replace(",", "")),
            int(status),
        )
        for number, status, file, name in ROW.findall(PAGE.read_text())
    }


def named(limit: Limit) -> str:
    return limit.where.removeprefix("raster_core.")


def test_the_page_has_the_codes_numbers_and_statuses() -> None:
    rows = page_rows()

    assert rows == {
        limit.where: (number_of(limit.where), limit.status) for limit in LIMITS
    }


def test_every_row_of_the_page_is_read() -> None:
    lines = [line for line in PAGE.read_text().splitlines() if " `MAX_" in line]

    assert len(lines) == len(page_rows())


@pytest.mark.parametrize("limit", LIMITS, ids=named)
def test_a_request_above_a_limit_is_refused_by_its_number(limit: Limit) -> None:
    answer = limit.above()

    assert answer.status == limit.status, answer.body[:500]
    assert str(number_of(limit.where)) in answer.body.decode()


@pytest.mark.parametrize("limit", [x for x in LIMITS if x.below], ids=named)
def test_a_request_that_reaches_a_limit_is_answered(limit: Limit) -> None:
    assert limit.below is not None
    answer = limit.below()

    assert answer.status == 200, answer.body[:500]


# Numbers that messages name and that the page leaves out.
UNLISTED = {
    "MAX_WAITING": "of the classes met by a table: tests/handlers/zones/test_tables.py",
    "MAX_ZOOM": "of the tile matrix set",
    "MAX_LATITUDE": "of the Earth",
    "MAX_LONGITUDE": "of the Earth, with a turn to spare",
    "_MAX_LONGITUDE": "likewise",
    "MAX_SCALING": "of a value, not of a cost",
    "MAX_WEIGHT": "likewise",
    "MAX_SIDE": "of an Item, which its operator writes",
    "MAX_LAYERS": "of an overlay's definition: tests/catalogue/test_definition.py",
    "MAX_SCORES": "likewise",
    "MAX_TEXT": "of a coordinate system's text: tests/sources/crs/test_crs_names.py",
    "MAX_LINES": "a longer legend is cut short and says so",
    "MAX_KEPT": "of interpolated quantiles in Python: zonal/test_peer_options.py",
    "MAX_GROUPS": "takes minutes to reach: tests/zonal/test_grouped.py",
    "MAX_READ": "in Python: tests/sources/ranges/test_local_ranges.py",
    "MAX_BLOCK": "of the direct way; GDAL reads such a file: tests/sources/blocks",
    "MAX_TAGS": "likewise",
    "_MAX_BYTES": "of a companion, which its operator writes: tests/sources/companion",
    "MAX_RUNS": "takes 400 MB to reach, behind the limit of cells",
}


def test_every_number_that_a_message_names_is_on_the_page() -> None:
    """A limit that is not on the page has a reason."""
    root = PAGE.parents[1]
    named = {
        name.id
        for folder in ("handlers", "raster_core")
        for file in (root / folder).rglob("*.py")
        for text in ast.walk(ast.parse(file.read_text()))
        if isinstance(text, ast.JoinedStr)
        for name in ast.walk(text)
        if isinstance(name, ast.Name) and name.id.lstrip("_").startswith("MAX_")
    }

    listed = {limit.where.rpartition(".")[2] for limit in LIMITS}
    assert named - listed - UNLISTED.keys() == set()
    assert UNLISTED.keys() <= named
