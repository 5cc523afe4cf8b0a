"""What becomes of a block, by its language."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.documents.data import (
    check_html,
    check_javascript,
    check_text,
    check_yaml,
)
from tests.documents.shell import (
    Command,
    check_command,
    check_syntax,
    read_commands,
    read_session,
)
from tests.documents.shown import agrees, is_shown, promised, read_shown

if TYPE_CHECKING:
    from tests.documents.blocks import Block
    from tests.documents.desk import Desk

_REQUEST = re.compile(r"^(GET|HEAD|POST|OPTIONS) (/\S*)$", re.MULTILINE)


@dataclass(slots=True)
class Reader:
    """Somebody who follows a page from top to bottom."""

    desk: Desk
    answers: list[str] = field(default_factory=list)
    """Of the block above, for JSON that shows them."""
    statuses: list[int] = field(default_factory=list)

    def read(self, block: Block, *, is_excused: bool) -> None:
        """Run a block, or if it cannot be run here, check what it names."""
        previous, self.answers = self.answers, []
        if block.language == "json":
            _check_json(block, previous, self.statuses)
            self.statuses = []
        else:
            self.finish()
            runners = CHECKS if is_excused else RUNNERS
            runners[block.language](block, self)

    def finish(self) -> None:
        """Find no error among the last requests, as the page shows none."""
        assert all(status < 400 for status in self.statuses), self.statuses
        self.statuses = []

    def follow(self, command: Command) -> None:
        """Run a command, unless all that it would do is to be read from its words."""
        check_syntax(command.text)
        check_command(command)
        match command.words:
            case ["make", "demo", *_]:
                self.desk.serve_sample()
            case ["make" | "pip", *_] | ["python", "-m", "pytest", *_]:
                pass
            case ["rasterlet", "serve", *options] if "--help" not in options:
                self.desk.serve(command.text)
            case [_, *_]:
                self._run(command)

    def _run(self, command: Command) -> None:
        status, printed = self.desk.run_shell(command.text)
        self.answers.append(printed)
        # What a page shows of a command that fails is its complaint.
        assert status == 0 or command.output, printed
        if command.output is not None:
            assert is_shown(command.output, printed), (
                f"{command.text}\nprints\n{printed}"
            )


def _run_python(block: Block, reader: Reader) -> None:
    printed = reader.desk.run_python(block.text)
    assert is_shown(promised(block.text), printed), f"It prints\n{printed}"


def _run_console(block: Block, reader: Reader) -> None:
    for command in read_session(block.text):
        reader.follow(command)


def _run_sh(block: Block, reader: Reader) -> None:
    for command in read_commands(block.text):
        reader.follow(command)


def _run_http(block: Block, reader: Reader) -> None:
    """Requests, one below the other, each with its headers and body."""
    starts = [found.start() for found in _REQUEST.finditer(block.text)]
    for start, end in pairwise([*starts, len(block.text)]):
        head, _, body = block.text[start:end].partition("\n\n")
        line, *rest = head.splitlines()
        method, path = line.split()
        headers = dict(row.split(": ", 1) for row in rest)
        status, answer = reader.desk.request(method, path, body.strip(), headers)
        assert status < 500, answer
        reader.statuses.append(status)
        reader.answers.append(answer)


def _check_json(block: Block, answers: list[str], statuses: list[int]) -> None:
    """It is JSON, and what the commands above it answered, if there are some."""
    shown = read_shown(block.text)
    if answers:
        assert len(answers) == len(shown), "one document for each answer"
    for document, answer in zip(shown, answers, strict=False):
        (answered,) = read_shown(answer)
        assert agrees(document, answered), f"The answer is\n{answer}"
    for document, status in zip(shown, statuses if answers else [], strict=False):
        assert status < 400 or document["status"] == status


def _check_words(block: Block, reader: Reader) -> None:  # noqa: ARG001  as all runners
    check_syntax(block.text)
    read = read_session if block.text.startswith("$ ") else read_commands
    for command in read(block.text):
        check_command(command)


def _check_python(block: Block, reader: Reader) -> None:  # noqa: ARG001  as all runners
    compile(block.text, str(block), "exec")


type Runner = Callable[[Block, Reader], None]

RUNNERS: dict[str, Runner] = {
    "console": _run_console,
    "html": lambda block, reader: check_html(block, reader.desk),
    "http": _run_http,
    "js": lambda block, reader: check_javascript(block, reader.desk),
    "python": _run_python,
    "sh": _run_sh,
    "text": lambda block, reader: check_text(block, reader.desk),
    "yaml": lambda block, reader: check_yaml(block, reader.desk),
}

# For blocks that cannot be run where tests run.
CHECKS: dict[str, Runner] = {
    "console": _check_words,
    "python": _check_python,
    "sh": _check_words,
}

LANGUAGES = {*RUNNERS, "json"}
