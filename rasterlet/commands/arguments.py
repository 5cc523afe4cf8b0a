"""What several subcommands take: a raster, which of its bands, where results go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from rasterlet.raster import Raster

source_argument = click.argument("source", metavar="FILE")

id_option = click.option(
    "--id",
    "item_id",
    metavar="ID",
    help="Which dataset, where FILE is a catalogue of STAC Items.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")

overwrite_option = click.option(
    "--overwrite", is_flag=True, help="Replace the file if it exists."
)


def source_options[Command: Callable[..., object]](command: Command) -> Command:
    """FILE, ``--id``, and which bands of it, or an expression over them."""
    for decorate in (
        click.option(
            "--nodata",
            type=float,
            help="Stored value that is no data, in place of the file's.",
        ),
        click.option(
            "--expression",
            metavar="TEXT",
            help="Computed of the bands instead: '(nir-red)/(nir+red)'.",
        ),
        click.option(
            "--bands",
            metavar="BANDS",
            help="Numbers from 1 or names, with commas between: 3,2,1.",
        ),
        id_option,
        source_argument,
    ):
        command = decorate(command)
    return command


def read_bands(text: str | None) -> list[int | str] | None:
    """Bands as they are written on the command line."""
    if text is None:
        return None
    names = [name.strip() for name in text.split(",")]
    return [int(name) if name.isdecimal() else name for name in names]


def open_source(
    source: str,
    *,
    item_id: str | None = None,
    bands: str | None = None,
    expression: str | None = None,
    nodata: float | None = None,
) -> Raster:
    """The raster that the options name.

    Raises:
        RasterError: If it cannot be opened, or lacks a band.
    """
    from rasterlet.entrance import open as open_raster  # noqa: PLC0415  with GDAL

    return open_raster(
        source,
        id=item_id,
        bands=read_bands(bands),
        expression=expression,
        nodata=nodata,
    )
