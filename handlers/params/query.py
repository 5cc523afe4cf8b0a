"""A query string, read parameter by parameter: every fault of it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from handlers.params.errors import InvalidError
from handlers.params.param import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from handlers.params.param import AnyParam, Faults, Param, Readable
    from handlers.platform.powertools import APIGatewayProxyEventV2


class Query:
    """A query string and what has been found wrong with it so far.

    Attributes:
        pairs: Names and values in the order given.
        faults: Pairs of a parameter's name and what is wrong with it.
    """

    __slots__ = ("_texts", "faults", "pairs")

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self.pairs = tuple(pairs)
        self.faults: Faults = []
        texts: dict[str, list[str]] = {}
        for name, text in self.pairs:
            texts.setdefault(name, []).append(text)
        self._texts: Mapping[str, Sequence[str]] = texts

    def get[V](self, param: Readable[V]) -> V:
        """The value of a parameter; its default if it is missing or faulty."""
        return param.read(self.texts(param), self.faults)

    def get_path[T, D](self, param: Param[T, D], text: str) -> T | D:
        """The value of a parameter of the path."""
        return param.read([text], self.faults)

    def texts(self, param: Readable[object]) -> Sequence[str]:
        """What is given for a parameter, in order."""
        return self._texts.get(param.name, ())

    def has(self, *params: Readable[object]) -> bool:
        """Whether any of the parameters is given."""
        return any(param.name in self._texts for param in params)

    def given[P: AnyParam](self, params: Iterable[P]) -> tuple[P, ...]:
        """Those of the parameters that ask for something else than their default."""
        return tuple(
            param
            for param in params
            if self.has(param) and not param.is_default(self.texts(param))
        )

    def has_fault(self, *params: Readable[object]) -> bool:
        """Whether anything has been found wrong with any of the parameters."""
        names = {param.name for param in params}
        return any(name in names for name, _ in self.faults)

    def only(self, params: Iterable[AnyParam]) -> list[tuple[str, str]]:
        """The pairs of some parameters, in the order given."""
        names = names_of(params)
        return [pair for pair in self.pairs if pair[0] in names]

    def canonical(self) -> str:
        """The query string with its names in order.

        The order of different parameters means nothing; that of a repeated one does:
        ``bidx=1&bidx=2`` has another first band than ``bidx=2&bidx=1``.
        """
        return urlencode(sorted(self.pairs, key=lambda pair: pair[0]))

    def refuse_unused(self, params: Iterable[AnyParam], why: str) -> None:
        """Refuse parameters that would have no effect.

        Their answer could be mistaken for another one. A parameter that is given with
        its default is accepted, so clients that send every default need not know which
        parameters can be combined.

        Args:
            params: What has no effect, whether it is given or not.
            why: Completes the sentence that begins with the name of one.
        """
        self.faults.extend(
            (param.name, f"{param.name} {why}") for param in self.given(params)
        )

    def check_names(self, known: Iterable[str]) -> None:
        """Refuse every name that is not ``known``: it may be a misspelt one."""
        names = sorted(known)
        rule = f"is not one of {', '.join(names)}"
        why = rule if names else "is not supported by this route"
        self.faults.extend(
            (name[:80], f"parameter '{name[:80]}' {why}")
            for name in self._texts
            if name not in names
        )

    def check(self) -> None:
        """Refuse the request if it has any fault.

        Raises:
            InvalidError: With all of them.
        """
        if self.faults:
            raise InvalidError(self.faults)


def read_query(event: APIGatewayProxyEventV2, known: Iterable[AnyParam]) -> Query:
    """The parameters of a request; a name that is not ``known`` is a fault."""
    query = query_of(event)
    query.check_names(names_of(known))
    return query


def query_of(event: APIGatewayProxyEventV2) -> Query:
    """The query of a request, of any names.

    From the raw string: the event's own dictionary joins repeated parameters with
    commas, and ``rescale`` has commas of its own.
    """
    return Query(parse_qsl(event.raw_query_string or "", keep_blank_values=True))
