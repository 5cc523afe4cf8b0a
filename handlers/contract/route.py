"""What the declaration of a route consists of, and the paths that it matches."""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handlers.params.param import AnyParam

GET_METHODS = ("GET", "HEAD")
"""HEAD is answered wherever GET is (RFC 9110, 9.1)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One form of a route's answer with status 200."""

    media_type: str
    """Without its charset."""
    schema: str | None = None
    """Name in ``openapi.schemas.SCHEMAS``; for lines of JSON, that of a line. None for
    answers that JSON Schema cannot describe."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a route answers, good and bad."""

    forms: tuple[Answer, ...]
    """With status 200; the first one is the default."""
    problems: tuple[int, ...]
    """Statuses of the problem documents that a client should expect."""
    tagged: bool = True
    """Whether answers to GET carry an entity tag, so that 304 may follow."""
    may_be_empty: bool = False
    """Whether a good answer may be 204."""
    reports: str | None = None
    """Media type of errors that are no problem documents."""


@dataclass(frozen=True, slots=True)
class Link:
    """A dataset's link to a route, in its Item."""

    rel: str
    ending: str = ""
    """What follows the path: an extension, or a query with ``{id}`` in it."""
    versioned: bool = False
    """Whether the answer depends on nothing but the dataset and the parameters, so that
    the link may carry the dataset's version."""


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path."""

    key: str
    """Method and path, as API Gateway writes its route keys. A parameter of the path
    stands in braces and is a segment or the part of one."""
    function: str
    """The module of ``handlers`` whose ``handler`` answers."""
    tag: str
    """The heading under which the documentation lists it."""
    summary: str
    answers: Answers
    _: KW_ONLY
    path_params: tuple[AnyParam, ...] = ()
    """What stands in the path, in its order."""
    params: tuple[AnyParam, ...] = ()
    """What the query string may have."""
    body: str | None = None
    """Name of the body's schema in ``openapi.schemas.SCHEMAS``."""
    link: Link | None = None

    @property
    def method(self) -> str:
        """Such as ``GET``."""
        return self.key.partition(" ")[0]

    @property
    def path(self) -> str:
        """Such as ``/datasets/{id}``."""
        return self.key.partition(" ")[2]

    @property
    def methods(self) -> tuple[str, ...]:
        """The method, and HEAD beside GET."""
        return GET_METHODS if self.method == "GET" else (self.method,)

    @property
    def is_tagged(self) -> bool:
        """Whether a good answer carries an entity tag."""
        return self.method == "GET" and self.answers.tagged

    @property
    def gateway_path(self) -> str:
        """The path as API Gateway has it, where a parameter is a whole segment.

        ``preview.{format}`` becomes any file there. A file that no route matches
        reaches the function, whose fallback answers 404 or 405.
        """
        return re.sub(r"/(?!\{\w+\}(/|$))[^/]*\{[^/]*", "/{file}", self.path)

    @property
    def resolver_path(self) -> str:
        """The path as the resolver of Powertools has it."""
        return re.sub(r"\{(\w+)\}", r"<\1>", self.path)

    def matches(self, path: str) -> bool:
        """Whether the path of a request is this route's."""
        return _pattern(self.path).fullmatch(path) is not None


@lru_cache(maxsize=64)
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))
