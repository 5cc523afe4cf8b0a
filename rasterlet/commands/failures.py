"""What ends the command early: one sentence on stderr, and an exit status.

0 is success, 1 a failure, 2 wrong usage; 130 is Ctrl-C and 141 a closed pipe, as shells
have it of programs that a signal ends.
"""

from __future__ import annotations

import errno
import io
import os
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from raster_core.errors import RasterError, StoreError
from rasterlet.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable

FAILURE, INTERRUPTED, CLOSED_PIPE = 1, 130, 141

# The extra of the package that has a library.
EXTRAS = {
    "boto3": "s3",
    "geopandas": "frames",
    "pandas": "frames",
    "pyarrow": "frames",
    "pyogrio": "frames",
}

# A keyword of Python in a message, such as "give layer= one of 'a', 'b'".
_KEYWORD = re.compile(r"\b([a-z_]+)=(?=[\s:;,]|$)")

_FULL = (errno.ENOSPC, errno.EDQUOT)

_REMEDIES = {
    errno.EACCES: "permission denied",
    errno.EFBIG: "the file would be larger than this process may write",
    errno.EISDIR: "this is a folder, and a file is wanted",
    errno.EMFILE: "too many open files; raise the limit with ulimit -n",
    errno.ENOENT: "there is no such file or folder; check the path",
    errno.ENOTDIR: "a part of this path is a file, not a folder",
    errno.EROFS: "this file system is read-only; choose another folder",
}


@dataclass(slots=True)
class Settings:
    """What the whole command is told, wherever on its line it stands."""

    debug: bool = False
    """Whether tracebacks are shown."""


def guard(command: Callable[[], object], settings: Settings) -> int:
    """Run a command and return the exit status; nothing that it raises escapes.

    Args:
        command: Raises what it likes; the number that it returns is the status.
        settings: As the command leaves them.
    """
    _open_closed_streams()
    try:
        status = command()
        sys.stdout.flush()
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        click.echo(plain(shown.getvalue()), err=True, nl=False)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        _close_stdout()
        return CLOSED_PIPE
    except Exception as error:  # noqa: BLE001  the last resort of the process
        if settings.debug:
            sys.excepthook(type(error), error, error.__traceback__)
        click.echo(f"Error: {plain(explain(error))}", err=True)
        _close_stdout()
        return FAILURE
    return status if isinstance(status, int) else 0


def explain(error: Exception) -> str:
    """One sentence that says what went wrong and what helps."""
    match error:
        case StoreError():
            # With what asks the store, which other commands need not load.
            from rasterlet.opening.failures import explain_failure  # noqa: PLC0415

            return str(explain_failure(error))
        case RasterError():
            return _KEYWORD.sub(_name_option, str(error))
        case ModuleNotFoundError(name=str(name)) if name.split(".")[0] in EXTRAS:
            library = name.split(".")[0]
            extra = EXTRAS[library]
            return f"This needs {library}: pip install 'rasterlet[{extra}]'"
        case MemoryError():
            return "There is not enough memory for this; ask for less at once"
        case OSError():
            return _explain_system(error)
    return (
        f"Unexpected {type(error).__name__}: {error} (please report this with what "
        "the same command prints with --debug)"
    )


def _name_option(keyword: re.Match[str]) -> str:
    """The option of a keyword: ``--group-by`` for ``group_by=``."""
    return f"--{keyword[1].replace('_', '-')}"


def _explain_system(error: OSError) -> str:
    where = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "
    if error.errno in _FULL:
        return f"{where}the disk is full; free some space or write to another one"
    known = _REMEDIES.get(error.errno or 0)
    return where + (known or error.strerror or str(error) or type(error).__name__)


def _open_closed_streams() -> None:
    """Let what a shell has closed, as ``>&-`` does, lead nowhere.

    Else the next file that is opened would have its number, and what a library says
    would be written into it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115  the process ends with it


def _close_stdout() -> None:
    """Let the interpreter's last flush go nowhere, lest it fail once more."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # stdout is no file, as in a test
        return
