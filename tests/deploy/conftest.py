"""The stack, packaged once for all tests that look at it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.deploy.packages import DEPLOY, FULL, ROOT, Template, package, write_layers

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def code() -> Path:
    """The zip of the functions' code, where ``serverless.yml`` looks for it."""
    target = ROOT / "build" / "deploy" / "code.zip"
    command = [sys.executable, str(DEPLOY / "pack_code.py"), str(target)]
    subprocess.run(command, check=True, capture_output=True)
    return target


@pytest.fixture(scope="session")
def layers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_layers(tmp_path_factory.mktemp("layers") / "dist")


@pytest.fixture(scope="session")
def packaged(
    tmp_path_factory: pytest.TempPathFactory, code: Path, layers: Path
) -> Template:
    """``make package STAGE=dev``."""
    assert code.is_file()
    folder = tmp_path_factory.mktemp("dev") / "package"
    return package(folder, "dev", {"layers": str(layers)})


@pytest.fixture(scope="session")
def full(
    tmp_path_factory: pytest.TempPathFactory, code: Path, layers: Path
) -> Template:
    """``make package STAGE=prod`` with every parameter."""
    assert code.is_file()
    folder = tmp_path_factory.mktemp("prod") / "package"
    return package(folder, "prod", {"layers": str(layers), **FULL})


@pytest.fixture(scope="session", params=["packaged", "full"])
def template(request: pytest.FixtureRequest) -> Template:
    """Both."""
    found: Template = request.getfixturevalue(request.param)
    return found
