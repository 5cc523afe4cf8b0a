"""Machines that a function can run on: one like Lambda's, and the developer's own.

Lambda's is a folder that becomes the root of a process (``enter.py``): an interpreter
at ``/var/lang``, the runtime at ``/var/runtime``, layers at ``/opt``, the function at
``/var/task``, and of the system the few libraries that Amazon Linux has. What is not in
there cannot be found, whatever this machine has in ``/usr``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from importlib.metadata import Distribution

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent

PYTHON = (3, 13)

RUNTIME = ("awslambdaric", "simplejson", "snapshot_restore_py")
"""What serves the Runtime API."""

SDK = (
    *("boto3", "botocore", "s3transfer", "jmespath"),
    *("python-dateutil", "six", "urllib3"),
)
"""What Lambda's runtime has besides."""

# Parts of the standard library that no function uses, or that need a screen.
_LEFT_OUT = shutil.ignore_patterns(
    *("test", "tests", "idlelib", "tkinter", "turtledemo", "ensurepip", "config-3*"),
    *("_tkinter*.so", "readline*.so", "_curses*.so", "_test*.so", "xxlimited*.so"),
    *("site-packages", "_ctypes_test*.so", "_dbm*.so", "_gdbm*.so"),
)

_FOLDERS = (
    *("dev", "lib64", "opt", "proc", "tmp"),
    *("var/lang/bin", "var/lang/lib", "var/runtime", "var/task"),
)
_SERVICES = ("s3", "sts")

_ENTER = (sys.executable, "-I", "-S", str(HERE / "enter.py"))
_DEVICES = ("null", "zero", "random", "urandom")


class MissingError(Exception):
    """What this machine lacks to be like Lambda's, and where to get it."""


class Machine(Protocol):
    """Where a function runs."""

    @property
    def task(self) -> str:
        """The function's folder, as it sees it."""

    @property
    def bootstrap(self) -> str:
        """The program that serves the Runtime API, as it sees it."""

    def command(self, report: int, program: Sequence[str]) -> list[str]:
        """What runs Python there, and tells its start to a descriptor."""


@dataclass(frozen=True, slots=True)
class Host:
    """This machine with this environment's packages: quick, and not like Lambda."""

    @property
    def task(self) -> str:
        """The function's folder."""
        return str(REPOSITORY)

    @property
    def bootstrap(self) -> str:
        """The program that serves the Runtime API."""
        return str(HERE / "bootstrap.py")

    def command(self, report: int, program: Sequence[str]) -> list[str]:
        """Run Python as it is."""
        return [*_ENTER, "", str(report), sys.executable, *program]


@dataclass(frozen=True, slots=True)
class Root:
    """A folder that is like Lambda's file system."""

    folder: Path

    @property
    def task(self) -> str:
        """The function's folder."""
        return "/var/task"

    @property
    def bootstrap(self) -> str:
        """The program that serves the Runtime API."""
        return "/var/runtime/bootstrap.py"

    def command(self, report: int, program: Sequence[str]) -> list[str]:
        """Run Python with the folder as its root."""
        python = f"/var/lang/bin/{_version()}"
        return [*_ENTER, str(self.folder), str(report), python, *program]

    @property
    def packages(self) -> Path:
        """Where the interpreter's own packages are."""
        return self.folder / "var/lang/lib" / _version() / "site-packages"


def build_root(
    folder: Path,
    libraries: Iterable[str],
    install: Callable[[Path], None],
) -> Root:
    """A new machine without function or layers.

    Args:
        folder: Does not exist yet.
        libraries: SONAMEs of what the system has; those of other architectures may be
            among them.
        install: Puts the function and its layers into the folder.

    Raises:
        MissingError: If this machine lacks something that Lambda has.
    """
    check_namespaces()
    if sys.version_info[:2] != PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        raise MissingError(f"missing: Python 3.13, which Lambda runs; this is {found}")
    for name in _FOLDERS:
        (folder / name).mkdir(parents=True)
    (folder / "lib").symlink_to("lib64")
    for name in _DEVICES:
        (folder / "dev" / name).touch()
    _copy_python(folder)
    _copy_libraries(folder, libraries)
    root = Root(folder)
    for name in (*RUNTIME, *SDK):
        copy_package(name, root.packages)
    shutil.copy(HERE / "bootstrap.py", folder / "var/runtime")
    install(folder)
    return root


