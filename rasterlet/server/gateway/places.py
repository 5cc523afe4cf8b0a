"""Where the handlers and the page are: in the repository, or inside the package.

A wheel has both in ``rasterlet/_service``, so that it puts no package called
``handlers`` into anybody's site-packages.
"""

from __future__ import annotations

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2]
_INSTALLED = _PACKAGE / "_service"


def page_folder() -> Path:
    """The folder of the page's build."""
    if _INSTALLED.is_dir():
        return _INSTALLED / "page"
    return _PACKAGE.parent / "frontend" / "dist"


def make_handlers_importable() -> None:
    """Put their folder first, before another package or module of that name."""
    folder = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent
    sys.path.insert(0, str(folder))
