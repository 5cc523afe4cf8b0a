"""``rasterlet zonal``: zones and rasters in, a table out."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from rasterlet.commands.arguments import (
    id_option,
    json_option,
    open_source,
    overwrite_option,
)
from rasterlet.commands.outputs import STDOUT, open_output, print_json
from rasterlet.commands.zonal.summary import describe, summarize
from rasterlet.commands.zonal.writing import (
    FORMATS,
    choose_format,
    table_rows,
    write_table,
)
from rasterlet.plain import plain

if TYPE_CHECKING:
    from pandas import DataFrame

    from rasterlet.raster import Raster

COVERAGES = ("fraction", "centre", "all_touched")


class Options(TypedDict):
    """What the options say, by the names of ``zonal_stats`` where it has them."""

    output: str
    form: str | None
    overwrite: bool
    quiet: bool
    as_json: bool
    item_id: str | None
    bands: str | None
    expression: str | None
    nodata: float | None
    stats: str | None
    columns: str | None
    geometry: bool | None
    crs: str | None
    layer: str | None
    where: str | None
    coverage: str
    min_coverage: float
    weights: str | None
    group_by: str | None
    categorical: bool
    class_names: bool
    approximate: bool
    max_pixels: float | None


@click.command
@click.argument("zones", metavar="ZONES")
@click.argument("rasters", nargs=-1, required=True, metavar="RASTER...")
@click.option(
    "-o", "--output", default=STDOUT, metavar="OUT", help="The file; - is stdout."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(FORMATS)),
    help="If OUT does not end in it.",
)
@overwrite_option
@click.option(
    "--stats", metavar="NAMES", help="With commas: count,mean,p90,majority,frac."
)
@click.option(
    "--columns", metavar="NAMES", help="Columns of ZONES to keep; all by default."
)
@click.option(
    "--geometry/--no-geometry",
    default=None,
    help="Keep shapes; the default for GeoJSON and GeoPackage.",
)
@click.option(
    "--bands", metavar="BANDS", help="Numbers or names, with commas; all by default."
)
@click.option(
    "--expression", metavar="TEXT", help="Count what is computed of the bands."
)
@click.option("--nodata", type=float, help="Stored value that is no data.")
@id_option
@click.option("--crs", help="CRS of zones that do not name theirs.")
@click.option("--layer", help="Layer of ZONES, where it has several.")
@click.option("--where", metavar="SQL", help='Condition that zones meet: "area > 10".')
@click.option(
    "--coverage",
    type=click.Choice(COVERAGES),
    default="fraction",
    show_default=True,
    help="Which cells count.",
)
@click.option(
    "--min-coverage",
    type=click.FloatRange(0, 1),
    default=0.0,
    help="Leave cells out that are covered less.",
)
@click.option("--weights", metavar="RASTER", help="Weigh each cell by this raster.")
@click.option(
    "--group-by", metavar="RASTER", help="A row per zone and class of this raster."
)
@click.option("--categorical", is_flag=True, help="Add the fraction of each value.")
@click.option(
    "--class-names", is_flag=True, help="Name columns by classes, not values."
)
@click.option(
    "--approximate", is_flag=True, help="Overviews may stand for large zones."
)
@click.option("--max-pixels", type=click.FloatRange(min=1), help="Refuse to read more.")
@click.option("-q", "--quiet", is_flag=True, help="Show neither progress nor summary.")
@json_option
@click.pass_context
def zonal(
    ctx: click.Context,
    zones: str,
    rasters: tuple[str, ...],
    **options: Unpack[Options],
) -> None:
    """Write a table of a raster's statistics in zones, a row for each.

    ZONES is a file of polygons, lines or points: .gpkg, .geojson, .shp, .fgb, .parquet.
    Lines count by their length in each cell, points one by one. With several rasters,
    columns begin with their names. A zone without values has a reason in the column of
    that name; the status is 1 if no zone has a value.

    \b
    rasterlet zonal parcels.gpkg dem.tif -o heights.csv --stats mean,p90
    rasterlet zonal fields.geojson b4.tif --expression "b1 / 10000" -o red.gpkg
    """  # noqa: D301  click's \b keeps the lines
    output, started = options["output"], time.monotonic()
    form = choose_format(options["form"], output)
    in_json = output == STDOUT and options["as_json"]
    if in_json:
        table = _count(zones, rasters, form, options)
        print_json(table_rows(table))
    else:
        with open_output(output, overwrite=options["overwrite"]) as path:
            table = _count(zones, rasters, form, options)
            write_table(table, path, form)
    summary = summarize(table)
    if options["as_json"] and not in_json:
        print_json({"output": output, **asdict(summary)})
    elif not options["quiet"]:
        for line in describe(summary, time.monotonic() - started):
            click.echo(plain(line), err=True)
    if summary.has_failed:
        ctx.exit(1)


def _count(
    zones: str, rasters: tuple[str, ...], form: str, options: Options
) -> DataFrame:
    """The table that the options ask for."""
    from rasterlet.table import zonal_stats  # noqa: PLC0415  with GDAL

    opened = [_open(raster, options) for raster in rasters]
    names, geometry = options["columns"], options["geometry"]
    return zonal_stats(
        zones,
        opened[0] if len(opened) == 1 else opened,
        stats=_split(options["stats"]),
        crs=options["crs"],
        layer=options["layer"],
        where=options["where"],
        coverage=options["coverage"],
        min_coverage=options["min_coverage"],
        weights=options["weights"],
        group_by=options["group_by"],
        categorical=options["categorical"],
        class_names=options["class_names"],
        approximate=options["approximate"],
        max_pixels=options["max_pixels"],
        include_columns=True if names is None else _split(names) or (),
        include_geometry=FORMATS[form].has_geometry if geometry is None else geometry,
        progress=sys.stderr.isatty() and not options["quiet"],
    )


def _open(raster: str, options: Options) -> Raster:
    return open_source(
        raster,
        item_id=options["item_id"],
        bands=options["bands"],
        expression=options["expression"],
        nodata=options["nodata"],
    )


def _split(names: str | None) -> list[str] | None:
    """Names with commas between; None if there are none."""
    if names is None:
        return None
    return [name.strip() for name in names.split(",") if name.strip()]
