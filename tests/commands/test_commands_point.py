from __future__ import annotations

import json

import pytest

from tests.cogs import Recipe, coordinate_values, write_cog
from tests.commands.shell import call_command, run_command


@pytest.fixture
def degrees(tmp_path):
    """West of Greenwich and south of the equator."""
    recipe = Recipe(bands=2, transform=Recipe.transform.translation(-20, -60))
    recipe = Recipe(bands=2, transform=type(Recipe.transform)(0.1, 0, -20, 0, -0.1, -5))
    write_cog(tmp_path / "a.tif", recipe)
    return tmp_path / "a.tif", coordinate_values(recipe)


def test_negative_numbers_are_numbers(degrees):
    path, values = degrees

    done = run_command("point", path, "-19.85", "-5.25")

    assert done.returncode == 0
    assert done.stdout == f"b1  {values[0, 2, 1]}\nb2  {values[1, 2, 1]}\n"


def test_options_stand_before_or_after_them(degrees):
    path, values = degrees

    for words in (
        ["--bands", "2", path, "-19.85", "-5.25"],
        [path, "-19.85", "-5.25", "--bands=2"],
        [path, "--expression", "b2", "-19.85", "-5.25"],
        ["--", path, "-19.85", "-5.25"][:0]
        or [path, "--bands", "b2", "-19.85", "-5.25"],
    ):
        done = call_command("point", *words)
        assert done.stdout.split() == [done.stdout.split()[0], str(values[1, 2, 1])]


def test_json_has_the_reason_of_a_missing_value(degrees):
    document = json.loads(call_command("point", degrees[0], 0, 0, "--json").stdout)

    assert document["longitude"] == 0
    assert [row["reason"] for row in document["values"]] == ["outside_raster"] * 2
    assert document["values"][0]["value"] is None


def test_a_class_has_its_name(sample):
    done = call_command(
        "point", sample / "catalog.json", "--id", "landcover", "-60", "-5"
    )

    assert done.stdout.strip().endswith("Evergreen broadleaf forest")


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["--bandz", "2", "-19.85", "-5.25"], 2, "No such option"),
        (["-19.85", "north"], 2, "'north' is not a valid float"),
        (["-19.85"], 2, "Missing argument 'LAT'"),
        (["-999", "0"], 1, "is not a longitude within 540"),
        (["0", "0", "--bands", "3"], 1, "Band 3 is not one of 1 to 2"),
    ],
)
def test_what_is_no_position_is_one_sentence(words, status, sentence, degrees):
    done = call_command("point", degrees[0], *words)

    assert done.returncode == status
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
