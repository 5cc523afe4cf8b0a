"""What a function does around a snapshot of itself, if it starts from one.

SnapStart keeps the memory of a function after its first start, and every later start is
a copy of that, hours or weeks old. A catalogue that was read then must not be taken for
one read just now; nor can a file or a connection be open in two copies.

Source: AWS Lambda Developer Guide, "Lambda SnapStart runtime hooks for Python".
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def register_hooks(environ: Mapping[str, str]) -> None:
    """Have the runtime call the two functions below, where there are snapshots."""
    if environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") != "snap-start":
        return
    # The runtime brings it.
    from snapshot_restore_py import (  # noqa: PLC0415
        register_after_restore,
        register_before_snapshot,
    )

    register_before_snapshot(prepare_snapshot)
    register_after_restore(refresh)


def prepare_snapshot() -> None:
    """Do once what every start would: import what reads a catalogue, and parse one.

    A catalogue that cannot be read yet is no reason not to deploy.
    """
    from handlers.store import load_catalogue  # noqa: PLC0415  it needs much
    from raster_core.errors import RasterError  # noqa: PLC0415

    with suppress(RasterError):
        load_catalogue()
    refresh()


def refresh() -> None:
    """Forget what is true for a while only, and close what is open."""
    from handlers import objects, store  # noqa: PLC0415  they need much

    store.forget_catalogue()
    objects.forget_tags()
    # Only a function that has opened files has this, and with it GDAL.
    if "raster_core.source.cog" in sys.modules:
        from raster_core.source.cog import close_all  # noqa: PLC0415

        close_all()
