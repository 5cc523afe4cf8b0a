"""``rasterlet point``: the values at a position."""

from __future__ import annotations

import difflib
import re

import click

from rasterlet.commands.arguments import json_option, open_source, source_options
from rasterlet.commands.outputs import print_json
from rasterlet.plain import plain

_NEGATIVE = re.compile(r"-\.?\d")

_REASONS = {
    "outside_raster": "outside the raster",
    "no_valid_pixels": "no data",
    "overflow": "beyond what a number can be",
}


class PositionCommand(click.Command):
    """Takes ``-120.5`` for a number, where click would see options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click's, but numbers are no options.

        Raises:
            click.NoSuchOption: If an option does not exist, which click then ignores.
        """
        known = [name for param in self.get_params(ctx) for name in param.opts]
        for word in args:
            name = word.partition("=")[0]
            if word.startswith("--") and name not in (*known, "--"):
                near = difflib.get_close_matches(name, known)
                raise click.NoSuchOption(name, possibilities=near, ctx=ctx)
        ctx.ignore_unknown_options = any(map(_NEGATIVE.match, args))
        return super().parse_args(ctx, args)


@click.command(cls=PositionCommand)
@source_options
@click.argument("longitude", type=float, metavar="LON")
@click.argument("latitude", type=float, metavar="LAT")
@json_option
def point(  # noqa: PLR0913  as many as the command has
    source: str,
    item_id: str | None,
    bands: str | None,
    expression: str | None,
    nodata: float | None,
    *,
    longitude: float,
    latitude: float,
    as_json: bool,
) -> None:
    """Print the value of each band at a longitude and latitude.

    It is that of the pixel there, in physical units.

    \b
    rasterlet point dem.tif -119.54 37.74
    """  # noqa: D301  click's \b keeps the lines
    raster = open_source(
        source, item_id=item_id, bands=bands, expression=expression, nodata=nodata
    )
    found = raster.point(longitude, latitude)
    if as_json:
        names = ("value", "label", "reason")
        rows = [
            {
                "band": value.band.index,
                "name": value.band.name,
                "unit": value.band.unit,
                **{name: getattr(value, name) for name in names},
            }
            for value in found
        ]
        print_json({"longitude": longitude, "latitude": latitude, "values": rows})
        return
    width = max(len(value.band.name) for value in found)
    for value in found:
        if value.value is None:
            text = _REASONS[value.reason or "no_valid_pixels"]
        else:
            parts = [f"{value.value:.10g}", value.band.unit, value.label]
            text = " ".join(part for part in parts if part)
        click.echo(plain(f"{value.band.name:<{width}}  {text}"))
