"""Runs a function as Lambda finds it: ``invoke.py handlers/a.handler events answers``.

In a process of its own, whose only sources are the unpacked zip and the libraries.
"""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Context:
    """What the runtime says of an invocation."""

    function_name: str = "stand-in"
    memory_limit_in_mb: int = 1769
    aws_request_id: str = "00000000-0000-0000-0000-000000000000"
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:123456789012:function:a"

    def get_remaining_time_in_millis(self) -> int:
        """Enough."""
        return 29_000


def main(name: str, events: str, answers: str) -> None:
    """Answer every event of a file, into another."""
    path, _, attribute = name.rpartition(".")
    module = importlib.import_module(path.replace("/", "."))
    handler = getattr(module, attribute)
    made = [handler(event, Context()) for event in json.loads(Path(events).read_text())]
    found = {"file": module.__file__, "answers": made}
    Path(answers).write_text(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
