"""The datasets of a catalogue as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rasterlet.catalogues.checks import read_served

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.catalogue.dataset import Dataset

# Members of a row, and what their columns are called.
_COLUMNS = {
    "id": "ID",
    "title": "TITLE",
    "size": "SIZE",
    "crs": "CRS",
    "bands": "BANDS",
    "files": "FILES",
}

# Characters of a title, and of what is wrong.
_WIDEST = 48

type Row = dict[str, object]


def list_rows(path: Path) -> list[Row]:
    """What is known of each dataset, usable or not.

    Raises:
        SourceError: If the file is not a catalogue.
        OSError: If it cannot be read.
    """
    catalogue = read_served(path)
    rows = [_describe(dataset) for dataset in catalogue.datasets.values()]
    faulty: list[Row] = [
        {"id": item_id, "fault": fault} for item_id, fault in catalogue.faults.items()
    ]
    return rows + faulty


def _describe(dataset: Dataset) -> Row:
    grid = dataset.grid
    return {
        "id": dataset.id,
        "title": dataset.title,
        "width": grid.width,
        "height": grid.height,
        "crs": grid.crs,
        "bounds": list(dataset.bounds),
        "bands": [band.name for band in dataset.bands],
        "files": [asset.href for asset in dataset.assets],
        "overlay": dataset.overlay is not None,
        "version": dataset.version or None,
    }


def write_table(rows: list[Row]) -> str:
    """The rows as text; what is wrong stands in place of the rest."""
    lines = [list(_COLUMNS.values())]
    faults = []
    for row in rows:
        if "fault" in row:
            faults.append(f"{row['id']}: not usable: {row['fault']}")
        else:
            lines.append(_cells(row))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    table = [
        "  ".join(map(str.ljust, line, widths)).rstrip()
        for line in (lines if len(lines) > 1 else [])
    ]
    return "\n".join([*table, *faults]) or "The catalogue is empty."


def _cells(row: Row) -> list[str]:
    bands, files = row["bands"], row["files"]
    assert isinstance(bands, list)  # noqa: S101  as _describe makes it
    assert isinstance(files, list)  # noqa: S101
    crs = str(row["crs"])
    return [
        str(row["id"]),
        _shorten(str(row["title"])),
        f"{row['width']} x {row['height']}",
        crs if len(crs) < len("EPSG:1234567") else "own",
        str(len(bands)),
        "overlay" if row["overlay"] else str(len(files)),
    ]


def _shorten(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
