"""Packages stacks as ``make package`` does, with small zips in place of the layers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
OFFLINE = Path(__file__).with_name("offline.cjs")
LAYERS = ("numerics", "raster")

# A deployment that uses every parameter.
FULL = {
    "architecture": "x86_64",
    "bucket": "my-rasters",
    "prefix": "cogs/",
    "domain": "maps.example tiles.example",
    "certificate": "arn:aws:acm:us-east-1:123456789012:certificate/"
    "1a2b3c4d-0000-1111-2222-333344445555",
    "origins": "https://maps.example https://www.example",
    "firewall": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/rate/1a2b",
    "snapshots": "true",
    "email": "operator@maps.example",
}


@dataclass(frozen=True, slots=True)
class Template:
    """A packaged stack."""

    path: Path
    content: Mapping[str, Any]

    @property
    def resources(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.content["Resources"]
        return found

    def of_type(self, kind: str) -> dict[str, Any]:
        """Properties by logical name of all resources of a type."""
        return {
            name: resource["Properties"]
            for name, resource in self.resources.items()
            if resource["Type"] == kind
        }

    def functions(self) -> dict[str, Any]:
        """Properties of the functions by their names in ``serverless.yml``."""
        suffix = "LambdaFunction"
        return {
            name.removesuffix(suffix).lower(): properties
            for name, properties in self.of_type("AWS::Lambda::Function").items()
        }


def package(
    target: Path,
    stage: str,
    params: Mapping[str, str],
    *,
    config: str = "serverless.yml",
    folder: Path = ROOT,
) -> Template:
    """The template that osls makes, on a machine without account and profile."""
    node = find_node()
    assert (DEPLOY / "node_modules" / "osls").is_dir(), "npm ci --prefix deploy"
    options = [f"--param={name}={value}" for name, value in params.items()]
    command = [
        *(node, str(DEPLOY / "package.mjs"), "--config", config),
        *("--stage", stage, "--package", str(target), *options),
    ]
    offline = {
        "HOME": str(target.parent),  # where nobody has configured an account
        "NODE_OPTIONS": f"--require {OFFLINE}",
    }
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | offline,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    path = target / "cloudformation-template-update-stack.json"
    return Template(path, json.loads(path.read_text()))


def find_node() -> str:
    """The path of Node.js, of the machine or of the wheel."""
    search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    node = shutil.which("node", path=search)
    assert node, "Node.js is missing: pip install --require-hashes -r locks/node.txt"
    return node


def write_layers(folder: Path) -> Path:
    """Zips named as those of ``make layers``, with next to nothing in them."""
    folder.mkdir()
    for name in LAYERS:
        for arch in ("arm64", "x86_64"):
            with zipfile.ZipFile(folder / f"{name}-{arch}.zip", "w") as archive:
                archive.writestr(f"python/{name}.txt", arch)
    return folder


def leaves(value: object) -> Iterator[object]:
    """All that stands in a document, however deep."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value
