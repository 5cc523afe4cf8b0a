"""The garbage collector rests while a function starts.

Imports make 50,000 objects that stay as long as the process, and the collector would
look through all of them several times: an eighth of a cold start. Once the first event
is there, what was imported counts as permanent, so it is not looked through later
either.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_resting: list[bool] = []


def rest_collector(environ: Mapping[str, str]) -> None:
    """Stop collecting, in a function only: elsewhere it is not ours to decide."""
    if "AWS_LAMBDA_FUNCTION_NAME" in environ and gc.isenabled():
        gc.disable()
        _resting.append(True)


def resume_collector() -> None:
    """Collect again, if it was stopped here."""
    if _resting:
        _resting.clear()
        gc.freeze()
        gc.enable()