def run_python(machine: Root, code: str) -> subprocess.CompletedProcess[str]:
    """Run some lines alone on the machine, with the layers on the path."""
    lines = f"import sys; sys.path[:0] = ['/opt/python']; {code}"
    report, reported = os.pipe()
    try:
        return subprocess.run(
            machine.command(reported, ["-c", lines]),
            env={"LD_LIBRARY_PATH": library_path(machine.task)},
            capture_output=True,
            text=True,
            check=False,
            pass_fds=(reported,),
        )
    finally:
        os.close(report)
        os.close(reported)


def library_path(task: str) -> str:
    """``LD_LIBRARY_PATH`` as Lambda sets it."""
    runtime = ("/var/lang/lib", "/lib64", "/usr/lib64", "/var/runtime")
    own = ("/var/runtime/lib", task, f"{task}/lib", "/opt/lib")
    return ":".join((*runtime, *own))


def check_namespaces() -> None:
    """Whether a process may have mounts of its own here.

    Raises:
        MissingError: If it may not.
    """
    flags = os.CLONE_NEWNS | (os.CLONE_NEWUSER if os.geteuid() else 0)
    # In a process of its own, which keeps what it got.
    code = f"import os; os.unshare({flags})"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, check=False
    )
    if done.returncode:
        raise MissingError(
            "missing: mount namespaces, which a root like Lambda's takes. Run as root "
            "(in a container: with CAP_SYS_ADMIN), or allow user namespaces"
        )


def copy_package(name: str, target: Path) -> None:
    """Copy an installed distribution with its bytecode.

    Raises:
        MissingError: If it is not installed.
    """
    try:
        found = distribution(name)
    except PackageNotFoundError:
        raise MissingError(f"missing: {name}; run `make test-layers`") from None
    copy_distribution(found, target)


def copy_distribution(found: Distribution, target: Path) -> None:
    """Copy what a distribution has installed, programs left out."""
    for file in found.files or ():
        source = Path(str(file.locate()))
        if ".." not in file.parts and not _is_foreign(file) and source.is_file():
            copy = target / file
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)  # with its time, or its bytecode is stale


def _is_foreign(file: PurePath) -> bool:
    """Whether it describes one of the 400 services that are not called here."""
    data = file.parts[:2] == ("botocore", "data") and len(file.parts) > 3
    return data and file.parts[2] not in _SERVICES


def _version() -> str:
    return f"python{PYTHON[0]}.{PYTHON[1]}"


def _copy_python(folder: Path) -> None:
    """The interpreter that runs this, with its standard library."""
    home = folder / "var/lang"
    executable = Path(sys.base_prefix) / "bin" / _version()
    shutil.copy(executable, home / "bin")
    source = Path(sysconfig.get_path("stdlib"))
    shutil.copytree(source, home / "lib" / _version(), ignore=_LEFT_OUT, symlinks=True)
    (home / "lib" / _version() / "site-packages").mkdir()
    binaries = [executable, *(home / "lib" / _version() / "lib-dynload").glob("*.so")]
    for library in _linked(binaries):
        shutil.copy(library, home / "lib" / library.name)


def _linked(binaries: Iterable[Path]) -> set[Path]:
    """Libraries that the interpreter and its modules are linked with, by SONAME."""
    listed = subprocess.run(
        ["ldd", *binaries],  # noqa: S607  it is where the dynamic linker is
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return {Path(path) for path in re.findall(r"=> (/\S+)", listed)}


def _copy_libraries(folder: Path, names: Iterable[str]) -> None:
    """What Lambda's system has, and not the folder where this machine has it."""
    wanted = set(names)
    listed = subprocess.run(
        [shutil.which("ldconfig", path="/sbin:/usr/sbin") or "ldconfig", "-p"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    machine = os.uname().machine.replace("_", "-")
    lines = re.findall(r"^\s(\S+) \((.*)\) => (\S+)$", listed, re.MULTILINE)
    for name, kind, path in lines:
        own = machine in kind or machine == "aarch64"
        if name in wanted and own and not (folder / "lib64" / name).exists():
            shutil.copy(path, folder / "lib64" / name)
            # Those that the interpreter has as well are the system's.
            (folder / "var/lang/lib" / name).unlink(missing_ok=True)
    if not (folder / "lib64" / "libc.so.6").exists():
        raise MissingError("missing: libc.so.6, which `ldconfig -p` should list")
