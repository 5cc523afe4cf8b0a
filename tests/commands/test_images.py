from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
import rasterio
from PIL import Image

import rasterlet
from tests.commands.shell import call_command, environment


@pytest.fixture(scope="module")
def dem(sample):
    return sample / "elevation_yosemite.tif"


def test_a_tile_is_the_one_of_the_package(dem, tmp_path):
    out = tmp_path / "tile.png"

    done = call_command(
        "tile", dem, "9/86/197", "-o", out, "--colormap", "magma", "--rescale", "0,4000"
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    expected = rasterlet.open(dem).tile(
        9, 86, 197, colormap_name="magma", rescale=(0, 4000)
    )
    assert out.read_bytes() == bytes(expected)


def test_a_preview_has_the_format_of_its_ending(dem, tmp_path):
    for name in ("a.png", "a.jpeg", "a.webp"):
        call_command("preview", dem, "-o", tmp_path / name, "--max-size", 100)
        with Image.open(tmp_path / name) as image:
            assert image.size == (100, 65)
    call_command("preview", dem, "-o", tmp_path / "a.tiff", "--max-size", "100")
    with rasterio.open(tmp_path / "a.tiff") as file:
        assert file.shape == (65, 100)
    call_command("preview", dem, "-o", tmp_path / "raw", "--format", "npy")
    assert np.load(io.BytesIO((tmp_path / "raw").read_bytes())).ndim == 3


def test_without_a_file_the_image_is_piped(dem):
    done = subprocess.run(
        [sys.executable, "-m", "rasterlet", "preview", dem, "--max-size", "50"],
        env=environment(),
        capture_output=True,
        check=True,
    )

    assert done.stdout.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["tile", "9/86"], 2, "'9/86' is not a tile, such as 10/172/395"),
        (["tile", "9/86/9999"], 1, "outside 0 to 511"),
        (["preview", "-o", "a.gif"], 2, "does not end like one of png"),
        (["tile", "9/86/197", "-o", "a.tif"], 2, "does not end like one of png"),
        (["preview", "--rescale", "1"], 2, "--rescale 1 is not MIN,MAX"),
        (["preview", "--rescale", "2,1"], 1, "min < max"),
        (["preview", "--colormap", "x"], 1, "'x'"),
        (["preview", "--bands", "9"], 1, "Band 9"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(words, status, sentence, dem, tmp_path):
    name, *options = words
    if "-o" not in options:
        options += ["-o", str(tmp_path / "a.png")]

    done = call_command(name, dem, *options)

    assert done.returncode == status
    assert sentence in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_image_that_exists_is_kept(dem, tmp_path):
    out = tmp_path / "a.png"
    out.write_text("mine")

    assert call_command("preview", dem, "-o", out).returncode == 1
    assert out.read_text() == "mine"
    assert call_command("preview", dem, "-o", out, "--overwrite").returncode == 0
    assert out.read_bytes().startswith(b"\x89PNG")
