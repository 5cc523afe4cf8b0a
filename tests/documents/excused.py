"""Blocks that no test can run, and why; what they name is checked nevertheless."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.documents.blocks import Block

_ACCOUNT = "needs an AWS account"
_GDAL = "GDAL's programs are not in rasterio's wheel; tests/clients opens this name"
_NPM = "installs packages from npm's registry, as make does before the browser tests"

EXCUSED = {
    "docs/demo.md": {
        "cd frontend": _NPM,
        "RASTERLET_API=": _NPM,
    },
    "docs/http.md": {"gdalinfo": _GDAL},
    "docs/operations.md": {
        "rasterlet catalog add catalog.json elevation.tif": _ACCOUNT,
        "python deploy/publish.py": _ACCOUNT,
        "deploy/node_modules/.bin/osls": _ACCOUNT,
        "pip install --target": "downloads a gigabyte for another machine",
    },
    "docs/tiles.md": {"gdal_translate": _GDAL},
    "frontend/README.md": {"npm ci": _NPM},
}
"""Page → what a block begins with → the reason."""

GIVEN = {
    "README.md": {"my.tif": "elevation_yosemite.tif"},
    "docs/configuration.md": {
        "elevation.tif": "elevation_yosemite.tif",
        "B04.tif": "elevation_yosemite.tif",
        "B08.tif": "elevation_yosemite.tif",
        "B11.tif": "elevation_yosemite.tif",
    },
}
"""Files that a page takes for its reader's own → a file of the sample."""


def find_excuse(block: Block) -> str | None:
    """Why a block is not run; None if it is."""
    for start, reason in EXCUSED.get(block.page, {}).items():
        if block.text.startswith(start):
            return reason
    return None
