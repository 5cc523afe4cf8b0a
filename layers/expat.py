"""libexpat, which rasterio's wheel expects of the machine and Lambda does not have.

Debian's copy asks for a newer glibc than Lambda's, so it is built from its C files,
taken from the source archive that Debian keeps.
"""

from __future__ import annotations

import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from layers.errors import BuildError

if TYPE_CHECKING:
    from layers.compiler import Compiler
    from layers.recipe import Source

SONAME = "libexpat.so.1"

_APT_HELPER = Path("/usr/lib/apt/apt-helper")
_UNITS = ("xmlparse", "xmlrole", "xmltok", "random_getrandom")

# What its configure script finds on Linux: the defaults of expat's own build.
_DEFINES = (
    *("-DXML_DTD", "-DXML_GE=1", "-DXML_NS", "-DXML_CONTEXT_BYTES=1024"),
    *("-DHAVE_GETRANDOM", "-DXML_ENABLE_VISIBILITY=1", "-D_GNU_SOURCE"),
)


def fetch_source(source: Source, folder: Path) -> Path:
    """The path of the source archive, downloaded once.

    Raises:
        BuildError: It cannot be had, or is another file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / source.pool.rpartition("/")[2]
    if not archive.exists():
        _download(source.pool, archive)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != source.sha256:
        raise BuildError(
            f"{archive} has the sha256 {digest}, not {source.sha256}: remove it, and "
            "see whether the recipe's [expat] still names what is at its address"
        )
    return archive


def build_expat(archive: Path, target: Path, compiler: Compiler) -> None:
    """Compile the library into a file.

    Raises:
        BuildError: The compiler is missing or refuses.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with tarfile.open(archive) as unpacked:
            unpacked.extractall(folder, filter="data")
        (sources,) = folder.glob("*/expat/lib")
        # Everything that a configure script would say is given as an option.
        (sources / "expat_config.h").write_text("#define BYTEORDER 1234\n")
        units = [sources / f"{unit}.c" for unit in _UNITS]
        compiler.build(target, units, soname=SONAME, options=_DEFINES)


def read_licence(archive: Path) -> str:
    """The text of expat's licence."""
    with tarfile.open(archive) as unpacked:
        for member in unpacked:
            if member.name.endswith("/expat/COPYING"):
                file = unpacked.extractfile(member)
                return file.read().decode() if file else ""
    raise BuildError(f"{archive} has no expat/COPYING")


def _download(pool: str, target: Path) -> None:
    """Fetch a file from the mirror that this machine's apt uses.

    Raises:
        BuildError: There is no apt, or the mirror has no such file.
    """
    partial = target.with_name(f".{target.name}")
    failure = "apt is not here, which knows a mirror of Debian"
    if _APT_HELPER.exists():
        url = f"{_find_mirror()}/pool/{pool}"
        # apt knows this machine's proxies as well.
        command = (str(_APT_HELPER), "download-file", url, str(partial.resolve()))
        done = _run(*command)
        failure = done.stderr.strip() if done.returncode else ""
    if failure:
        partial.unlink(missing_ok=True)
        raise BuildError(
            f"{target.name} cannot be had: {failure}\nPut it at {target} by hand, from "
            f"pool/{pool} of any mirror of Debian; its content is checked"
        )
    partial.replace(target)


def _find_mirror() -> str:
    """Where apt takes Debian's packages from.

    Raises:
        BuildError: It does not say.
    """
    # A package of every Debian, which tells the address that it would come from.
    done = _run("apt-get", "download", "--print-uris", "base-files")
    mirror, found, _ = done.stdout.lstrip("'").partition("/pool/")
    if not found:
        raise BuildError("apt knows no mirror of Debian; run apt-get update")
    return mirror


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
