"""The files of the demo page, which are served where no route matches."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import FileResponse

from handlers.http.prefixes import known_prefixes, route_path
from handlers.routes import FALLBACK, find_function
from rasterlet.server.gateway.places import page_folder

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

PAGE = Path(os.environ.get("RASTERLET_PAGE") or page_folder()).resolve()


def find_page_file(request: Request) -> Response | None:
    """A file of the demo page, ``/`` being its index."""
    path = route_path(request.scope["path"], prefixes_of(request))
    if request.method not in {"GET", "HEAD"} or find_function("GET", path) != FALLBACK:
        return None
    try:
        file = (PAGE / (path.lstrip("/") or "index.html")).resolve()
        found = file.is_relative_to(PAGE) and file.is_file()
    except (OSError, ValueError):  # a name too long, or with a zero byte in it
        found = False
    if not found:
        return None
    # As in deploy/publish.py: files that the build names by their content never change.
    kept = file.parent == PAGE / "assets"
    control = "public, max-age=31536000, immutable" if kept else "no-cache"
    return FileResponse(file, headers={"Cache-Control": control})


def prefixes_of(request: Request) -> tuple[str, ...]:
    """The prefixes of a request's path that a proxy may have left."""
    return known_prefixes(request.headers.get("host", ""))
