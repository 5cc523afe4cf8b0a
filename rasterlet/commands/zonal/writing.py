"""A table of zones as a file: CSV, Parquet, GeoJSON or GeoPackage."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from rasterlet.commands.outputs import STDOUT

if TYPE_CHECKING:
    from pathlib import Path


class TableFormat(NamedTuple):
    """A format of tables."""

    endings: tuple[str, ...]
    has_geometry: bool
    """Whether it is made for shapes, so that zones come along."""
    driver: str = ""
    """OGR's name for it; empty for what pandas writes."""


FORMATS = {
    "csv": TableFormat((".csv",), has_geometry=False),
    "parquet": TableFormat((".parquet", ".geoparquet", ".pq"), has_geometry=False),
    "geojson": TableFormat((".geojson", ".json"), has_geometry=True, driver="GeoJSON"),
    "gpkg": TableFormat((".gpkg",), has_geometry=True, driver="GPKG"),
}


def choose_format(form: str | None, output: str) -> str:
    """The format by its name, or by the file's ending; CSV for stdout.

    Raises:
        click.UsageError: If the ending is of no format.
    """
    if form is not None:
        return form
    if output == STDOUT:
        return "csv"
    ending = PurePath(output).suffix.lower()
    for name, known in FORMATS.items():
        if ending in known.endings:
            return name
    endings = ", ".join(known.endings[0] for known in FORMATS.values())
    raise click.UsageError(
        f"'{output}' does not end like a table, in one of {endings}; end it so, or "
        "give --format"
    )


def write_table(table: Any, path: Path, form: str) -> None:
    """Write a table of ``zonal_stats``, without its index.

    GeoJSON is in longitude and latitude, as RFC 7946 requires; the others keep the CRS
    of the zones. CSV is UTF-8, its geometries are WKT, and arrays of cells are JSON.

    Args:
        table: A DataFrame, or a GeoDataFrame.
        path: The file.
        form: One of ``FORMATS``.
    """
    if form == "csv":
        whole = _write_arrays(table)
        whole.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
        return
    if form == "parquet":
        table.to_parquet(path, index=False)
        return
    if form == "geojson" and table.crs is not None:
        table = table.to_crs("EPSG:4326")
    known = FORMATS[form]
    # OGR warns of a file without its format's ending, as a stream is.
    written = path.with_name(f"{path.name}{known.endings[0]}")
    if path.suffix.lower() in known.endings:
        written = path
    table.to_file(written, driver=known.driver, engine="pyogrio")
    written.replace(path)


def table_rows(table: Any) -> list[dict[str, object]]:
    """The rows of a table as JSON has them: null where there is no value.

    Geometries are GeoJSON's, in longitude and latitude.
    """
    shapes = {}
    if hasattr(table, "to_crs"):  # a GeoDataFrame
        if table.crs is not None:
            table = table.to_crs("EPSG:4326")
        name = table.geometry.name
        shapes[name] = [None if s is None else s.__geo_interface__ for s in table[name]]
        table = table.drop(columns=name)
    rows: list[dict[str, object]] = json.loads(
        table.to_json(orient="records", date_format="iso", double_precision=15)
    )
    # pandas writes at most 15 digits of the 17 that a number may take.
    exact = {name: table[name].tolist() for name in table.select_dtypes("float64")}
    for name, values in {**exact, **shapes}.items():
        for row, value in zip(rows, values, strict=True):
            row[str(name)] = value
    return rows


def _write_arrays(table: Any) -> Any:
    """A copy whose arrays are texts of all of their values.

    numpy writes no more than the first and last three of a long one.
    """
    written = table.copy(deep=False)
    for name in table.columns[table.dtypes.astype(str) == "object"]:
        written[name] = [
            json.dumps(value.tolist()) if hasattr(value, "tolist") else value
            for value in table[name]
        ]
    return written
