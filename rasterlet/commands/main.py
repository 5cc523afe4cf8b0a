"""The command and the table of its subcommands, each imported when it is called."""

from __future__ import annotations

import importlib

import click

from raster_core.version import __version__

# Subcommand → its module, which has a click command of the same name.
COMMANDS: dict[str, str] = {}


class Subcommands(click.Group):
    """Imports a subcommand when it is called, or when help describes it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's
        """In the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's
        """The subcommand; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        found = getattr(importlib.import_module(COMMANDS[cmd_name]), cmd_name)
        assert isinstance(found, click.Command)  # noqa: S101  the table names commands
        return found


@click.group(cls=Subcommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rasterlet")
def rasterlet() -> None:
    """Zonal statistics and map tiles of any raster."""


def run() -> None:
    """Entry point of the console script."""
    rasterlet(prog_name="rasterlet")
