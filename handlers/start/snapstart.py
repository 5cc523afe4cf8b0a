"""Hooks around the snapshot of a function that starts from one.

SnapStart stores the memory of a function after its first start, and every later start
is a copy of it, hours or weeks old. A catalogue read then must not be taken for a
recent one, and no file or connection may be open in two copies.

Source: AWS Lambda Developer Guide, "Lambda SnapStart runtime hooks for Python".
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def register_hooks(environ: Mapping[str, str]) -> None:
    """Register the two functions below with the runtime, where there are snapshots."""
    if environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") != "snap-start":
        return
    # A package of the runtime.
    from snapshot_restore_py import (  # noqa: PLC0415
        register_after_restore,
        register_before_snapshot,
    )

    register_before_snapshot(prepare_snapshot)
    register_after_restore(refresh)


def prepare_snapshot() -> None:
    """Do once what every start would do: load modules and parse the catalogue.

    A catalogue that cannot be read yet must not stop a deployment.
    """
    from handlers.catalogue.store import load_catalogue  # noqa: PLC0415  it needs much
    from raster_core.errors import RasterError  # noqa: PLC0415

    with suppress(RasterError):
        load_catalogue()
    refresh()


def refresh() -> None:
    """Forget what expires, and close open files."""
    from handlers.catalogue import objects, store  # noqa: PLC0415  they need much

    store.forget_catalogue()
    objects.forget_tags()
    # Loaded, with GDAL, only in functions that have opened files.
    if "raster_core.sources.file.cog" in sys.modules:
        from raster_core.sources.file.cog import close_all  # noqa: PLC0415

        close_all()
