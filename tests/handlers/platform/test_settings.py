from __future__ import annotations

import inspect
import math
import re
from typing import Any

import pytest

from handlers.platform.settings import (
    SAMPLE_CATALOGUE,
    Settings,
    current_settings,
    held_settings,
    read_settings,
)


def test_without_an_environment_the_sample_is_served() -> None:
    settings = read_settings({})

    assert settings.catalogue == str(SAMPLE_CATALOGUE)
    assert SAMPLE_CATALOGUE.is_file()
    assert settings.allowed == ()
    assert settings.base_url is None


def test_an_empty_variable_counts_as_none() -> None:
    names = (
        "CATALOG",
        "ALLOWED",
        "BASE_URL",
        "CACHE_CONTROL",
        "ALLOWED_HOSTS",
        "ALLOWED_ORIGINS",
        "ORIGIN_SECRET",
        "MAX_BODY",
        "MAX_FEATURES",
        "MAX_VERTICES",
        "ONLY_THROUGH_CDN",
    )

    assert read_settings({f"RASTERLET_{n}": "" for n in names}) == read_settings({})


def test_prefixes_are_separated_by_spaces() -> None:
    settings = read_settings({"RASTERLET_ALLOWED": " s3://a/b  https://c.example/ "})

    assert settings.allowed == ("s3://a/b", "https://c.example/")


@pytest.mark.parametrize("name", ["allowed_hosts", "allowed_origins"])
def test_lists_are_separated_by_spaces(name: str) -> None:
    settings = read_settings({f"RASTERLET_{name.upper()}": " a.example  b.example "})

    assert getattr(settings, name) == ("a.example", "b.example")
    assert getattr(read_settings({}), name) == ()


def test_without_a_secret_nobody_can_have_it() -> None:
    assert read_settings({}).origin_secret is None
    proof = "x"
    assert read_settings({"RASTERLET_ORIGIN_SECRET": proof}).origin_secret == proof


def test_the_base_url_ends_without_a_slash() -> None:
    settings = read_settings({"RASTERLET_BASE_URL": "https://example.org/maps//"})

    assert settings.base_url == "https://example.org/maps"


@pytest.mark.parametrize(
    "name",
    [
        "max_body",
        "max_features",
        "max_vertices",
        "max_crossings",
        "max_pixels",
        "max_answer",
    ],
)
def test_limits_are_numbers_or_none(name: str) -> None:
    variable = f"RASTERLET_{name.upper()}"

    assert getattr(read_settings({variable: "12"}), name) == 12
    assert getattr(read_settings({variable: "none"}), name) == math.inf
    for wrong in ("-1", "1e6", "no", "4.5 MB"):
        with pytest.raises(ValueError, match=f"{variable} '{wrong}' is not"):
            read_settings({variable: wrong})


def test_every_variable_that_is_described_is_read() -> None:
    """What is kept of an environment is found by the variables that it is made of."""
    described = set(re.findall(r"``(RASTERLET_\w+)``", inspect.getsource(Settings)))
    asked: set[str] = set()

    class Asked(dict[str, str]):
        def get(self, name: str, default: Any = None) -> Any:
            asked.add(name)
            return default

    read_settings(Asked())

    assert asked == described


def test_a_changed_environment_has_other_settings() -> None:
    environ = {"RASTERLET_CATALOG": "a"}
    before = read_settings(environ)
    environ["RASTERLET_CATALOG"] = "b"

    assert (before.catalogue, read_settings(environ).catalogue) == ("a", "b")


def test_one_request_sees_one_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASTERLET_BASE_URL", "https://one.example")

    with held_settings():
        monkeypatch.setenv("RASTERLET_BASE_URL", "https://two.example")
        assert current_settings().base_url == "https://one.example"

    assert current_settings().base_url == "https://two.example"
