"""Catalogues of one test: the Item of ``grid``, changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from testing.geojson import collection

if TYPE_CHECKING:
    from pathlib import Path


def describe_grid(catalogue: Path, **changes: Any) -> dict[str, Any]:
    items = json.loads(catalogue.read_text())["features"]
    (item,) = (item for item in items if item["id"] == "grid")
    return item | changes


def describe_grid_at(catalogue: Path, href: object) -> dict[str, Any]:
    item = describe_grid(catalogue)
    item["assets"]["data"]["href"] = href
    return item


def write_catalogue(folder: Path, items: list[Any]) -> None:
    (folder / "catalog.json").write_text(json.dumps(collection(*items)))
