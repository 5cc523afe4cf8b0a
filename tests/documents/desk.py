"""Where a reader of a page works: a folder, a shell, a Python and a server."""

from __future__ import annotations

import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from tests.documents.blocks import ROOT
from tests.documents.interpreter import Interpreter
from tests.documents.serving import serve_while_open
from tests.documents.shell import BASH

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# The servers' URLs in the documentation: on one's own machine, and deployed.
SHOWN_URLS = ("http://127.0.0.1:8000", "https://maps.example")

# What a browser leaves as it is, and ``%``, with which a page writes the rest.
KEPT = "!$&'()*+,-./:;=?@_~%"

# Seconds that a command of the documentation may take on a busy machine.
PATIENCE = 120

# What is nowhere in a reader's environment, or would change what is printed.
_FOREIGN = ("RASTERLET_", "PYTEST_", "AWS_")

_QUIET = {
    "BROWSER": "true",
    "COLUMNS": "100",
    "LC_ALL": "C.UTF-8",
    "NO_COLOR": "1",
    "TERM": "dumb",
}


@dataclass(slots=True)
class Desk:
    """A folder that has the repository's own in it, but belongs to one page.

    What commands write is written here, not into the repository.
    """

    folder: Path
    sample_url: str
    """Of the server of the sample."""
    url: str = ""
    """Of the server that the page is talking to."""
    _open: ExitStack = field(default_factory=ExitStack)
    _python: Interpreter | None = None
    _programs: Path = field(init=False)

    def __enter__(self) -> Self:
        """Lay out the folder."""
        self.url = self.sample_url
        for path in ROOT.iterdir():
            if path.name not in {".git", ".venv", "build", "sample"}:
                (self.folder / path.name).symlink_to(path)
        shutil.copytree(ROOT / "sample", self.folder / "sample")
        (self.folder / ".venv").symlink_to(sys.prefix)
        self._programs = self.folder / ".programs"
        self._programs.mkdir()
        self._write_program("rasterlet", f'exec "{sys.executable}" -m rasterlet "$@"')
        self._write_program("python", f'exec "{sys.executable}" "$@"')
        return self

    def __exit__(self, *_: object) -> None:
        """End what was started."""
        if self._python is not None:
            self._python.stop()
        self._open.close()

    def give(self, files: Mapping[str, str]) -> None:
        """Copy files of the sample under names that the page gives them."""
        for name, source in files.items():
            shutil.copy(ROOT / "sample" / source, self.folder / name)

    def _write_program(self, name: str, line: str) -> None:
        """The package is not installed where it is tested."""
        path = self._programs / name
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def environment(self) -> dict[str, str]:
        """The variables of a reader's shell."""
        own = {k: v for k, v in os.environ.items() if not k.startswith(_FOREIGN)}
        path = os.pathsep.join([str(self._programs), f"{sys.prefix}/bin", own["PATH"]])
        return own | _QUIET | {"PATH": path, "PYTHONPATH": str(ROOT)}

    def substitute(self, text: str) -> str:
        """A text of the page with the real server's URL."""
        for url in SHOWN_URLS:
            text = text.replace(url, self.url)
        return text

    def restore(self, text: str) -> str:
        """An output with the URL that the page shows."""
        return text.replace(self.url, SHOWN_URLS[0])

    def run_python(self, code: str) -> str:
        """What code prints, after the page's earlier code."""
        if self._python is None:
            self._python = Interpreter.start(self.folder, self.environment())
        return self.restore(self._python.run(self.substitute(code)))

    def run_shell(self, command: str) -> tuple[int, str]:
        """Exit status of a command, and what it prints and complains."""
        done = subprocess.run(
            [BASH, "-c", self.substitute(command)],
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return done.returncode, self.restore(done.stdout)

    def request(
        self,
        method: str,
        path: str,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, str]:
        """Status and text of the answer to a request as the page writes it."""
        sent = urllib.request.Request(  # noqa: S310  our own server
            self.url + quote(path, safe=KEPT),
            body.encode() if body else None,
            dict(headers or {}),
            method=method,
        )
        try:
            with urllib.request.urlopen(sent, timeout=PATIENCE) as answer:  # noqa: S310
                return answer.status, self.restore(
                    answer.read().decode(errors="replace")
                )
        except urllib.error.HTTPError as error:
            with error:
                return error.code, self.restore(error.read().decode())

    def serve(self, command: str) -> None:
        """Start a server by its command; the rest of the page talks to it."""
        port = free_port()
        line = re.sub(r"\s+#.*", "", command) + f" --port {port}"
        running = serve_while_open(line, port, self.folder, self.environment())
        self._open.enter_context(running)
        self.url = f"http://127.0.0.1:{port}"

    def serve_sample(self) -> None:
        """Let the rest of the page talk to the server of the sample."""
        self.url = self.sample_url


def free_port() -> int:
    """A port that nothing listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
