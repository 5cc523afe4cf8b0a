from __future__ import annotations

import errno
import subprocess
import sys

import click
import pytest

from raster_core.errors import RequestError, StoreError
from rasterlet.commands.failures import Settings, explain, guard
from tests.commands.shell import environment


def raising(error):
    def command():
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (RequestError("Band 3 is not one of 1 to 2"), "Band 3 is not one of 1 to 2"),
        (StoreError("It is lost", "/a.tif"), "'/a.tif' does not exist"),
        (ModuleNotFoundError(name="pyogrio._io"), "pip install 'rasterlet[frames]'"),
        (ModuleNotFoundError(name="boto3"), "pip install 'rasterlet[s3]'"),
        (OSError(errno.ENOSPC, "x", "out.csv"), "out.csv: the disk is full"),
        (OSError(errno.EACCES, "x", "out.csv"), "out.csv: permission denied"),
        (OSError("a library's own"), "a library's own"),
        (OSError(), "OSError"),
        (MemoryError(), "not enough memory"),
        (ValueError("odd"), "Unexpected ValueError: odd (please report this"),
    ],
)
def test_an_error_is_one_sentence(error, sentence, capsys):
    assert sentence in explain(error)
    assert guard(raising(error), Settings()) == 1

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == f"Error: {explain(error)}\n"


def test_debug_shows_the_traceback(capsys):
    guard(raising(RequestError("Band 3 does not exist")), Settings(debug=True))

    shown = capsys.readouterr().err
    assert "Traceback (most recent call last)" in shown
    assert shown.endswith("Error: Band 3 does not exist\n")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
        (BrokenPipeError(), 141),
        (click.UsageError("no"), 2),
        (click.ClickException("no"), 1),
    ],
)
def test_every_way_to_end_has_its_status(error, status, capsys):
    assert guard(raising(error), Settings()) == status
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(("returned", "status"), [(None, 0), (0, 0), (1, 1), ("x", 0)])
def test_a_command_may_return_its_status(returned, status):
    assert guard(lambda: returned, Settings()) == status


HOSTILE = "\x1b]0;a title\x07\x1b[2Jname\x9b31m"


@pytest.mark.parametrize("kind", [RequestError, click.UsageError])
def test_a_name_in_an_error_does_not_command_the_terminal(kind, capsys):
    guard(raising(kind(f"'{HOSTILE}' is no band")), Settings())

    shown = capsys.readouterr().err
    assert shown.endswith("' is no band\n")
    assert r"\x1b]0;a title\x07" in shown
    assert not {"\x1b", "\x07", "\x9b"}.intersection(shown)


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_stream_that_is_closed_is_no_failure(stream, sample, tmp_path):
    """Its number must not be that of a file which the command writes."""
    raster = sample / "landcover_global_2019.tif"
    closed = {"stdout": ">&-", "stderr": "2>&-"}[stream]

    done = subprocess.run(
        [
            "/bin/sh",
            "-c",
            f'"$0" -m rasterlet info "$1" {closed}',
            sys.executable,
            raster,
        ],
        env=environment(),
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
