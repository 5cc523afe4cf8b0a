"""What a page shows is told from what it does not."""

from __future__ import annotations

import json

import pytest

from tests.documents.shown import agrees, is_shown, promised, read_shown


def test_comments_behind_and_below_prints_are_promises():
    code = """\
# Above code: a comment.
x = 1  # not behind a print
for y in (1, 2):
    print(y)
# 1
# 2

# Another comment.
print(x)  # 1
"""
    assert promised(code) == "1\n2\n1"


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\nb", "a  \nb\n", True),
        ("a\n...\nc", "a\nb\nb\nc\n", True),
        ("200 ...", "200 image/png", True),
        ("a", "a\nb\n", False),
        ("", "a\n", False),
    ],
)
def test_three_dots_stand_for_any_text(shown: str, printed: str, same: bool):
    assert is_shown(shown, printed) is same


@pytest.mark.parametrize(
    ("shown", "answered", "same"),
    [
        ('{"a": 1.23}', {"a": 1.2345}, True),
        ('{"a": 1.23}', {"a": 1.2361}, False),
        ('{"a": 1}', {"a": 1.2}, False),
        ('{"a": 1}', {"a": 1, "b": 2}, False),
        ('{"a": 1, "…": "…"}', {"a": 1, "b": 2}, True),
        ('{"a": [1, "…"]}', {"a": [1, 2, 3]}, True),
        ('{"a": [1, 2]}', {"a": [1, 2, 3]}, False),
        ('{"a": "x…z"}', {"a": "xyz"}, True),
        ('{"a": "…"}', {"a": None}, True),
        ('{"a": null}', {"a": 0}, False),
        ('{"a": true}', {"a": 1}, False),
    ],
)
def test_numbers_are_shown_to_their_digits(shown: str, answered: object, same: bool):
    (read,) = read_shown(json.dumps(answered))
    (document,) = read_shown(shown)

    assert agrees(document, read) is same
