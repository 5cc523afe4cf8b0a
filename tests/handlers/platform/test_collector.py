from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from handlers.platform.collector import rest_collector, resume_collector
from testing.client import get

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTION = {"AWS_LAMBDA_FUNCTION_NAME": "tiles"}


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    gc.enable()
    yield
    resume_collector()
    gc.enable()
    gc.unfreeze()


def test_it_rests_until_the_first_event():
    rest_collector(FUNCTION)
    assert not gc.isenabled()

    assert get("/health").status == 200
    assert gc.isenabled()
    assert gc.get_freeze_count() > 1000


def test_it_is_left_alone_where_there_is_no_function():
    rest_collector({})

    assert gc.isenabled()


def test_what_others_have_stopped_stays_so():
    gc.disable()

    rest_collector(FUNCTION)
    resume_collector()

    assert not gc.isenabled()
    assert gc.get_freeze_count() == 0
