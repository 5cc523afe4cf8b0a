"""Pauses the garbage collector while a function starts.

Imports make 50,000 objects that live as long as the process. The collector would scan
them several times, which takes an eighth of a cold start. With the first event they are
moved to the permanent generation, which is never scanned.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_resting: list[bool] = []


def rest_collector(environ: Mapping[str, str]) -> None:
    """Stop collecting in a Lambda function; elsewhere the application decides."""
    if "AWS_LAMBDA_FUNCTION_NAME" in environ and gc.isenabled():
        gc.disable()
        _resting.append(True)


def resume_collector() -> None:
    """Resume collecting if it was stopped here."""
    if _resting:
        _resting.clear()
        gc.freeze()
        gc.enable()
