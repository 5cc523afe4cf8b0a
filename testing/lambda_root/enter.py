"""Runs a program with a folder as its whole file system.

``enter.py ROOT FD PROGRAM...``

The folder is read-only but for ``/tmp``; the network is the caller's. The program runs
as nobody, with 1,024 descriptors, as on Lambda. What was mounted is gone when it ends:
it was mounted in a namespace of its own.

Without a name for ``ROOT`` the program runs on this machine as it is.

``FD`` is told the time (``CLOCK_MONOTONIC``) at which the program starts and what the
process has used until then, in nanoseconds: the time to subtract.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
import time
from pathlib import Path

DESCRIPTORS = 1024

# The user of Lambda's own processes; any that does not exist here would do.
USER = 993

# From linux/mount.h.
_READ_ONLY, _NO_SUID, _NO_DEVICES, _REMOUNT = 1, 2, 4, 32
_BIND, _RECURSIVE, _PRIVATE = 4096, 16384, 1 << 18

_DEVICES = ("null", "zero", "random", "urandom")


def main() -> None:
    """Never comes back, unless with an error."""
    root, report, *command = sys.argv[1:]
    os.set_inheritable(int(report), False)  # noqa: FBT003  positional only
    if root:
        _enter(Path(root))
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    now = f"{time.monotonic_ns()} {time.process_time_ns()}"
    os.write(int(report), now.encode())
    os.execv(command[0], command)  # noqa: S606  the caller's command


def _enter(root: Path) -> None:
    """Leave everything behind but the network."""
    user, group = os.geteuid(), os.getegid()
    os.unshare(os.CLONE_NEWNS | (os.CLONE_NEWUSER if user else 0))
    if user:
        _map_user(user, group)
    _mount_all(root)
    os.chroot(root)
    os.chdir("/var/task")
    if not user:
        _become_nobody()


def _mount_all(root: Path) -> None:
    """Mount the folder on itself, read-only, and what is not read-only into it."""
    _mount("none", "/", "", _RECURSIVE | _PRIVATE)
    _mount(str(root), str(root), "", _BIND | _RECURSIVE)
    _mount("/proc", str(root / "proc"), "", _BIND | _RECURSIVE)
    for name in _DEVICES:
        _mount(f"/dev/{name}", str(root / "dev" / name), "", _BIND)
    _mount("tmpfs", str(root / "tmp"), "tmpfs", _NO_SUID | _NO_DEVICES)
    # What a parent namespace has locked must stay as it is (mount_namespaces(7)).
    kept = os.statvfs(root).f_flag & (_NO_SUID | _NO_DEVICES)
    _mount("none", str(root), "", _REMOUNT | _BIND | _READ_ONLY | kept)


def _mount(source: str, target: str, kind: str, flags: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    texts = [os.fsencode(text) for text in (source, target, kind)]
    data = b"size=512m,mode=1777" if kind == "tmpfs" else None
    if library.mount(*texts, ctypes.c_ulong(flags), data):
        number = ctypes.get_errno()
        raise OSError(number, f"Cannot mount {source}: {os.strerror(number)}", target)


def _map_user(user: int, group: int) -> None:
    """Who mounts must be root, if only in a namespace of its own."""
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")


def _become_nobody() -> None:
    os.setgroups([])
    os.setgid(USER)
    os.setuid(USER)


if __name__ == "__main__":
    main()
