"""``rasterlet catalog add``: describe rasters, and put them into a catalogue."""

from __future__ import annotations

import difflib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from raster_core.errors import RasterError, RequestError
from rasterlet.commands.outputs import print_json, replace_file
from rasterlet.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.documents import Json
    from raster_core.ingest.item import ItemOptions
    from rasterlet.catalogues.items import Wanted

_PATH = click.Path(path_type=Path)


class Told(TypedDict):
    """What ``rasterlet catalog add`` is told."""

    catalogue: Path
    files: tuple[str, ...]
    asset: tuple[str, ...]
    overlay: Path | None
    id: str | None
    href: str | None
    title: str | None
    description: str | None
    provider: str | None
    datetime: datetime | None
    colormap_name: str | None
    classes: Path | None
    alpha_is_data: bool
    dry_run: bool


def _read_moment(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> datetime | None:
    """A time of ISO 8601, in UTC unless it says otherwise."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        why = f"'{value}' is not of ISO 8601, as 2019-07-01 or 2019-07-01T10:30:00Z are"
        raise click.BadParameter(why, ctx, param) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _check_colormap(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> str | None:
    from raster_core.tile.colors.ramps import COLORMAP_NAMES  # noqa: PLC0415  numpy

    if value is not None and value not in COLORMAP_NAMES:
        near = difflib.get_close_matches(value, COLORMAP_NAMES, n=1) or ["viridis"]
        why = f"'{value}' is not a colormap; did you mean '{near[0]}'?"
        raise click.BadParameter(why, ctx, param)
    return value


@click.command()
@click.argument("catalogue", type=_PATH)
@click.argument("files", nargs=-1)
@click.option(
    "--asset",
    multiple=True,
    metavar="KEY=FILE",
    help="One of several files of one dataset, and what it shows: red=B04.tif.",
)
@click.option(
    "--overlay",
    type=_PATH,
    metavar="JSON",
    help="A weighted overlay of datasets of the catalogue, in place of files: "
    '{"layers": [{"dataset": …, "weight": …, "range": […]}, …]}.',
)
@click.option("--id", help="The dataset's id.  [default: the file's name]")
@click.option(
    "--href",
    help="Where the service finds the file, or with a slash at the end its folder: "
    "s3://, https://, or a path seen from the catalogue.  [default: where it is "
    "below the catalogue's folder, else beside the catalogue]",
)
@click.option("--title", help="What people read.  [default: the id]")
@click.option("--description")
@click.option("--provider", help="Shown as attribution.")
@click.option(
    "--datetime",
    metavar="TIME",
    callback=_read_moment,
    help="What time the pixels show, ISO 8601.  [default: when the file was written]",
)
@click.option(
    "--colormap-name",
    metavar="NAME",
    callback=_check_colormap,
    help="Such as viridis or terrain.",
)
@click.option(
    "--classes",
    type=_PATH,
    metavar="JSON",
    help='Names and colours by value: {"1": {"name": …, "color": "#rrggbb"}}.',
)
@click.option(
    "--alpha-is-data",
    is_flag=True,
    help="Alpha bands hold values, such as near infrared, and hide nothing.",
)
@click.option(
    "--dry-run", is_flag=True, help="Print the Items, and leave the catalogue."
)
def add(**told: Unpack[Told]) -> None:
    """Describe FILES, one dataset each, and put them into CATALOGUE.

    A dataset of the same id is replaced; a catalogue that is missing is made.

    \b
    rasterlet catalog add catalog.json dem.tif slope.tif
    rasterlet catalog add catalog.json --id scene \\
        --asset red=B04.tif --asset nir=B08.tif
    """  # noqa: D301  click's \b keeps the lines
    # With GDAL, which the help need not load.
    from rasterlet.catalogues.edit import put_items, read_features  # noqa: PLC0415
    from rasterlet.catalogues.items import describe_absent, describe_notes  # noqa: PLC0415

    catalogue = told["catalogue"]
    wanted = _read_wanted(told)
    if catalogue.exists():  # before gigabytes are read for nothing
        read_features(catalogue.read_bytes(), str(catalogue))
    items = _describe(wanted, _read_options(told))
    for item in items:
        for note in describe_notes(item):
            click.echo(plain(note), err=True)
    if told["dry_run"]:
        print_json(items[0] if len(items) == 1 else _collect(items))
        return
    put = put_items(catalogue, items, replace_file)
    for item_id in put.added:
        click.echo(plain(f"Added '{item_id}' to {catalogue}"))
    for item_id in put.replaced:
        click.echo(plain(f"Replaced '{item_id}' in {catalogue}"))
    for item in items:
        for note in describe_absent(catalogue, item):
            click.echo(plain(note), err=True)


def _collect(items: Sequence[Json]) -> Json:
    return {"type": "FeatureCollection", "features": list(items)}


def _read_wanted(told: Told) -> list[Wanted]:
    """What each dataset is made of.

    Raises:
        click.UsageError: If it is not one of files, assets and an overlay.
    """
    from rasterlet.catalogues.items import Wanted  # noqa: PLC0415  as above

    files, overlay = told["files"], told["overlay"]
    if bool(files) + bool(told["asset"]) + (overlay is not None) != 1:
        raise click.UsageError("Give one of: files, --asset (once or more), --overlay")
    if overlay is not None:
        if not told["id"]:
            raise click.UsageError("--overlay needs --id")
        return [Wanted(told["catalogue"], overlay=overlay)]
    if told["asset"]:
        assets = _read_assets(told["asset"])
        return [Wanted(told["catalogue"], assets, href=told["href"])]
    href = told["href"]
    if len(files) > 1:
        for name in ("id", "title", "description"):
            if told[name]:
                raise click.UsageError(f"--{name} is of one dataset; add it by itself")
        href = f"{href.rstrip('/')}/" if href else None
    return [Wanted(told["catalogue"], {"data": file}, href=href) for file in files]


def _read_assets(texts: Sequence[str]) -> dict[str, str]:
    """Files by what they show."""
    assets: dict[str, str] = {}
    for text in texts:
        key, equals, name = text.partition("=")
        if not (key and equals and name):
            raise click.UsageError(f"--asset: '{text}' is not of the form KEY=FILE")
        if key in assets:
            raise click.UsageError(f"--asset: '{key}' is given more than once")
        assets[key] = name
    return assets


def _read_options(told: Told) -> ItemOptions:
    from raster_core.ingest.item import ItemOptions  # noqa: PLC0415  as above
    from rasterlet.catalogues.items import read_classes  # noqa: PLC0415

    return ItemOptions(
        id=told["id"] or "",
        title=told["title"],
        description=told["description"],
        provider=told["provider"],
        datetime=told["datetime"],
        colormap_name=told["colormap_name"],
        classes=read_classes(told["classes"]) if told["classes"] else (),
        alpha_is_data=told["alpha_is_data"],
    )


def _describe(wanted: Sequence[Wanted], options: ItemOptions) -> list[Json]:
    """The Items, if there is one for each.

    Raises:
        RasterError: If there is not; of several, each is named on stderr before.
    """
    from rasterlet.catalogues.items import describe_wanted  # noqa: PLC0415  as above

    items: dict[str, Json] = {}
    failed = []
    for one in wanted:
        try:
            item = describe_wanted(one, options)
            if item["id"] in items:
                raise RequestError(
                    f"'{one.name}': another file has the id '{item['id']}' too; add "
                    "it by itself with --id"
                )
        except RasterError as error:
            if len(wanted) == 1:
                raise
            click.echo(plain(error), err=True)
            failed.append(one)
        else:
            items[str(item["id"])] = item
    if failed:
        raise RequestError(
            f"{len(failed)} of {len(wanted)} files cannot be added; the catalogue is "
            "as it was"
        )
    return list(items.values())
