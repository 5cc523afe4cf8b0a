"""A pytest plugin that writes down every event that the handlers' tests send.

``LAYERS_RECORD`` names a folder: it gets ``events.json``, and ``catalogue``, the
rasters that the events are about. Only events to the tests' common catalogue count: the
others' settings are their tests' own.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from testing import client

_send = client.invoke
_events: dict[str, dict[str, Any]] = {}
_catalogues: set[Path] = set()


def pytest_configure() -> None:
    client.invoke = _note


def pytest_unconfigure() -> None:
    folder = Path(os.environ["LAYERS_RECORD"])
    for catalogue in _catalogues:
        shutil.copytree(catalogue.parent, folder / "catalogue")
    (folder / "events.json").write_text(json.dumps([*_events.values()]))


def _note(request: dict[str, Any]) -> client.Answer:
    settings = {name for name in os.environ if name.startswith("RASTERLET_")}
    catalogue = Path(os.environ.get("RASTERLET_CATALOG", ""))
    if (
        settings <= {"RASTERLET_CATALOG", "RASTERLET_TEST_DATA"}
        and catalogue.is_file()
        and catalogue.parent.name.startswith("catalogue")
    ):
        _catalogues.add(catalogue)
        _events[json.dumps(request, sort_keys=True)] = request
    return _send(request)
