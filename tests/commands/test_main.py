from __future__ import annotations

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from raster_core.version import __version__
from rasterlet.commands.main import COMMANDS, rasterlet
from tests.commands.shell import environment, run_command, run_python


@pytest.mark.parametrize("name", COMMANDS)
def test_every_subcommand_shows_an_example(name):
    shown = CliRunner().invoke(rasterlet, [name, "--help"])

    assert shown.exit_code == 0
    assert f"rasterlet {name}" in shown.output.split("Usage:", 1)[1].split("\n", 1)[1]


def test_help_lists_every_subcommand_and_imports_none():
    done = run_python(
        "import sys\n"
        "from rasterlet.commands.main import rasterlet\n"
        "rasterlet.main(['--help'], 'rasterlet', standalone_mode=False)\n"
        "print('loaded', *sys.modules)"
    )
    text, _, loaded = done.stdout.partition("loaded ")

    assert all(
        f"  {name} " in text and row.summary[:30] in text
        for name, row in COMMANDS.items()
    )
    assert not {row.module for row in COMMANDS.values()} & set(loaded.split())
    assert not {"numpy", "rasterio", "rich", "pandas"} & set(loaded.split())


def test_the_version_is_that_of_the_package():
    assert run_command("--version").stdout == f"rasterlet, version {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["completon"], "'completon' is not a command; did you mean 'completion'?"),
        (["s3://bucket/dem.tif"], "run: rasterlet info s3://bucket/dem.tif"),
        (["--nothing"], "No such option"),
    ],
)
def test_what_is_no_command_is_wrong_usage(arguments, sentence):
    done = run_command(*arguments)

    assert done.returncode == 2
    assert done.stdout == ""
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_in_place_of_a_command_is_one_to_look_at(tmp_path):
    (tmp_path / "dem.tif").touch()

    done = run_command("dem.tif", cwd=tmp_path)

    assert done.returncode == 2
    assert "to look at a file, run: rasterlet info dem.tif" in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")  # noqa: PTH110
def test_help_on_a_full_disk_says_so():
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            [sys.executable, "-m", "rasterlet", "--help"],
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert done.stderr.startswith("Error: the disk is full; ")
    assert done.stderr.count("\n") == 1
