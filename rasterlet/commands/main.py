"""The command and the table of its subcommands, each imported when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import click

from raster_core.version import __version__
from rasterlet.commands.failures import Settings, guard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.shell_completion import CompletionItem


class Subcommand(NamedTuple):
    """A subcommand as the help lists it, which imports none."""

    module: str
    """It has a click command of the subcommand's name."""
    summary: str
    """Half a sentence, without a full stop."""


# In the order of the help.
COMMANDS: dict[str, Subcommand] = {
    "serve": Subcommand(
        "rasterlet.commands.serve", "Show rasters on a map, and serve tiles of them"
    ),
    "info": Subcommand(
        "rasterlet.commands.info", "Show what a raster is, and what is wrong with it"
    ),
    "zonal": Subcommand(
        "rasterlet.commands.zonal.command", "Write a table of statistics of zones"
    ),
    "tile": Subcommand("rasterlet.commands.images", "Draw a tile of the web map"),
    "preview": Subcommand("rasterlet.commands.images", "Draw all of a raster"),
    "point": Subcommand("rasterlet.commands.point", "Print the values at a position"),
    "catalog": Subcommand(
        "rasterlet.commands.catalog", "Add rasters to a catalogue, list and check it"
    ),
    "completion": Subcommand(
        "rasterlet.commands.completion", "Print what a shell needs to complete commands"
    ),
}

_DEBUG = click.Option(
    ["--debug"],
    is_flag=True,
    hidden=True,  # after the subcommand; the help of the group has it
    expose_value=False,
    callback=lambda ctx, _, value: _set_debug(ctx, value=value),
)


class Subcommands(click.Group):
    """Imports a subcommand when it is called, not when help or a shell lists it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's
        """In the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's
        """The subcommand, which takes ``--debug`` too; None if there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name].module)
        found = getattr(module, cmd_name)
        assert isinstance(found, click.Command)  # noqa: S101  the table names commands
        for command in (found, *getattr(found, "commands", {}).values()):
            if _DEBUG not in command.params:
                command.params.append(_DEBUG)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but with a likely name where there is none of this one."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            ctx.fail(f"'{name}' is not a command{_suggest(name)}")
        return super().resolve_command(ctx, args)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002  click's
        formatter: click.HelpFormatter,
    ) -> None:
        """The table, without an import of what it names."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.summary) for name, row in COMMANDS.items()])

    def shell_complete(
        self, ctx: click.Context, incomplete: str
    ) -> list[CompletionItem]:
        """The subcommands and options that begin so."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415

        found = [
            CompletionItem(name, help=row.summary)
            for name, row in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return found + click.Command.shell_complete(self, ctx, incomplete)


@click.group(cls=Subcommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="rasterlet")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def rasterlet(ctx: click.Context, *, debug: bool) -> None:
    """Zonal statistics and map tiles of any raster.

    \b
    rasterlet info dem.tif
    rasterlet zonal parcels.gpkg dem.tif -o heights.csv
    rasterlet serve dem.tif
    """  # noqa: D301  click's \b keeps the lines
    _set_debug(ctx, value=debug)
    if os.environ.get("NO_COLOR"):
        ctx.color = False


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Entry point of the console script: it never returns, and exits with a status.

    Args:
        arguments: What follows the command's name; None takes those of the process.
    """
    settings = Settings()
    status = guard(
        lambda: rasterlet.main(
            arguments, prog_name="rasterlet", standalone_mode=False, obj=settings
        ),
        settings,
    )
    sys.exit(status)


def _set_debug(ctx: click.Context, *, value: bool) -> None:
    ctx.ensure_object(Settings).debug |= value


def _suggest(name: str) -> str:
    """What the user may have meant, to follow the name of no command."""
    import difflib  # noqa: PLC0415  not for --help

    if near := difflib.get_close_matches(name, COMMANDS, n=1):
        return f"; did you mean '{near[0]}'?"
    if "://" in name or Path(name).exists():
        return f"; to look at a file, run: rasterlet info {name}"
    return ""
