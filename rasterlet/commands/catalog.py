"""``rasterlet catalog``: what the service serves, in a file of STAC Items."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import click

from raster_core.errors import RequestError
from rasterlet.commands.catalog_add import add
from rasterlet.commands.outputs import print_json, replace_file
from rasterlet.plain import plain

_CATALOGUE = click.argument("catalogue", type=click.Path(path_type=Path))


@click.group()
def catalog() -> None:
    """Describe rasters in a catalogue, which the service serves.

    \b
    rasterlet catalog add catalog.json dem.tif --title "Elevation"
    rasterlet catalog list catalog.json
    rasterlet serve catalog.json
    """  # noqa: D301  click's \b keeps the lines


catalog.add_command(add)


@catalog.command("list")
@_CATALOGUE
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_datasets(catalogue: Path, *, as_json: bool) -> None:
    """Print the datasets of CATALOGUE, usable or not.

    \b
    rasterlet catalog list catalog.json
    """  # noqa: D301  as above
    from rasterlet.catalogues.listing import list_rows, write_table  # noqa: PLC0415

    rows = list_rows(catalogue)
    if as_json:
        print_json(rows)
    else:
        click.echo(plain(write_table(rows)))


@catalog.command()
@_CATALOGUE
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def check(ctx: click.Context, catalogue: Path, *, as_json: bool) -> None:
    """Hold the Items of CATALOGUE against their files; exit with 1 if one is wrong.

    Every file is read as a whole, for its version.

    \b
    rasterlet catalog check catalog.json
    """  # noqa: D301  as above
    from dataclasses import asdict  # noqa: PLC0415

    from rasterlet.catalogues.checks import check_catalogue, read_served  # noqa: PLC0415

    known = read_served(catalogue)
    faults = list(check_catalogue(catalogue, known))
    count = len(known.datasets) + len(known.faults)
    if as_json:
        print_json({"datasets": count, "faults": list(map(asdict, faults))})
    else:
        for remedy, those in groupby(faults, lambda fault: fault.remedy):
            for fault in those:
                click.echo(plain(f"{fault.id}: {fault.reason}"))
            if remedy:
                click.echo(plain(f"    {remedy}"))
        wrong = len({fault.id for fault in faults})
        datasets = "1 dataset" if count == 1 else f"{count} datasets"
        click.echo(f"{datasets}, {wrong} with faults", err=True)
    if faults:
        ctx.exit(1)


@catalog.command()
@_CATALOGUE
@click.argument("ids", nargs=-1, required=True)
def remove(catalogue: Path, ids: tuple[str, ...]) -> None:
    """Take the datasets IDS out of CATALOGUE; the files stay.

    \b
    rasterlet catalog remove catalog.json dem
    """  # noqa: D301  as above
    from rasterlet.catalogues.edit import remove_items  # noqa: PLC0415

    if not catalogue.exists():
        raise RequestError(f"'{catalogue}' does not exist; check the path")
    remove_items(catalogue, ids, replace_file)
    for item_id in ids:
        click.echo(plain(f"Removed '{item_id}' from {catalogue}"))
