"""``rasterlet info``: what a raster is, and what is wrong with it for serving."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import click

from raster_core.errors import RasterError
from raster_core.native.library import implementation
from rasterlet.commands.arguments import (
    id_option,
    json_option,
    open_source,
    source_argument,
)
from rasterlet.commands.outputs import print_json
from rasterlet.plain import plain

if TYPE_CHECKING:
    from raster_core.ingest.diagnosis.faults import Diagnosis, Fault
    from raster_core.ingest.diagnosis.structure import Structure
    from rasterlet.facts import RasterInfo
    from rasterlet.raster import Raster

_COLORS = {"refused": "red", "wrong": "red", "slow": "yellow"}

_ENGINES = {"native": "native", "numpy": "numpy, slower: no compiled library here"}

_MASKS = {
    "nodata": "a nodata value",
    "alpha": "an alpha band",
    "mask": "a mask",
    "": "nothing: every pixel counts",
}


@click.command
@source_argument
@id_option
@json_option
@click.pass_context
def info(
    ctx: click.Context, source: str, item_id: str | None, *, as_json: bool
) -> None:
    """Show what a raster is, and what is wrong with it for serving.

    Each fault comes with the command that mends it. Some pixels are read: overviews
    are held against them. The status is 1 if the raster cannot be served.

    \b
    rasterlet info dem.tif
    rasterlet info s3://bucket/dem.tif --json
    """  # noqa: D301  click's \b keeps the lines
    try:
        raster = open_source(source, item_id=item_id)
        known: RasterInfo | None = raster.info
    except RasterError as error:
        diagnoses = _diagnose_unusable(source, error)
        known = None
    else:
        diagnoses = _diagnose_files(raster, source)
    if as_json:
        print_json(_document(known, diagnoses))
    else:
        _print_facts(source, known, diagnoses)
        _print_faults([fault for found in diagnoses for fault in found.faults])
    if any(fault.effect == "refused" for found in diagnoses for fault in found.faults):
        ctx.exit(1)


def _diagnose_files(raster: Raster, source: str) -> list[Diagnosis]:
    """What is wrong with each file of a dataset; none for an overlay."""
    from raster_core.ingest.diagnosis.faults import diagnose  # noqa: PLC0415  with GDAL
    from rasterlet.opening.places import find_place  # noqa: PLC0415

    assets = raster.dataset.assets
    alone = len(assets) == 1 and find_place(source).href == assets[0].href
    return [
        diagnose(asset.href, asset.version, name=source if alone else "")
        for asset in assets
    ]


def _diagnose_unusable(source: str, error: RasterError) -> list[Diagnosis]:
    """What is wrong with a file that cannot be opened, if it is a GeoTIFF at all.

    Raises:
        RasterError: The error, if nothing is wrong that a command mends.
    """
    from raster_core.ingest.diagnosis.faults import diagnose  # noqa: PLC0415  with GDAL
    from raster_core.layers.file import file_version  # noqa: PLC0415
    from rasterlet.opening.places import find_place  # noqa: PLC0415

    href = find_place(source).href
    try:
        found = diagnose(href, file_version(href), name=source)
    except RasterError:
        raise error from None
    if not any(fault.effect == "refused" for fault in found.faults):
        raise error
    return [found]


def _document(known: RasterInfo | None, diagnoses: list[Diagnosis]) -> object:
    from dataclasses import asdict  # noqa: PLC0415  as it is used

    facts: dict[str, object] = {}
    if known is not None:
        facts = asdict(known)
        facts["transform"] = list(known.transform)[:6]
        facts["bounds"] = list(known.bounds)
        facts["native_bounds"] = list(known.native_bounds)
        facts["crs_name"] = known.crs_name
        facts["resolution"] = list(known.resolution)
    structures = [asdict(found.structure) for found in diagnoses]
    faults = [
        {"file": found.structure.href, **asdict(fault)}
        for found in diagnoses
        for fault in found.faults
    ]
    facts |= {"engine": implementation()}
    return {**facts, "structure": structures, "faults": faults}


def _print_facts(
    source: str, known: RasterInfo | None, diagnoses: list[Diagnosis]
) -> None:
    rows = [] if known is None else known.rows()[1:]
    for found in diagnoses:
        rows += _storage(found.structure, several=len(diagnoses) > 1)
    rows.append(("engine", _ENGINES[implementation()]))
    click.secho(plain(source), bold=True)
    width = max((len(name) for name, _ in rows), default=0)
    for name, text in rows:
        click.echo(f"  {name:<{width}}  {plain(text)}")
    if known is not None:
        from rasterlet.facts import describe_band  # noqa: PLC0415  loaded already

        for band in known.bands:
            click.echo(f"    {plain(describe_band(band))}")


def _storage(structure: Structure, *, several: bool) -> list[tuple[str, str]]:
    size = "" if structure.size is None else f", {_bytes(structure.size)}"
    text = f"{structure.compression or 'not compressed'}{size}"
    rows = [("stored", text), ("hidden by", _MASKS[structure.mask])]
    return [("file", structure.href), *rows] if several else rows


def _bytes(size: int) -> str:
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= scale:
            return f"{size / scale:.1f} {unit}"
    return f"{size} bytes"


def _print_faults(faults: list[Fault]) -> None:
    """Sentences, each group of them followed by the command that mends it."""
    click.echo()
    if not faults:
        click.echo("Nothing is wrong with it for serving.")
        return
    one = len(faults) == 1
    click.echo(f"{len(faults)} {'thing is' if one else 'things are'} wrong with it:")
    ordered = sorted(
        faults, key=lambda fault: [f.command for f in faults].index(fault.command)
    )
    for command, those in groupby(ordered, lambda fault: fault.command):
        for fault in those:
            effect = click.style(f"{fault.effect:<9}", fg=_COLORS[fault.effect])
            click.echo(f"  {effect}{plain(fault.text)}.")
        click.echo(f"           {plain(command)}")
