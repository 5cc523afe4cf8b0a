"""Our functions on Lambda's machine: the very zips of layers and code."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from deploy.pack_code import pack_code
from layers.pack import read_zip
from layers.recipe import read_recipe
from testing.lambda_root.machine import REPOSITORY, MissingError, Root, build_root

if TYPE_CHECKING:
    from collections.abc import Mapping

# What the tests put beside our functions, to look around there.
PROBE = "testing/lambda_root/probe.py"

DIST = REPOSITORY / "layers" / "dist"

_ARCHITECTURES = {"x86_64": "x86_64", "aarch64": "arm64"}


class _Loader(yaml.SafeLoader):
    """CloudFormation's short tags become None."""


_Loader.add_multi_constructor("!", lambda _loader, _tag, _node: None)


def build_service(folder: Path) -> Root:
    """A machine with our layers and functions on it.

    Raises:
        MissingError: If the layers are not built, or this machine lacks something.
    """
    return build_root(folder, read_recipe().system.libraries, _install)


def layer_zips() -> list[Path]:
    """The layers for the machine that this is.

    Raises:
        MissingError: If one of them is not built.
    """
    arch = _ARCHITECTURES.get(os.uname().machine, os.uname().machine)
    paths = [DIST / f"{name}-{arch}.zip" for name in read_recipe().layers]
    for path in paths:
        if not path.exists():
            raise MissingError(
                f"missing: layers/dist/{path.name}; build it with "
                f"`make layers ARCH={arch}`"
            )
    return paths


def stack_environment() -> dict[str, str]:
    """Variables of ``serverless.yml`` that are the same in every deployment."""
    stack: Any = yaml.load((REPOSITORY / "serverless.yml").read_text(), _Loader)  # noqa: S506  safe
    given: Mapping[str, object] = stack["provider"]["environment"]
    return {
        name: value
        for name, value in given.items()
        if isinstance(value, str) and "${" not in value
    }


def store_environment(endpoint: str) -> dict[str, str]:
    """Variables that lead to a store, for boto3 and for GDAL.

    Args:
        endpoint: Host and port; no TLS.
    """
    return {
        "RASTERLET_CATALOG": "s3://bucket/catalog.json",
        "AWS_ENDPOINT_URL_S3": f"http://{endpoint}",
        "AWS_S3_ENDPOINT": endpoint,
        "AWS_HTTPS": "NO",
        "AWS_VIRTUAL_HOSTING": "FALSE",
    }


def _install(folder: Path) -> None:
    for path in layer_zips():
        read_zip(path, folder / "opt")
    with tempfile.TemporaryDirectory() as scratch:
        packed = Path(scratch, "code.zip")
        pack_code(packed)
        read_zip(packed, folder / "var/task")
    probe = folder / "var/task" / PROBE
    probe.parent.mkdir(parents=True)
    shutil.copy(REPOSITORY / PROBE, probe)
