"""What the wheel has besides ``rasterlet`` and ``raster_core``: the service.

The handlers and the page's build are put inside ``rasterlet/_service``, so that the
wheel takes no other name in anybody's site-packages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_PAGE = "frontend/dist"

# Folders of the repository, and where they are in the wheel.
_SERVICE = {"handlers": "rasterlet/_service/handlers", _PAGE: "rasterlet/_service/page"}


class ServiceHook(BuildHookInterface[Any]):
    """Adds the service to a wheel, and sees to it that the page has been built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before each build.

        Raises:
            FileNotFoundError: If the page has not been built.
        """
        if version == "editable":  # which finds all of it in the repository
            return
        if not Path(self.root, _PAGE, "index.html").is_file():
            raise FileNotFoundError(
                f"{_PAGE}/index.html is missing, and without the page there is no "
                "wheel: run make wheel, which builds both"
            )
        if self.target_name == "wheel":
            build_data["force_include"] |= {
                str(Path(self.root, folder)): place
                for folder, place in _SERVICE.items()
            }
