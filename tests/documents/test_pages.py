"""Every code block of the documentation runs, and shows what really happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.documents.blocks import find_pages, read_blocks
from tests.documents.desk import Desk
from tests.documents.excused import EXCUSED, GIVEN, find_excuse
from tests.documents.runners import CHECKS, LANGUAGES, Reader
from tests.server.gateway import run_gateway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLOCKS = {page: read_blocks(page) for page in find_pages()}

WITH_BLOCKS = [page for page, blocks in BLOCKS.items() if blocks]


@pytest.fixture(scope="module")
def sample_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server of the sample, one for all pages."""
    with run_gateway(tmp_path_factory.mktemp("gateway")) as gateway:
        yield f"http://127.0.0.1:{gateway.port}"


@pytest.mark.parametrize("page", WITH_BLOCKS)
def test_every_block_shows_what_happens(page: str, sample_url: str, tmp_path: Path):
    with Desk(tmp_path, sample_url) as desk:
        desk.give(GIVEN.get(page, {}))
        reader = Reader(desk)
        for block in BLOCKS[page]:
            try:
                reader.read(block, is_excused=bool(find_excuse(block)))
            except Exception as error:
                error.add_note(f"in {block}")
                raise
        reader.finish()


def test_every_block_is_in_a_language_that_is_run():
    wrong = [
        f"{block}: {block.language or 'no language'}"
        for blocks in BLOCKS.values()
        for block in blocks
        if block.language not in LANGUAGES
    ]

    assert wrong == []


def test_every_excuse_is_of_one_block_that_could_be_run():
    excuses = [find_excuse(block) for blocks in BLOCKS.values() for block in blocks]
    languages = {
        block.language
        for blocks in BLOCKS.values()
        for block in blocks
        if find_excuse(block)
    }

    assert len(list(filter(None, excuses))) == sum(map(len, EXCUSED.values()))
    assert languages <= CHECKS.keys()
