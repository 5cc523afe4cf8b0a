"""What the handlers answer from the zips is what they answer from the wheels.

The events are those that the handlers' own tests send. They miss nothing that the
recipe drops, and reach no stub: that would end the process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("elftools", reason="make test-layers installs it")

from layers.recipe import read_recipe
from layers.report import Scale
from layers.tree import Tree
from tests.layers.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

pytestmark = pytest.mark.layers

PACKAGES = Path(sysconfig.get_path("purelib"))

# Files that no request read in some 1,500, and that no rule excuses.
IDLE_BYTES = 400_000


@dataclass(frozen=True, slots=True)
class Recording:
    events: Sequence[Mapping[str, Any]]
    catalogue: Path


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    folder = tmp_path_factory.mktemp("recording")
    # Whether these tests pass is not the question here.
    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "tests.layers.recorder"),
            *("-p", "no:cacheprovider", "-m", "not layers", "tests/handlers"),
        ],
        cwd=REPOSITORY,
        env=os.environ | {"LAYERS_RECORD": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    events = json.loads((folder / "events.json").read_text())
    return Recording(events, folder / "catalogue" / "catalog.json")


@pytest.fixture(scope="module")
def from_layers(recording: Recording, unpacked: Path, code: Path) -> dict[str, Any]:
    return _answer(recording, unpacked / "python", code, unpacked / "lib")


def test_every_event_is_answered_as_the_wheels_answer_it(recording, from_layers):
    from_wheels = _answer(recording, PACKAGES, REPOSITORY)

    answers = from_layers["answers"]
    different = [
        (event["rawPath"], event["rawQueryString"], ours, theirs)
        for event, ours, theirs in zip(
            recording.events, answers, from_wheels["answers"], strict=True
        )
        if ours != theirs
    ]
    assert different == []
    assert len(answers) > 1000


def test_the_events_reach_every_function_and_all_kinds_of_answers(from_layers):
    answers = from_layers["answers"]

    assert {answer["function"] for answer in answers} >= {
        "tiles",
        "statistics",
        "overlay",
        "wmts",
        "meta",
    }
    assert {answer["status"] for answer in answers} >= {200, 304, 400, 404, 422, 502}
    types = {answer["type"] for answer in answers}
    assert {"image/png", "image/webp", "image/jpeg", "application/json"} <= types


def test_what_no_event_opens_is_there_for_a_reason(from_layers, unpacked, tmp_path):
    opened = {os.path.realpath(path) for path in from_layers["opened"]}
    rules = read_recipe().unopened
    scale = Scale(tmp_path / "zipped.json")

    idle = {
        name: scale.weigh([path]).unzipped
        for name, path in Tree("x86_64", unpacked / "python").files()
        if os.path.realpath(path) not in opened
        and not any(rule.matches(name) for rule in rules)
    }

    assert sum(idle.values()) < IDLE_BYTES, sorted(idle, key=lambda n: -idle[n])[:20]


def test_matrices_are_multiplied_by_our_own_library(from_layers):
    libraries = [path for path in from_layers["opened"] if "openblas" in path]

    assert libraries
    assert all(Path(path).stat().st_size < 200_000 for path in libraries)


def test_the_kernels_are_those_of_the_layer(from_layers, unpacked):
    library = unpacked / "lib" / "librasterlet.so"

    assert str(library) in from_layers["opened"]


def test_what_is_left_of_lapack_says_so_and_ends_the_process(unpacked):
    code = "import numpy as np; np.linalg.solve(np.eye(2), np.ones(2))"

    done = _run(code, unpacked)

    assert done.returncode < 0
    assert "dgesv" in done.stderr
    assert "has no LAPACK" in done.stderr


@pytest.mark.parametrize(
    "package",
    [
        *("numpy", "rasterio", "shapely", "pyproj", "PIL.Image", "PIL.ImageFont"),
        *("aws_lambda_powertools", "mercantile", "affine", "rasterio.features"),
        *("raster_core.sources.file.gdal", "handlers.tiles", "handlers.statistics"),
        *("handlers.overlay", "handlers.wmts", "handlers.meta"),
    ],
)
def test_each_package_may_be_imported_first(package, unpacked):
    own = f"sys.path.append({str(REPOSITORY)!r}); "

    done = _run(f"{own} import {package}", unpacked)

    assert done.returncode == 0, done.stderr


def test_both_proj_users_find_the_one_database(unpacked):
    code = (
        "import rasterio, pyproj; from rasterio.crs import CRS; "
        "assert CRS.from_epsg(32633).to_epsg() == 32633; "
        "to = pyproj.Transformer.from_crs(4326, 32633, always_xy=True); "
        "print(*(round(value) for value in to.transform(15, 0)))"
    )

    done = _run(code, unpacked)

    assert done.stdout.split() == ["500000", "0"], done.stderr


def test_the_certificates_for_https_are_there(unpacked):
    done = _run("import certifi; print(open(certifi.where()).read())", unpacked)

    assert done.stdout.count("BEGIN CERTIFICATE") > 50, done.stderr


def _answer(
    recording: Recording, packages: Path, code: Path, libraries: Path | None = None
) -> dict[str, Any]:
    """What a process answers that has these packages and nothing else."""
    program = REPOSITORY / "tests" / "layers" / "exercise.py"
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(program), str(packages), str(code)],
        input=json.dumps(recording.events),
        capture_output=True,
        text=True,
        env={
            "RASTERLET_CATALOG": str(recording.catalogue),
            "PATH": "",
            "LD_LIBRARY_PATH": str(libraries or ""),
        },
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


def _run(code: str, unpacked: Path) -> subprocess.CompletedProcess[str]:
    path = f"import sys; sys.path.insert(0, {str(unpacked / 'python')!r}); "
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", path + code],
        capture_output=True,
        text=True,
        check=False,
    )
