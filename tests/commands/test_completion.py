from __future__ import annotations

import pytest

from rasterlet.commands.completion import SHELLS
from tests.commands.shell import run_command


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_gets_its_script(shell):
    done = run_command("completion", shell)

    assert done.returncode == 0
    assert "_RASTERLET_COMPLETE" in done.stdout
    assert done.stdout == run_command("completion", SHELL=f"/usr/bin/{shell}").stdout


def test_an_unknown_shell_is_asked_for():
    done = run_command("completion", SHELL="/bin/tcsh")

    assert done.returncode == 2
    assert "name the shell, as in: rasterlet completion bash" in done.stderr


def test_a_shell_is_told_the_subcommands():
    done = run_command(
        _RASTERLET_COMPLETE="bash_complete", COMP_WORDS="rasterlet comp", COMP_CWORD="1"
    )

    assert done.stdout == "plain,completion\n"
