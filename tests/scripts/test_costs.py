"""The bill: arithmetic that can be checked by hand, and a page that says the same."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scripts.costs import (
    COLD,
    TRACED,
    Prices,
    Request,
    month_table,
    price_delivery,
    price_month,
    price_request,
    read_memory,
    read_requests,
    tile_table,
    times,
    total,
    write_page,
)
from tests.conftest import ROOT
from tests.deploy.short_tags import Loader

LISTED = json.loads((ROOT / "deploy" / "prices.json").read_text())
ARM = Prices(LISTED, "arm64")
X86 = Prices(LISTED, "x86_64")

SECOND = Request(
    words="a second",
    seconds=1.0,
    start_seconds=0.0,
    gigabytes=2.0,
    gets=3.0,
    answer_bytes=1e9,
    log_bytes=1000.0,
)


def test_a_bill_that_can_be_added_up_by_hand():
    bill = times(price_request(SECOND, ARM), 1e6)

    assert bill["function, time"] == pytest.approx(2 * 13.3334)
    assert bill["function, calls"] == pytest.approx(0.2)
    assert bill["gateway"] == pytest.approx(1.0)
    assert bill["requests to S3"] == pytest.approx(1.2)
    assert bill["logs"] == pytest.approx(0.5)
    assert bill["traces"] == pytest.approx(TRACED * 5)


def test_a_gigabyte_is_delivered_for_its_price():
    bill = price_delivery(SECOND, ARM)

    assert bill["CloudFront, transfer"] == pytest.approx(0.085)
    assert bill["CloudFront, requests"] == pytest.approx(1.1e-6)


def test_arm64_is_a_fifth_cheaper_by_the_second():
    arm, x86 = (price_request(SECOND, p)["function, time"] for p in (ARM, X86))

    assert arm / x86 == pytest.approx(0.8, abs=0.001)


def test_cold_starts_are_billed_by_their_share():
    cold = replace(SECOND, start_seconds=1.0)

    more = price_request(cold, ARM)["function, time"]

    assert more == pytest.approx(
        (1 + COLD) * price_request(SECOND, ARM)["function, time"]
    )


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_bills_add_up(first: int, second: int):
    bill = price_request(SECOND, ARM)

    assert total(times(bill, first)) + total(times(bill, second)) == pytest.approx(
        total(times(bill, first + second))
    )


def test_memory_is_that_of_the_functions():
    text = (ROOT / "serverless.yml").read_text()
    stack = yaml.load(text, Loader)  # noqa: S506  safe

    assert read_memory(text) == {
        name: function["memorySize"] / 1024
        for name, function in stack["functions"].items()
    }


def test_every_kind_that_was_measured_is_priced():
    document = json.loads((ROOT / "deploy" / "measured.json").read_text())

    requests = read_requests(
        document, read_memory((ROOT / "serverless.yml").read_text())
    )

    assert set(requests) == {"tile", "zone", "region"}
    for request in requests.values():
        assert 0 < total(price_request(request, ARM)) < 0.001


def test_tables_have_their_sums():
    lines = tile_table(SECOND, ARM).splitlines()
    cells = [[c.strip() for c in line.strip("|").split("|")] for line in lines[2:]]

    for column in (1, 2, 3):
        *parts, whole = (float(row[column]) for row in cells)
        assert sum(parts) == pytest.approx(whole, abs=0.005 * len(parts))


def test_a_month_without_requests():
    bill = price_month(ARM, 2.0, 10)

    assert bill["alarms, 10 metrics"] == pytest.approx(1.0)
    assert bill["100 GB of rasters"] == pytest.approx(2.3)
    # 2 GB, 2,592,000 seconds; and 2 GB restored a thousand times.
    (snapshots,) = (bill[name] for name in bill if name.startswith("snapshots"))
    assert snapshots == pytest.approx(7.8 + 0.28, abs=0.01)
    assert month_table(bill).count("\n") == 1 + len(bill)


def test_prices_say_of_when_and_where_they_are():
    assert LISTED["date"].startswith("20")
    assert LISTED["region"]


def test_the_page_has_what_the_script_prints():
    """``python scripts/costs.py`` prints what belongs there."""
    page = (ROOT / "docs" / "operations.md").read_text()

    assert write_page("arm64") in page
