from __future__ import annotations

import pytest

from layers.errors import BuildError
from layers.notice import Licence, take_licences, write_notice
from layers.recipe import RECIPE, Rule, read_recipe
from layers.tree import Tree, remove


def test_every_rule_of_the_recipe_has_a_reason():
    recipe = read_recipe()

    rules = (*recipe.drop, *recipe.stub, *recipe.share, *recipe.link, *recipe.unopened)
    assert len(rules) > 20
    assert all(len(rule.why) > 4 for rule in rules)


def test_a_rule_without_a_reason_is_refused(tmp_path):
    text = RECIPE.read_text().replace('why = "an example"', 'why = " "')
    path = tmp_path / "recipe.toml"
    path.write_text(text.replace("[[drop]]\n", '[[drop]]\nfiles="x"\n[[drop]]\n', 1))

    with pytest.raises(BuildError, match="needs files and a reason"):
        read_recipe(path)


def test_what_a_rule_keeps_it_does_not_match():
    rule = Rule(("PIL/*Plugin.py",), "why", keep=("PIL/PngImagePlugin.py",))

    assert rule.matches("PIL/BmpImagePlugin.py")
    assert not rule.matches("PIL/PngImagePlugin.py")
    assert not rule.matches("PIL/Image.py")


def test_the_first_layer_with_a_pattern_has_the_file():
    recipe = read_recipe()

    assert recipe.layer_of("rasterio/crs.py") == "raster"
    assert recipe.layer_of("rasterio.libs/libgdal.so") == "raster"
    assert recipe.layer_of("numpy/__init__.py") == "numerics"


def test_a_pattern_names_one_library_or_the_build_stops(tmp_path):
    (tmp_path / "libgeos-1.so").touch()
    (tmp_path / "libgeos-2.so").touch()
    tree = Tree("arm64", tmp_path)

    assert tree.only("libgeos-1*").name == "libgeos-1.so"
    with pytest.raises(BuildError, match=r"libgeos-\* matches 2 files .* arm64"):
        tree.only("libgeos-*")
    with pytest.raises(BuildError, match=r"libproj-\* matches 0 files"):
        tree.only("libproj-*")


def test_folders_that_become_empty_go_with_their_last_file(tmp_path):
    path = tmp_path / "kept" / "a" / "b" / "c.py"
    path.parent.mkdir(parents=True)
    path.touch()
    (tmp_path / "kept" / "d.py").touch()

    remove(path)

    assert [child.name for child in (tmp_path / "kept").iterdir()] == ["d.py"]


def test_licences_are_collected_and_metadata_thinned(tmp_path):
    info = tmp_path / "thing-1.2.dist-info"
    (info / "licenses" / "deep").mkdir(parents=True)
    (info / "METADATA").write_text(
        "Metadata-Version: 2.4\nName: thing\nVersion: 1.2\n"
        "License-Expression: MIT\n\nhi"
    )
    (info / "RECORD").write_text("many lines")
    (info / "licenses" / "LICENSE").write_text("Do what you like.")
    (info / "licenses" / "deep" / "COPYING.txt").write_text("Copy it.")

    licences = take_licences(Tree("arm64", tmp_path))

    assert licences == [Licence("thing 1.2", "MIT", ("Do what you like.", "Copy it."))]
    assert [path.name for path in info.iterdir()] == ["METADATA"]


def test_a_text_that_packages_share_is_printed_once(tmp_path):
    shared, own = "Permission is granted", "All of it"
    write_notice(
        tmp_path / "NOTICE",
        [Licence("a 1", "MIT", (shared,)), Licence("b 2", "MIT", (shared, own))],
    )

    text = (tmp_path / "NOTICE").read_text()
    assert text.count(shared) == 1
    assert text.index("a 1: MIT") < text.index("b 2: MIT") < text.index(own)
