from __future__ import annotations

import socket
from contextlib import closing

import pytest

from raster_core.errors import RequestError
from rasterlet.server import listening
from rasterlet.server.listening import format_url, listen, reachable_address


def test_without_a_port_the_next_free_one_is_taken(monkeypatch: pytest.MonkeyPatch):
    with closing(listen("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setattr(listening, "FIRST_PORT", taken)

        with closing(listen("127.0.0.1", None)) as found:
            assert taken < found.getsockname()[1] < taken + 100


def test_a_port_that_is_named_must_be_free():
    with closing(listen("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(RequestError, match=f"Port {port} of 127.0.0.1 is in use"):
            listen("127.0.0.1", port)


def test_two_servers_never_share_a_port():
    """What is bound but does not listen yet could be taken by another one."""
    with closing(listen("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]
        with closing(socket.create_connection(("127.0.0.1", port), timeout=5)):
            pass


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_a_host_elsewhere_is_refused(host: str):
    with pytest.raises(RequestError, match=f"'{host}' is not an address of this"):
        listen(host, 0)


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:8000"), ("::1", "http://[::1]:8000")],
)
def test_urls_of_both_families(host: str, url: str):
    assert format_url(host, 8000) == url


def test_all_addresses_are_reached_by_one_of_them():
    with closing(listen("0.0.0.0", 0)) as everywhere:  # noqa: S104
        assert reachable_address(everywhere)[0] == "127.0.0.1"
