"""Ranges of files in stores: the same bytes, few requests, and stores that fail."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto.server import ThreadedMotoServer

from raster_core.errors import SourceError, StoreError
from raster_core.sources.ranges import opening
from raster_core.sources.ranges.asking import find_way
from raster_core.sources.ranges.kept import KEPT, KeptRanges
from raster_core.sources.ranges.opening import open_ranges, tell_ranges
from raster_core.sources.ranges.protocol import RefusedError
from raster_core.sources.ranges.remote import TRIES
from testing.rangeserver import Fault, RangeServer, etag_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raster_core.sources.ranges.protocol import Ranges

SIZE = 3_000_000
CONTENT = bytes(range(251)) * (SIZE // 251)

NAME = "a.bin"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RangeServer]:
    folder = tmp_path_factory.mktemp("served")
    (folder / NAME).write_bytes(CONTENT)
    (folder / "bucket").mkdir()
    (folder / "bucket" / "a b.bin").write_bytes(CONTENT)
    with RangeServer(folder) as server:
        yield server


@pytest.fixture(autouse=True)
def store(
    served: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RangeServer]:
    monkeypatch.setattr(opening, "_told", [])
    monkeypatch.setattr("raster_core.sources.ranges.remote.DELAY", 0.001)
    tell_ranges({})
    served.take_requests()
    yield served
    served.faults.clear()


def opened(store: RangeServer, etag: str | None = None) -> Ranges:
    found = open_ranges(store.url(NAME), etag)
    assert found is not None
    return found


ranges_of_content = st.lists(
    st.integers(0, SIZE // 2).flatmap(
        lambda offset: st.tuples(st.just(offset), st.integers(0, SIZE // 3))
    ),
    max_size=4,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ranges=ranges_of_content)
def test_any_ranges_are_the_bytes_of_the_file(
    store: RangeServer, ranges: list[tuple[int, int]]
) -> None:
    parts = opened(store, etag_of(CONTENT)).read(ranges)

    assert [bytes(part) for part in parts] == [
        CONTENT[start : start + length] for start, length in ranges
    ]


def test_neighbours_are_one_request_and_all_others_are_made_at_once(
    store: RangeServer,
) -> None:
    store.faults[NAME] = Fault(delay=0.1)
    far = [(0, 1000), (1000, 500), (1_000_000, 10), (2_000_000, 10)]

    opened(store).read(far)

    requests = store.take_requests()
    assert sorted(request.range or (0, 0) for request in requests) == [
        (0, 1499),
        (1_000_000, 1_000_009),
        (2_000_000, 2_000_009),
    ]
    assert len({request.connection for request in requests}) == 3


def test_connections_are_kept_whichever_thread_had_them(store: RangeServer) -> None:
    ranges = opened(store)

    for start in range(0, 5_000, 1_000):
        thread = threading.Thread(target=ranges.read, args=([(start, 10)],))
        thread.start()
        thread.join()

    assert len({request.connection for request in store.take_requests()}) == 1


def test_many_threads_read_at_once(store: RangeServer) -> None:
    ranges = opened(store, etag_of(CONTENT))
    wanted = [(start, 5_000) for start in range(0, SIZE - 5_000, 100_000)]

    with ThreadPoolExecutor(12) as readers:
        parts = list(readers.map(lambda one: ranges.read([one])[0], wanted))

    assert [bytes(part) for part in parts] == [
        CONTENT[start : start + length] for start, length in wanted
    ]


def test_what_was_read_a_moment_ago_is_not_requested_again(store: RangeServer) -> None:
    ranges = opened(store)
    ranges.read([(0, 100), (1_000_000, 100)])
    store.take_requests()

    parts = ranges.read([(1_000_000, 100), (500, 10), (0, 100)])

    assert bytes(parts[2]) == CONTENT[:100]
    assert [request.range for request in store.take_requests()] == [(500, 509)]


def test_bytes_that_are_kept_are_bounded_and_forgotten() -> None:
    kept, block = KeptRanges(), bytes(2**20)
    for number in range(40):
        kept.keep({(number * 2**20, 2**20): block})
    all_of_them = [(number * 2**20, 2**20) for number in range(40)]

    assert len(kept.find(all_of_them)) == KEPT // 2**20
    assert (39 * 2**20, 2**20) in kept.find(all_of_them)
    kept.close()
    assert kept.find(all_of_them) == {}


def test_large_reads_are_not_kept() -> None:
    kept = KeptRanges()
    kept.keep({(0, 2**23): bytes(2**23)})

    assert kept.find([(0, 2**23)]) == {}


def test_the_size_is_known_with_the_first_answer(store: RangeServer) -> None:
    ranges = opened(store)
    assert ranges.size is None
    ranges.read([(0, 1)])
    assert ranges.size == len(CONTENT)

    with pytest.raises(SourceError, match="beyond the end"):
        ranges.read([(len(CONTENT) - 5, 10)])
    assert len(store.take_requests()) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_throttled_store_is_asked_again(store: RangeServer, status: int) -> None:
    store.faults[NAME] = Fault(status=status, times=TRIES - 1)

    assert bytes(opened(store).read([(7, 5)])[0]) == CONTENT[7:12]
    assert len(store.take_requests()) == TRIES


@pytest.mark.parametrize("fault", [Fault(reset=True), Fault(truncate=100)])
def test_a_broken_connection_is_tried_again(store: RangeServer, fault: Fault) -> None:
    store.faults[NAME] = Fault(
        reset=fault.reset, truncate=fault.truncate, times=TRIES - 1
    )

    assert bytes(opened(store).read([(7, 500)])[0]) == CONTENT[7:507]


@pytest.mark.parametrize(
    "fault", [Fault(status=503), Fault(reset=True), Fault(truncate=100)]
)
def test_a_store_that_keeps_failing_is_given_up(
    store: RangeServer, fault: Fault
) -> None:
    store.faults[NAME] = fault

    with pytest.raises(StoreError) as caught:
        opened(store).read([(7, 500)])

    assert not isinstance(caught.value, RefusedError)
    assert caught.value.href == store.url(NAME)
    assert caught.value.opened is not None


def test_a_file_that_was_replaced_is_not_mixed_with_the_old(
    store: RangeServer,
) -> None:
    ranges = opened(store, '"another"')

    with pytest.raises(StoreError) as caught:
        ranges.read([(0, 10)])

    assert not isinstance(caught.value, RefusedError)
    assert [request.status for request in store.take_requests()] == [412]


@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404])
def test_what_gdal_may_know_how_to_ask_is_left_to_it(
    store: RangeServer, status: int
) -> None:
    store.faults[NAME] = Fault(status=status)

    with pytest.raises(RefusedError):
        opened(store).read([(0, 10)])
    assert len(store.take_requests()) == 1


def test_a_file_that_ends_before_an_index_says_is_damaged(store: RangeServer) -> None:
    with pytest.raises(StoreError):
        opened(store).read([(len(CONTENT) - 5, 10)])


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTPS_PROXY": "http://proxy"},
        {"https_proxy": "http://proxy"},
        {"GDAL_HTTP_HEADERS": "Authorization: x"},
        {"CPL_VSIL_CURL_CHUNK_SIZE": "1"},
        {"GDAL_PROXY_AUTH": "x"},
    ],
)
def test_settings_that_only_gdal_follows_leave_files_to_it(
    environ: dict[str, str],
) -> None:
    assert find_way("https://example.com/a.tif", environ) is None


@pytest.mark.parametrize(
    "href",
    [
        "https://user:word@example.com/a.tif",
        "https://example.com/a.tif#part",
        "https://example.com/a b.tif",
        "https:///a.tif",
        "ftp://example.com/a.tif",
    ],
)
def test_urls_that_are_not_plain_are_left_to_gdal(href: str) -> None:
    assert find_way(href, {}) is None


def test_nothing_is_asked_before_the_environment_is_told(
    store: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_told", [])

    assert open_ranges(store.url(NAME)) is None


def test_profiles_are_left_to_gdal() -> None:
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "c"}

    assert find_way("s3://bucket/key", {}) is None
    assert find_way("s3://bucket/key", {**keys, "AWS_PROFILE": "mine"}) is None
    assert find_way("s3://bucket/key", {**keys, "AWS_S3_ENDPOINT": "x"}) is None
    assert find_way("s3://bucket/key", keys) is not None


def test_a_transfer_that_the_reader_pays_for_is_signed_as_one() -> None:
    tell = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "c"}
    way = find_way("s3://bucket/key", {**tell, "AWS_REQUEST_PAYER": "requester"})
    assert way is not None

    from datetime import UTC, datetime  # noqa: PLC0415

    headers = way.headers(datetime(2026, 1, 1, tzinfo=UTC))

    assert headers["x-amz-request-payer"] == "requester"
    assert ";x-amz-request-payer" in headers["authorization"]


def test_objects_of_s3_are_read_with_their_etag() -> None:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        environ = {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
        }
        client = boto3.client(
            "s3",
            endpoint_url=environ["AWS_ENDPOINT_URL"],
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",  # noqa: S106  nobody's
        )
        client.create_bucket(Bucket="bucket")
        tag = client.put_object(Bucket="bucket", Key="a b.bin", Body=CONTENT)["ETag"]
        tell_ranges(environ)
        good = open_ranges("s3://bucket/a b.bin", tag)
        assert good is not None

        assert bytes(good.read([(1_000, 30)])[0]) == CONTENT[1_000:1_030]
        gone = open_ranges("s3://bucket/none.bin")
        assert gone is not None
        with pytest.raises(RefusedError):
            gone.read([(0, 1)])
    finally:
        server.stop()
