from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.pack import read_zip, write_zip

names = st.text("abc/", min_size=1, max_size=6).map(lambda name: f"x{name}y")
trees = st.dictionaries(names, st.binary(max_size=40), max_size=6)


@settings(max_examples=50, deadline=None)
@given(trees, st.randoms(use_true_random=False))
def test_the_same_files_make_the_same_bytes_in_any_order(
    tmp_path_factory, tree, chance
):
    written = []
    for attempt in ("first", "second"):
        folder = tmp_path_factory.mktemp(attempt)
        entries = []
        for number, (name, data) in enumerate(tree.items()):
            path = folder / str(number)
            path.write_bytes(data)
            path.chmod(0o600 if attempt == "first" else 0o755)
            entries.append((name, path))
        chance.shuffle(entries)
        write_zip(folder / "out.zip", entries)
        written.append((folder / "out.zip").read_bytes())

    assert written[0] == written[1]


def test_links_and_readable_permissions_come_back(tmp_path):
    (tmp_path / "data").write_text("shared")
    (tmp_path / "data").chmod(0o600)
    (tmp_path / "link").symlink_to("data")

    write_zip(
        tmp_path / "out.zip",
        [(name, tmp_path / name) for name in ("link", "data")],
    )
    read_zip(tmp_path / "out.zip", tmp_path / "opt")

    assert (tmp_path / "opt" / "link").readlink() == Path("data")
    assert (tmp_path / "opt" / "link").read_text() == "shared"
    assert stat.S_IMODE((tmp_path / "opt" / "data").stat().st_mode) == 0o644


def test_a_zip_that_cannot_be_finished_leaves_the_old_one_and_nothing_else(tmp_path):
    good = tmp_path / "good"
    good.write_text("kept")
    target = tmp_path / "dist" / "out.zip"
    write_zip(target, [("good", good)])
    before = target.read_bytes()

    with pytest.raises(FileNotFoundError):
        write_zip(target, [("a", good), ("b", tmp_path / "missing")])

    assert target.read_bytes() == before
    assert [path.name for path in target.parent.iterdir()] == ["out.zip"]
