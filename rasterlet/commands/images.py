"""``rasterlet tile`` and ``rasterlet preview``: images of a raster as files."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from rasterlet.commands.arguments import (
    open_source,
    overwrite_option,
    read_bands,
    source_options,
)
from rasterlet.commands.outputs import STDOUT, check_terminal, open_output

if TYPE_CHECKING:
    from collections.abc import Callable

    from rasterlet.rendering.keywords import Rendering

TILE_FORMATS = ("png", "webp", "jpg", "npy")
FORMATS = (*TILE_FORMATS, "tif")

_ENDINGS = {"jpeg": "jpg", "tiff": "tif"}


class RenderingOptions(TypedDict):
    """Options of both commands that say how an image is drawn."""

    bands: str | None
    expression: str | None
    nodata: float | None
    rescale: tuple[str, ...]
    colormap_name: str | None
    color_formula: str | None
    resampling: str | None
    algorithm: str | None


class TileName(click.ParamType[tuple[int, int, int]]):
    """``z/x/y`` of a tile."""

    name = "z/x/y"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int, int]:
        """The three numbers."""
        parts = value.split("/")
        if len(parts) != 3 or not all(part.isdecimal() for part in parts):
            self.fail(f"'{value}' is not a tile, such as 10/172/395", param, ctx)
        z, x, y = map(int, parts)
        return z, x, y


def rendering_options[Command: Callable[..., object]](command: Command) -> Command:
    """How an image is drawn, and where it goes."""
    for decorate in (
        overwrite_option,
        click.option(
            "-o",
            "--output",
            default=STDOUT,
            metavar="OUT",
            help="The file; its ending is the format. - or nothing is stdout.",
        ),
        click.option(
            "--algorithm", help="Drawn instead of the values: hillshade, slope, …"
        ),
        click.option("--resampling", help="nearest, bilinear, cubic, average, mode."),
        click.option("--color-formula", help="As 'gamma RGB 1.8, saturation 1.2'."),
        click.option("--colormap", "colormap_name", help="By name, such as viridis."),
        click.option(
            "--rescale",
            multiple=True,
            metavar="MIN,MAX",
            help="Values of the first and last colour; once, or for each band.",
        ),
        source_options,
    ):
        command = decorate(command)
    return command


@click.command
@rendering_options
@click.argument("tile_name", type=TileName(), metavar="Z/X/Y")
@click.option("--size", default=256, show_default=True, help="Pixels per side.")
@click.option("--format", "form", type=click.Choice(TILE_FORMATS))
def tile(  # noqa: PLR0913  as many as the command has
    source: str,
    tile_name: tuple[int, int, int],
    *,
    item_id: str | None,
    size: int,
    form: str | None,
    output: str,
    overwrite: bool,
    **rendering: Unpack[RenderingOptions],
) -> None:
    """Draw a tile of the web map, as the service does.

    \b
    rasterlet tile dem.tif 9/86/197 -o tile.png --colormap viridis
    """  # noqa: D301  click's \b keeps the lines
    known = _choose_format(form, output, TILE_FORMATS)
    with open_output(output, overwrite=overwrite) as path:
        raster = open_source(source, item_id=item_id)
        drawn = raster.tile(*tile_name, size=size, format=known, **_keywords(rendering))
        path.write_bytes(drawn.data)


@click.command
@rendering_options
@click.option("--max-size", default=1024, show_default=True, help="Longer side.")
@click.option("--format", "form", type=click.Choice(FORMATS))
def preview(  # noqa: PLR0913  as many as the command has
    source: str,
    *,
    item_id: str | None,
    max_size: int,
    form: str | None,
    output: str,
    overwrite: bool,
    **rendering: Unpack[RenderingOptions],
) -> None:
    """Draw all of a raster, north up, in its own CRS.

    \b
    rasterlet preview dem.tif -o dem.png --algorithm hillshade
    """  # noqa: D301  click's \b keeps the lines
    known = _choose_format(form, output, FORMATS)
    with open_output(output, overwrite=overwrite) as path:
        raster = open_source(source, item_id=item_id)
        drawn = raster.preview(max_size=max_size, format=known, **_keywords(rendering))
        path.write_bytes(drawn.data)


def _choose_format(form: str | None, output: str, formats: tuple[str, ...]) -> str:
    """The format, by its name or the file's ending; PNG without either.

    Raises:
        click.UsageError: If the ending is another one, or stdout is a terminal.
    """
    check_terminal(output)
    ending = PurePath(output).suffix.lower().removeprefix(".")
    ending = _ENDINGS.get(ending, ending)
    if form is None and ending and output != STDOUT:
        if ending not in formats:
            raise click.UsageError(
                f"'{output}' does not end like one of {', '.join(formats)}; end it so, "
                "or give --format"
            )
        return ending
    return form or formats[0]


def _keywords(options: RenderingOptions) -> Rendering:
    """The keywords of an image that the options stand for."""
    return {
        "bands": read_bands(options["bands"]),
        "expression": options["expression"],
        "nodata": options["nodata"],
        "rescale": _read_rescale(options["rescale"]),
        "colormap_name": options["colormap_name"],
        "color_formula": options["color_formula"],
        "resampling": options["resampling"],
        "algorithm": options["algorithm"],
    }


def _read_rescale(ranges: tuple[str, ...]) -> str | list[tuple[float, float]] | None:
    """Ranges as they are written on the command line; None if there are none.

    Raises:
        click.UsageError: If one is not two numbers.
    """
    if ranges == ("auto",) or not ranges:
        return "auto" if ranges else None
    try:
        pairs = [tuple(map(float, text.split(","))) for text in ranges]
        return [(low, high) for low, high in pairs]
    except ValueError as error:
        raise click.UsageError(
            f"--rescale {' '.join(ranges)} is not MIN,MAX, nor auto"
        ) from error
