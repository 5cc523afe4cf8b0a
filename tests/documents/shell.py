"""Commands of the documentation: taken apart, and held against what exists."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from rasterlet.commands.main import rasterlet
from tests.documents.blocks import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

BASH = shutil.which("bash") or "bash"
MAKE = shutil.which("make") or "make"

# Programs of others, whose options are their own.
OUTSIDE = {
    *("aws", "cd", "cp", "curl", "gdal_translate", "gdalinfo", "head", "ls", "mkdir"),
    "mv",
    *("rio", "sha256sum", "source", "zip", ".", "cat"),
    "deploy/node_modules/.bin/osls",
}

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


@dataclass(frozen=True, slots=True)
class Command:
    """A command line, and what is shown below it."""

    text: str
    output: str | None = None
    """None if the page shows none: any output will do."""

    @property
    def words(self) -> list[str]:
        """Its words as the shell reads them, without comments and assignments."""
        words = shlex.split(self.text, comments=True)
        while words and _ASSIGNMENT.match(words[0]):
            words = words[1:]
        if words:
            words[0] = words[0].removeprefix(".venv/bin/")
        return words


def read_session(text: str) -> Iterator[Command]:
    """The commands after ``$ ``, each with the lines up to the next one."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        last = next(i for i, line in enumerate(lines) if not line.endswith("\\"))
        yield Command("\n".join(lines[: last + 1]), "\n".join(lines[last + 1 :]))


def read_commands(text: str) -> Iterator[Command]:
    """The commands of a block that shows nothing else."""
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        if line.strip() and not line.startswith("#"):
            yield Command(line)


def check_syntax(text: str) -> None:
    """Let bash parse it."""
    subprocess.run([BASH, "-n", "-c", text], check=True)


def check_command(command: Command) -> None:
    """What it names exists: programs, scripts, targets, options, extras."""
    for words in _simple_commands(command.words):
        match words:
            case ["make", *rest]:
                check_make(rest)
            case ["python", "-m", "pytest", path, *rest]:
                _check_tests(path, rest)
            case ["python", "-m", module, *_]:
                assert find_spec(module), f"{module} is not a module"
            case ["python", script, *rest]:
                _check_script(script, rest)
            case ["npm", *rest]:
                _check_npm(rest)
            case ["pip", "install", *rest]:
                _check_extras(rest)
            case ["rasterlet", *rest]:
                _check_rasterlet(rest)
            case [program, *_]:
                assert program in OUTSIDE, f"{program} is not a known program"


def _simple_commands(words: list[str]) -> Iterator[list[str]]:
    """The commands between pipes and the like."""
    start = 0
    for at, word in enumerate([*words, "&&"]):
        if word in {"&&", "||", "|", ";"}:
            yield [part for part in words[start:at] if not _ASSIGNMENT.match(part)]
            start = at + 1


def check_make(words: list[str]) -> None:
    """Make finds a rule for every target, and uses every variable."""
    makefile = (ROOT / "Makefile").read_text()
    for word in words:
        variable, is_set, _ = word.partition("=")
        if is_set:
            assert f"$({variable}" in makefile, f"The Makefile does not use {variable}"
    subprocess.run(
        [MAKE, "-n", "-C", str(ROOT), *words], check=True, capture_output=True
    )


def _check_script(script: str, words: list[str]) -> None:
    path = ROOT / script
    assert path.is_file(), f"{script} does not exist"
    for option in _options(words):
        assert f'"{option}"' in path.read_text(), f"{script} has no option {option}"


def _check_tests(path: str, words: list[str]) -> None:
    files = [ROOT / path] if path.endswith(".py") else list(ROOT.glob(f"{path}/*.py"))
    assert files, f"{path} does not exist"
    if "-k" in words:
        word = words[words.index("-k") + 1]
        named = any(word in file.read_text() for file in files)
        assert named or (ROOT / "docs" / f"{word}.md").is_file(), word


def _check_npm(words: list[str]) -> None:
    scripts = json.loads((ROOT / "frontend/package.json").read_text())["scripts"]
    match words:
        case ["run", name] | ["test" as name]:
            assert name in scripts, f"package.json has no script {name}"
        case _:
            assert words == ["ci"], words


def _check_rasterlet(words: list[str]) -> None:
    command: click.Command = rasterlet
    while isinstance(command, click.Group) and words and words[0][0] != "-":
        found = command.get_command(click.Context(command), words[0])
        assert found, f"rasterlet has no command {words[0]}"
        command, words = found, words[1:]
    known = {
        option
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    unknown = set(_options(words)) - known - {"--help", "--version"}
    assert not unknown, f"{command.name} has no options {unknown}"


def _check_extras(words: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for word in words:
        if named := re.fullmatch(r"rasterlet(?:\[([\w,]+)\])?", word):
            extras = set((named[1] or "").split(",")) - {""}
            assert extras <= project["optional-dependencies"].keys(), word


def _options(words: list[str]) -> Iterator[str]:
    """Long options, without their values."""
    yield from (word.partition("=")[0] for word in words if word.startswith("--"))
