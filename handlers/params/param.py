"""A parameter: its name, what it takes, what it means and what holds without it."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, replace
from typing import TYPE_CHECKING, Protocol, cast

from handlers.params.errors import InvalidError
from handlers.params.parsers import without_brackets
from raster_core.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from handlers.params.parsers import Parser
    from raster_core.documents import Json

type Faults = list[tuple[str, str]]
"""Pairs of a parameter's name and what is wrong with it."""


class Readable[V](Protocol):
    """What a query can be asked for."""

    @property
    def name(self) -> str:
        """As it stands in the query string."""

    def read(self, texts: Sequence[str], faults: Faults) -> V:
        """The value; adds what is wrong to ``faults``.

        Args:
            texts: All that the query string gives, in order; may be empty.
            faults: The faults of the request; those of this parameter are added.
        """


type AnyParam = Param[object, object] | ListParam[object]


@dataclass(frozen=True, slots=True)
class Param[T, D]:
    """A parameter that may stand once."""

    name: str
    parser: Parser[T]
    text: str
    """What it means, in Markdown."""
    _: KW_ONLY
    default: D
    """The value without it; None where that is decided later, or there is none."""
    example: object = None
    """None for none."""
    required: bool = False

    @property
    def schema(self) -> Json:
        """What it takes, with its default."""
        known = self.parser.schema
        if self.default is None:
            return known
        return {**known, "default": self.parser.write(self.default)}

    def parsed_by[U](self, parser: Parser[U]) -> Param[U, D]:
        """The same where the rest of a request decides what it takes."""
        return replace(cast("Param[U, D]", self), parser=parser)

    def read(self, texts: Sequence[str], faults: Faults) -> T | D:
        """The value, or the default without one and with a fault."""
        if len(texts) > 1:
            faults.append((self.name, f"{self.name} is given more than once"))
            return self.default
        if not texts:
            if self.required:
                faults.append((self.name, f"{self.name} is missing"))
            return self.default
        parsed = self.parse(texts[0], faults)
        return self.default if parsed is None else parsed

    def parse(self, text: str, faults: Faults) -> T | None:
        """The value of one text; None if it is a fault."""
        return _parse(self.name, self.parser, text, faults)

    def is_default(self, texts: Sequence[str]) -> bool:
        """Whether texts ask for nothing else than their absence does."""
        faults: Faults = []
        values = [self.parse(text, faults) for text in texts]
        return not faults and all(value == self.default for value in values)


@dataclass(frozen=True, slots=True)
class ListParam[T]:
    """A parameter that may be repeated."""

    name: str
    parser: Parser[T]
    """Reads one value."""
    text: str
    """What it means, in Markdown."""
    _: KW_ONLY
    commas: bool = True
    """Whether commas part values too, which then have none of their own."""
    least: int = 0
    most: int | None = None
    """How many values there may be; None for any number."""
    example: object = None
    """None for none."""
    required: bool = False

    @property
    def schema(self) -> Json:
        """What it takes."""
        known: dict[str, object] = {"type": "array", "items": self.parser.schema}
        if self.least:
            known["minItems"] = self.least
        if self.most is not None:
            known["maxItems"] = self.most
        return known

    def read(self, texts: Sequence[str], faults: Faults) -> tuple[T, ...]:
        """All values in order; their number is only checked if each is valid."""
        parts = self.split(texts)
        before = len(faults)
        found = [_parse(self.name, self.parser, part, faults) for part in parts]
        fault = self._count_fault(len(parts))
        if fault and len(faults) == before:
            faults.append((self.name, f"{self.name} {fault}"))
        return tuple(value for value in found if value is not None)

    def _count_fault(self, count: int) -> str | None:
        """What is wrong with a number of values."""
        if not count:
            return "is missing" if self.required else None
        if self.least and not self.least <= count <= (self.most or count):
            values = "value" if count == 1 else "values"
            return f"has {count} {values}, not {self.least} to {self.most}"
        if self.most is not None and count > self.most:
            return f"has {count} values, which exceeds {self.most}"
        return None

    def split(self, texts: Sequence[str]) -> list[str]:
        """The texts of single values."""
        if not self.commas:
            return list(texts)
        lists = (without_brackets(text).split(",") for text in texts)
        return [part for parts in lists for part in parts]

    def is_default(self, texts: Sequence[str]) -> bool:
        """Whether there is no value."""
        return not texts


def names_of(params: Iterable[AnyParam]) -> tuple[str, ...]:
    """The names of parameters, in order."""
    return tuple(param.name for param in params)


def _parse[T](name: str, parser: Parser[T], text: str, faults: Faults) -> T | None:
    try:
        return parser(text)
    except InvalidError as error:
        faults.extend(error.faults)
    except RequestError as error:
        faults.append((name, str(error)))
    except ValueError:
        faults.append((name, f"{name} '{text[:80]}' is not {parser.rule}"))
    return None
