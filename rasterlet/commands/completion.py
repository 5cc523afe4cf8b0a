"""``rasterlet completion``: what a shell needs to complete commands and options."""

from __future__ import annotations

import os
from pathlib import Path

import click

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", required=False, type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str | None) -> None:
    """Print what a shell needs to complete commands and options.

    Without SHELL, that of $SHELL is taken.

    \b
    bash  eval "$(rasterlet completion bash)"    in ~/.bashrc
    zsh   eval "$(rasterlet completion zsh)"     in ~/.zshrc
    fish  rasterlet completion fish | source     in ~/.config/fish/config.fish
    """  # noqa: D301  click's \b keeps the lines
    from click.shell_completion import get_completion_class  # noqa: PLC0415

    shell = shell or Path(os.environ.get("SHELL", "")).name
    if shell not in SHELLS:
        raise click.UsageError(
            f"$SHELL is not one of {', '.join(SHELLS)}; name the shell, as in: "
            "rasterlet completion bash"
        )
    found = get_completion_class(shell)
    assert found is not None  # noqa: S101  click has these shells
    group = ctx.find_root().command
    click.echo(found(group, {}, "rasterlet", "_RASTERLET_COMPLETE").source())
