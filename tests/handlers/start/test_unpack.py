"""Dependencies from elsewhere: the right archive, in its own folder, or none."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.start.unpack import (
    CHECKSUM,
    SOURCE,
    DependenciesError,
    unpack_dependencies,
)
from testing.rangeserver import Fault
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from testing.rangeserver import RangeServer

MODULE = "rasterlet_unpacked_example"


@pytest.fixture(autouse=True)
def own_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The list of places is as it was, afterwards; and so are the modules."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    sys.modules.pop(MODULE, None)


def write_archive(path: Path, files: Mapping[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    files = {f"python/{MODULE}.py": "ANSWER = 42\n", "python/data/a.txt": "text"}
    return write_archive(tmp_path / "dependencies.zip", files)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """In place of ``/tmp``."""
    folder = tmp_path / "place"
    folder.mkdir()
    return folder


def checksum_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def environment(path: Path, source: object = None) -> dict[str, str]:
    return {SOURCE: str(source or path), CHECKSUM: checksum_of(path)}


def test_nothing_happens_unless_it_is_asked_for(place: Path):
    before = list(sys.path)

    assert unpack_dependencies({}, place) is None
    assert unpack_dependencies({SOURCE: "", CHECKSUM: ""}, place) is None

    assert sys.path == before
    assert list(place.iterdir()) == []


def test_modules_of_the_archive_can_be_imported(archive: Path, place: Path):
    found = unpack_dependencies(environment(archive), place)

    assert found
    assert (found / "data" / "a.txt").read_text() == "text"
    assert __import__(MODULE).ANSWER == 42
    assert [path.name for path in place.iterdir()] == [found.parent.name]


def test_what_the_layers_have_stays_as_it_is(tmp_path: Path, place: Path):
    archive = write_archive(tmp_path / "a.zip", {"python/affine.py": "raise OSError"})

    found = unpack_dependencies(environment(archive), place)

    assert sys.path[-1] == str(found)


def test_an_archive_without_the_folder_is_taken_whole(tmp_path: Path, place: Path):
    archive = write_archive(tmp_path / "a.zip", {f"{MODULE}.py": "ANSWER = 7"})

    unpack_dependencies(environment(archive), place)

    assert __import__(MODULE).ANSWER == 7


def test_a_second_start_fetches_nothing(archive: Path, place: Path):
    asked = environment(archive)
    first = unpack_dependencies(asked, place)
    archive.unlink()

    assert unpack_dependencies(asked, place) == first

    assert sys.path.count(str(first)) == 1


def test_it_comes_from_s3(s3: RangeServer, archive: Path, place: Path):
    shutil.copyfile(archive, s3.folder / "bucket" / "dependencies.zip")

    found = unpack_dependencies(
        environment(archive, "s3://bucket/dependencies.zip"), place
    )

    assert found
    assert (found / f"{MODULE}.py").is_file()


def test_it_comes_over_http(remote: RangeServer, archive: Path, place: Path):
    shutil.copyfile(archive, remote.folder / "bucket" / "dependencies.zip")

    found = unpack_dependencies(
        environment(archive, remote.url("bucket/dependencies.zip")), place
    )

    assert found


def refused(asked: Mapping[str, str], place: Path) -> str:
    """The message; nothing is left behind, and nothing can be imported."""
    before = list(sys.path)
    with pytest.raises(DependenciesError) as error:
        unpack_dependencies(asked, place)
    assert list(place.iterdir()) == []
    assert sys.path == before
    return str(error.value)


@pytest.mark.parametrize("checksum", ["", "0" * 63, "g" * 64, "0" * 65])
def test_without_a_checksum_nothing_is_unpacked(
    archive: Path, place: Path, checksum: str
):
    message = refused({SOURCE: str(archive), CHECKSUM: checksum}, place)

    assert message == (
        f"{CHECKSUM} is not the SHA-256 of {SOURCE} in 64 hexadecimal digits"
    )


def test_another_archive_is_not_unpacked(archive: Path, place: Path):
    message = refused({SOURCE: str(archive), CHECKSUM: "0" * 64}, place)

    assert checksum_of(archive) in message
    assert "nothing of it was unpacked" in message


@pytest.mark.parametrize("source", ["missing.zip", "s3://bucket/missing.zip"])
@pytest.mark.usefixtures("s3")
def test_an_archive_that_is_not_there_is_an_error(place: Path, source: str):
    message = refused({SOURCE: source, CHECKSUM: "0" * 64}, place)

    assert message.startswith(f"{SOURCE} cannot be read: ")


@pytest.mark.parametrize("scheme", ["s3", "http"])
def test_an_archive_that_is_cut_off_is_an_error(
    s3: RangeServer, archive: Path, place: Path, scheme: str
):
    shutil.copyfile(archive, s3.folder / "bucket" / "a.zip")
    s3.faults["bucket/a.zip"] = Fault(truncate=50)
    source = "s3://bucket/a.zip" if scheme == "s3" else s3.url("bucket/a.zip")

    message = refused(environment(archive, source), place)

    assert SOURCE in message


def test_what_is_no_zip_is_an_error(tmp_path: Path, place: Path):
    text = tmp_path / "a.zip"
    text.write_text("<html>Sign in</html>")

    assert refused(environment(text), place).startswith(
        f"{SOURCE} cannot be unpacked: "
    )


class Evil(NamedTuple):
    name: str
    link: bool = False


@pytest.mark.parametrize(
    ("evil", "reason"),
    [
        (Evil("../outside.py"), "outside of its folder"),
        (Evil("python/../../outside.py"), "outside of its folder"),
        (Evil("/etc/cron.d/outside"), "outside of its folder"),
        (Evil("..\\outside.py"), "outside of its folder"),
        (Evil("python/link", link=True), "holds the link"),
    ],
)
def test_nothing_is_written_elsewhere(
    tmp_path: Path, place: Path, evil: Evil, reason: str
):
    archive = tmp_path / "evil.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        entry = zipfile.ZipInfo(evil.name)
        kind = stat.S_IFLNK | 0o777 if evil.link else stat.S_IFREG | 0o644
        entry.external_attr = kind << 16
        opened.writestr(f"python/{MODULE}.py", "ANSWER = 1")
        opened.writestr(entry, "/etc/passwd")

    message = refused(environment(archive), place)

    assert reason in message
    assert not (tmp_path / "outside.py").exists()


@given(names=st.lists(st.text("ab./\\", min_size=1, max_size=8), max_size=4))
def test_whatever_its_names_are_files_land_in_their_folder_or_nowhere(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
):
    outer = tmp_path_factory.mktemp("names")
    place = outer / "a" / "b"
    place.mkdir(parents=True)
    archive = write_archive(
        outer / "names.zip", dict.fromkeys([*names, "python/z.py"], "x")
    )

    try:
        found = unpack_dependencies(environment(archive), place)
    except DependenciesError:
        found = None

    kept = {path for path in outer.rglob("*") if path.is_file()} - {archive}
    if found is None:
        assert kept == set()
    else:
        assert all(path.is_relative_to(found.parent) for path in kept)


def test_what_does_not_fit_is_said_before_it_is_tried(
    tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
):
    archive = write_archive(tmp_path / "a.zip", {"python/a.py": " " * 4_000_000})
    free = shutil.disk_usage(place)._replace(free=2_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: free)

    message = refused(environment(archive), place)

    assert "unpacks to 4 MB" in message
    assert "ephemeralStorageSize" in message


def test_a_folder_that_others_may_write_to_is_not_trusted(archive: Path, place: Path):
    """On a machine with other users, anybody could have made it."""
    folder = place / f"rasterlet-{checksum_of(archive)}"
    folder.mkdir()
    folder.chmod(0o777)

    with pytest.raises(DependenciesError, match="this user alone"):
        unpack_dependencies(environment(archive), place)


def test_a_link_in_its_place_is_not_followed(archive: Path, place: Path):
    (place / "elsewhere").mkdir()
    (place / f"rasterlet-{checksum_of(archive)}").symlink_to(place / "elsewhere")

    with pytest.raises(DependenciesError, match="this user alone"):
        unpack_dependencies(environment(archive), place)


def test_nobody_else_may_write_whatever_the_umask(archive: Path, place: Path):
    before = os.umask(0)
    try:
        found = unpack_dependencies(environment(archive), place)
    finally:
        os.umask(before)

    assert found
    assert stat.S_IMODE(found.parent.stat().st_mode) == 0o700


def test_a_function_has_them_before_it_imports_anything(archive: Path):
    """And one whose archive is wrong does not start at all."""
    code = f"import handlers, {MODULE}; print({MODULE}.ANSWER)"
    command = [sys.executable, "-c", code]
    asked = {"PATH": "/usr/bin:/bin", **environment(archive)}
    unpacked = f"/tmp/rasterlet-{checksum_of(archive)}"  # noqa: S108  as Lambda's
    try:
        good = subprocess.run(
            command, cwd=ROOT, env=asked, capture_output=True, text=True, check=False
        )
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)
    bad = subprocess.run(
        command,
        cwd=ROOT,
        env=asked | {CHECKSUM: "1" * 64},
        capture_output=True,
        text=True,
        check=False,
    )

    assert good.stdout == "42\n", good.stderr
    assert bad.returncode != 0
    assert "DependenciesError" in bad.stderr
