from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
from contextlib import suppress

import pytest

from raster_core.errors import RequestError
from rasterlet.commands.outputs import open_output, print_json, write_output
from tests.commands.shell import environment, run_python


def test_a_file_appears_whole_and_alone(tmp_path):
    target = tmp_path / "out.gpkg"

    with open_output(str(target)) as path:
        path.write_bytes(b"begun")
        (path.parent / "out.gpkg-journal").touch()
        assert path.name == "out.gpkg"
        assert not target.exists()

    assert os.listdir(tmp_path) == ["out.gpkg"]  # noqa: PTH208
    assert target.read_bytes() == b"begun"


def test_what_fails_leaves_what_was_there(tmp_path):
    target = tmp_path / "out.csv"
    target.write_text("former")

    def fail():
        with open_output(str(target), overwrite=True) as path:
            path.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [file.name for file in tmp_path.iterdir()] == ["out.csv"]
    assert target.read_text() == "former"


def test_a_file_that_exists_is_replaced_only_if_asked(tmp_path):
    target = tmp_path / "out.csv"
    target.write_text("former")

    with pytest.raises(RequestError, match="replace it with --overwrite"):
        write_output(b"new", str(target))
    assert target.read_text() == "former"

    write_output(b"new", str(target), overwrite=True)
    assert target.read_text() == "new"


def test_a_file_that_appears_meanwhile_is_kept(tmp_path):
    target = tmp_path / "out.csv"

    def race():
        with open_output(str(target)) as path:
            path.write_text("ours")
            target.write_text("theirs")

    with pytest.raises(RequestError, match=r"out\.csv exists"):
        race()
    assert target.read_text() == "theirs"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_link_stays_one(tmp_path):
    (tmp_path / "real.csv").write_text("former")
    (tmp_path / "link.csv").symlink_to("real.csv")

    write_output(b"new", str(tmp_path / "link.csv"), overwrite=True)

    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "new"


@pytest.mark.parametrize(
    ("name", "why"),
    [(".", "is a folder"), ("none/out.csv", "The folder of .* does not exist")],
)
def test_a_target_that_cannot_be_one_is_refused_before_any_work(name, why, tmp_path):
    with pytest.raises(RequestError, match=why):
        write_output(b"", str(tmp_path / name))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_an_error_of_the_system(tmp_path):
    tmp_path.chmod(0o500)

    with pytest.raises(PermissionError):
        write_output(b"", str(tmp_path / "out.csv"))


def test_a_thread_may_write_too(tmp_path):
    target = str(tmp_path / "out.csv")
    thread = threading.Thread(target=write_output, args=(b"done", target))

    thread.start()
    thread.join()

    assert (tmp_path / "out.csv").read_bytes() == b"done"


def test_a_hyphen_is_stdout():
    done = run_python(
        "from rasterlet.commands.outputs import write_output\n"
        "write_output(b'some bytes', '-')"
    )

    assert done.stdout == "some bytes"


def test_a_device_is_written_to():
    write_output(b"x", "/dev/null")

    with pytest.raises(OSError, match="No space left"):
        write_output(b"x", "/dev/full")


def limit_file_size():
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


def test_a_file_too_large_leaves_nothing(tmp_path):
    code = (
        "import sys\n"
        "from rasterlet.commands.failures import Settings, guard\n"
        "from rasterlet.commands.outputs import write_output\n"
        "sys.exit(guard(lambda: write_output(bytes(2000), 'out'), Settings()))"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", code],
        cwd=tmp_path,
        env=environment(),
        preexec_fn=limit_file_size,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "larger than this process may write" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
)
def test_a_signal_leaves_nothing(number, status, tmp_path):
    code = (
        "import sys, time\n"
        "from rasterlet.commands.failures import Settings, guard\n"
        "from rasterlet.commands.outputs import open_output\n"
        "def work():\n"
        "    with open_output('out') as path:\n"
        "        path.write_text('half')\n"
        "        print('ready', flush=True)\n"
        "        time.sleep(60)\n"
        "sys.exit(guard(work, Settings()))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "ready\n"
        assert len(list(tmp_path.iterdir())) == 1
        process.send_signal(number)
        _, errors = process.communicate()

    assert process.returncode == status
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


def test_json_has_no_numbers_that_it_cannot_have(capsysbinary):
    print_json({"a": float("nan"), 1: (float("inf"), "ü")})

    assert json.loads(capsysbinary.readouterr().out) == {"a": None, "1": [None, "ü"]}


def test_an_interrupt_that_a_library_swallows_ends_it_still(tmp_path):
    def write():
        with open_output(str(tmp_path / "out.csv")) as path:
            with suppress(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            path.write_text("whole")

    with pytest.raises(KeyboardInterrupt):
        write()
    assert list(tmp_path.iterdir()) == []


def test_a_signal_that_is_ignored_is_ignored_still(tmp_path):
    """As ``nohup`` has it of the end of the session."""
    target = tmp_path / "out.csv"
    former = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with open_output(str(target)) as path:
            signal.raise_signal(signal.SIGHUP)
            path.write_text("whole")
    finally:
        signal.signal(signal.SIGHUP, former)

    assert target.read_text() == "whole"
