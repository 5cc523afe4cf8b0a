"""Texts that a terminal shows and does not obey."""

from __future__ import annotations

import re

# C0 but for the line break and the tab, DEL, C1: what ECMA-48 lets command a terminal.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain(text: object) -> str:
    r"""A text with ``\x1b`` and the like in place of the characters that control.

    Names of files, bands and classes are whatever somebody wrote into a file; they may
    not colour a terminal, give it another title, or write over what it shows.
    """
    return _CONTROLS.sub(lambda found: rf"\x{ord(found[0]):02x}", str(text))
