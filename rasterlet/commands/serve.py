"""``rasterlet serve``: rasters or a catalogue as a map, tiles and statistics."""

from __future__ import annotations

import click

from rasterlet.server.listening import FIRST_PORT
from rasterlet.server.running import ServerOptions, serve_sources


@click.command
@click.argument("sources", nargs=-1, metavar="[FILES or CATALOGUE]...")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen at; 0.0.0.0 for all of this machine's.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    envvar="PORT",
    help=f"Default: the first free one from {FIRST_PORT}.",
)
@click.option(
    "--root-path",
    default="",
    help="What stands before the routes where a proxy serves them, such as /geo.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Processes; default: one for each processor, at least 2.",
)
@click.option(
    "--open/--no-open",
    "opens_page",
    default=True,
    help="Open the page in the browser; the default in a terminal.",
)
@click.option("--ends-with-stdin", is_flag=True, hidden=True)
def serve(  # noqa: PLR0913, PLR0917  as many as the command has
    sources: tuple[str, ...],
    host: str,
    port: int | None,
    root_path: str,
    workers: int | None,
    opens_page: bool,  # noqa: FBT001  click's
    ends_with_stdin: bool,  # noqa: FBT001  click's
) -> None:
    """Show rasters on a map, and serve their tiles and statistics.

    FILES are GeoTIFFs as paths, s3:// or https:// URLs, folders of them, or STAC Items;
    a CATALOGUE is a FeatureCollection of Items in JSON. Without any, the catalogue in
    RASTERLET_CATALOG is served.

    \b
    rasterlet serve dem.tif
    rasterlet serve s3://my-rasters/catalog.json --port 9000 --no-open
    """  # noqa: D301  click's \b keeps the lines
    options = ServerOptions(
        host=host,
        port=port,
        root_path=root_path,
        workers=workers,
        opens_page=opens_page,
        ends_with_stdin=ends_with_stdin,
    )
    serve_sources(sources, options)
