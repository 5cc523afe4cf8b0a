"""What the wheel has besides ``rasterlet`` and ``raster_core``: service and kernels.

The handlers and the page's build are put inside ``rasterlet/_service``, so that the
wheel takes no other name in anybody's site-packages. The kernels in C are compiled
where there is a compiler; without one the wheel is of pure Python, and slower.
"""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_PAGE = "frontend/dist"

# Folders of the repository, and where they are in the wheel.
_SERVICE = {"handlers": "rasterlet/_service/handlers", _PAGE: "rasterlet/_service/page"}

# Set by scripts/build_wheels.py: a library that is compiled already, and its platform.
_LIBRARY, _PLATFORM = "RASTERLET_LIBRARY", "RASTERLET_PLATFORM"


class ServiceHook(BuildHookInterface[Any]):
    """Adds service and kernels, and sees to it that the page has been built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before each build.

        Raises:
            FileNotFoundError: If the page has not been built.
        """
        if version == "editable":  # which finds all of it in the repository
            self._compile(None)
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
            self._add_library(build_data)

    def _add_library(self, build_data: dict[str, Any]) -> None:
        folder = Path(self.root, "build", "native")
        folder.mkdir(parents=True, exist_ok=True)
        library = os.environ.get(_LIBRARY) or self._compile(folder)
        if library is None:
            return
        platform = os.environ.get(_PLATFORM) or sysconfig.get_platform()
        name = f"raster_core/native/{Path(library).name}"
        build_data["force_include"][str(library)] = name
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{re.sub(r'[-.]', '_', platform)}"

    def _compile(self, folder: Path | None) -> Path | None:
        """Compile into a folder, or beside the sources; says so if there is no way."""
        # The build has an interpreter of its own, which knows nothing of the sources.
        sys.path.insert(0, self.root)
        try:
            from raster_core.native import compile as compiling  # noqa: PLC0415
        finally:
            sys.path.remove(self.root)
        target = folder / compiling.BESIDE.name if folder else compiling.BESIDE
        return target if compiling.compile_or_say(target) else None
