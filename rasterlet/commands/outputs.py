"""Where results go: files that appear whole or not at all, stdout, JSON."""

from __future__ import annotations

import errno
import json
import math
import os
import shutil
import signal
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from raster_core.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

STDOUT = "-"

# A library that failed to write and left less than this has failed for want of it.
_SPARE = 64 * 1024

# What only writing runs into.
_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)

# Signals that end the process, and would leave what it has begun.
_ENDINGS = [
    *(signal.SIGINT, signal.SIGTERM),
    *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []),
]


@contextmanager
def open_output(target: str, *, overwrite: bool = False) -> Iterator[Path]:
    """A path to write to, whose file becomes ``target`` when the block ends.

    The path has the target's name, in a new folder beside it: layers and members are
    named after files. If the block raises, or a signal ends the process, nothing is
    left and a former file is as it was.

    Args:
        target: A path; ``-`` is stdout. Pipes and devices are written to as well.
        overwrite: Whether a file that exists is replaced.

    Raises:
        RequestError: If the file exists, its folder does not, or it is a folder.
        OSError: If the folder cannot be written to, or is full.
    """
    stream = _is_stream(target)
    path = Path(target)
    if not stream:
        path = path.resolve()  # what a link leads to is replaced, not the link
        _check(path, target, overwrite=overwrite)
    parent = None if stream else path.parent
    with _endings_raised() as raise_again, _working_folder(parent) as folder:
        written = folder / (path.name if target != STDOUT else "output")
        try:
            yield written
            raise_again()
            if stream:
                _copy(written, target)
            else:
                _publish(written, path, target, overwrite=overwrite)
        except OSError as error:
            raise _name_target(error, folder, target) from error
        except Exception as error:
            if shutil.disk_usage(folder).free < _SPARE:
                raise OSError(errno.ENOSPC, "", target) from error
            raise


def _name_target(error: OSError, folder: Path, target: str) -> OSError:
    """The error with the user's name of the file, if that is what could not be written.

    Libraries name none, or the one in the folder.
    """
    if isinstance(error, BrokenPipeError):
        return error
    name = error.filename
    ours = isinstance(name, str) and name.startswith(str(folder))
    if not ours and (name is not None or error.errno not in _WRITING):
        return error
    return type(error)(error.errno, error.strerror, target)


def write_output(content: bytes, target: str, *, overwrite: bool = False) -> None:
    """Write all of a file's bytes, as ``open_output`` does.

    Raises:
        RequestError: Likewise, or if ``-`` is a terminal.
        OSError: Likewise.
    """
    with open_output(target, overwrite=overwrite) as path:
        path.write_bytes(content)


def replace_file(content: bytes, target: str) -> None:
    """Write all of a file's bytes; whoever may read a former file may read it still.

    Raises:
        RequestError: As ``open_output``.
        OSError: Likewise.
    """
    with open_output(target, overwrite=True) as path:
        path.write_bytes(content)
        if Path(target).exists():
            shutil.copymode(target, path)


def check_terminal(target: str) -> None:
    """Refuse to show bytes to a person.

    Raises:
        click.UsageError: If ``-`` is a terminal.
    """
    if target == STDOUT and sys.stdout.isatty():
        raise click.UsageError(
            "An image is no text for a terminal; name a file with -o FILE, "
            "or pipe it into a program"
        )


def print_json(document: object) -> None:
    """Print a document in UTF-8; what is not finite is null, as RFC 8259 has it."""
    text = json.dumps(_finite(document), indent=2, ensure_ascii=False, allow_nan=False)
    click.echo(text.encode())


def _finite(value: object) -> object:
    match value:
        case float() if not math.isfinite(value):
            return None
        case dict():
            return {str(key): _finite(member) for key, member in value.items()}
        case list() | tuple():
            return [_finite(member) for member in value]
    return value


def _is_stream(target: str) -> bool:
    path = Path(target)
    return target == STDOUT or path.is_fifo() or path.is_char_device()


def _check(path: Path, target: str, *, overwrite: bool) -> None:
    if path.is_dir():
        raise RequestError(f"{target} is a folder; name a file in it")
    if not path.parent.is_dir():
        raise RequestError(f"The folder of {target} does not exist; create it first")
    if path.exists() and not overwrite:
        raise RequestError(_taken(target))


def _taken(target: str) -> str:
    return f"{target} exists; replace it with --overwrite or name another file"


@contextmanager
def _working_folder(parent: Path | None) -> Iterator[Path]:
    """A new folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=".rasterlet-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _endings_raised() -> Iterator[Callable[[], None]]:
    """Have signals that would end the process raise, so that it can clean up.

    Those that it ignores, as after ``nohup``, are ignored still. The function raises
    what has been raised before: libraries may swallow it, as in a callback.
    """
    received: list[int] = []

    def end(number: int, _frame: FrameType | None = None) -> None:
        received.append(number)
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)  # as shells have it

    def raise_again() -> None:
        if received:
            end(received[-1])

    former = {number: signal.getsignal(number) for number in _ENDINGS}
    if threading.current_thread() is not threading.main_thread():
        former = {}  # Python handles signals in the main thread only
    former = {n: h for n, h in former.items() if h not in {signal.SIG_IGN, None}}
    for number in former:
        signal.signal(number, end)
    try:
        yield raise_again
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _publish(written: Path, path: Path, target: str, *, overwrite: bool) -> None:
    """Give a finished file its name, at once; one that appeared meanwhile is kept."""
    with written.open("rb") as file:
        os.fsync(file.fileno())  # some file systems notice only now that they are full
    if overwrite:
        written.replace(path)
        return
    try:
        path.hardlink_to(written)
    except FileExistsError as error:
        raise RequestError(_taken(target)) from error
    except OSError:  # a file system without links
        _check(path, target, overwrite=False)
        written.replace(path)


def _copy(written: Path, target: str) -> None:
    with written.open("rb") as source:
        if target == STDOUT:
            shutil.copyfileobj(source, sys.stdout.buffer)
            sys.stdout.flush()
            return
        with Path(target).open("wb") as stream:
            shutil.copyfileobj(source, stream)
