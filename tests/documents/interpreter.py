"""A Python process that runs one block of a page after the other."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Printed by the process when a block has run.
_DONE = "--- done ---"

# rasterstats multiplies affines as affine 3 discourages, without a warning by default.
_WARNINGS = ("-W", "error", "-W", "ignore::PendingDeprecationWarning")

_LOOP = f"""
import json, sys
names = {{"__name__": "__main__"}}
for line in sys.stdin:
    exec(compile(json.loads(line), "<the page>", "exec"), names)
    print({_DONE!r}, flush=True)
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """It keeps the names of earlier blocks, and its warnings are errors."""

    process: subprocess.Popen[str]

    @classmethod
    def start(cls, folder: Path, environment: Mapping[str, str]) -> Interpreter:
        """Start the process in a folder."""
        process = subprocess.Popen(
            [sys.executable, *_WARNINGS, "-c", _LOOP],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return cls(process)

    def run(self, code: str) -> str:
        """What the code prints.

        Raises:
            AssertionError: If it raises; the message has the traceback.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{json.dumps(code)}\n")
        self.process.stdin.flush()
        printed: list[str] = []
        for line in self.process.stdout:
            if line.strip() == _DONE:
                return "".join(printed)
            printed.append(line)
        raise AssertionError("".join(printed))

    def stop(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
