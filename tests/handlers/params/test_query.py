from __future__ import annotations

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from handlers.params.errors import InvalidError
from handlers.params.lists.colors import RESCALE
from handlers.params.param import ListParam, Param
from handlers.params.parsers import anything, integer, number, one_of
from handlers.params.query import Query, read_query
from testing.client import event


def asked(query: str) -> APIGatewayProxyEventV2:
    return APIGatewayProxyEventV2(event("GET", "/", query))


BANDS = ListParam("bidx", integer(1, 9), "Bands.")
PERCENTILES = ListParam("p", number(0, 100), "Percentiles.", most=3)
STATS = ListParam("stats", one_of(("mean",)), "Statistics.")
A = Param("a", integer(0, 9), "A digit.", default=None)
B = Param("b", integer(0, 9), "A digit.", default=7)
C = Param("c", anything("a text"), "Something.", default=None, required=True)


def test_repeated_values_come_in_order() -> None:
    query = read_query(asked("bidx=2&bidx=1"), [BANDS])

    assert query.get(BANDS) == (2, 1)
    query.check()


def test_commas_part_the_values_of_a_list() -> None:
    query = read_query(asked("p=10,90&p=50&stats=mean,"), [PERCENTILES, STATS])

    assert query.get(PERCENTILES) == (10, 90, 50)
    assert query.get(STATS) == ("mean",)
    assert query.faults == [("stats", "stats '' is not mean")]


def test_a_list_may_have_limits() -> None:
    pair = ListParam("pair", integer(0, 9), "A pair.", least=2, most=2, required=True)
    query = Query([("p", "1,2,3,4"), ("pair", "1")])

    query.get(PERCENTILES)
    query.get(pair)
    Query([]).get(PERCENTILES)

    assert query.faults == [
        ("p", "p has 4 values, which exceeds 3"),
        ("pair", "pair has 1 value, not 2 to 2"),
    ]
    none = Query([])
    assert none.get(pair) == ()
    assert none.faults == [("pair", "pair is missing")]


def test_a_parameter_that_may_stand_once_is_its_default_without_it() -> None:
    query = read_query(asked(""), [A, B])

    assert query.get(A) is None
    assert query.get(B) == 7
    assert query.faults == []


def test_what_is_required_is_missed() -> None:
    query = Query([])

    assert query.get(C) is None
    assert query.faults == [("c", "c is missing")]


def test_percent_encoding_is_undone() -> None:
    query = read_query(asked("rescale=0%2C1"), [RESCALE])

    assert query.pairs == (("rescale", "0,1"),)


def test_every_fault_is_gathered() -> None:
    query = read_query(asked("a=x&b=1&b=2&zz=1&zz=2"), [A, B])
    query.get(A)
    query.get(B)

    with pytest.raises(InvalidError, match="3 parameters are not valid") as caught:
        query.check()

    assert caught.value.faults == (
        ("zz", "parameter 'zz' is not one of a, b"),
        ("a", "a 'x' is not a whole number from 0 to 9"),
        ("b", "b is given more than once"),
    )


def test_a_fault_quotes_no_more_than_fits_a_line() -> None:
    query = read_query(asked(f"{'n' * 5000}=1&a={'v' * 5000}"), [A])
    query.get(A)

    assert all(len(name) + len(detail) < 250 for name, detail in query.faults)


def test_what_has_no_effect_is_refused_unless_it_asks_for_its_default() -> None:
    query = Query([("a", "0"), ("b", "7"), ("p", "50")])

    query.refuse_unused((A, B, C, PERCENTILES), "needs c")

    assert query.faults == [("a", "a needs c"), ("p", "p needs c")]
    faulty = Query([("b", "x"), ("b", "7")])
    faulty.refuse_unused((B,), "needs c")
    assert faulty.faults == [("b", "b needs c")]


def test_the_order_of_names_means_nothing_that_of_values_does() -> None:
    one = Query([("b", "1"), ("a", "2"), ("b", "0")])
    same = Query([("a", "2"), ("b", "1"), ("b", "0")])
    other = Query([("a", "2"), ("b", "0"), ("b", "1")])

    assert one.canonical() == same.canonical() != other.canonical()
    assert one.only((B,)) == [("b", "1"), ("b", "0")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,0",
        "0,1,2",
        "0 1",
        "[0,1",
        "[0,1,2]",
        "[]",
        "[[]]",
        "[[0,1],2]",
        "[true,2]",
        '["0","1"]',
        "[NaN,1]",
        "[0,Infinity]",
        "nan,1",
        "AUTO",
        "[" * 5000,
        "[0," + "1" * 400 + "]",
        "[0," + "1" * 5000 + "]",
    ],
)
def test_what_is_no_range_is_refused(text: str):
    query = Query((("rescale", text),))

    assert query.get(RESCALE) == ()
    assert [name for name, _ in query.faults] == ["rescale"]
