"""What the server says of itself once it answers, and the browser that it opens."""

from __future__ import annotations

import http.client
import json
import webbrowser
from contextlib import closing
from typing import TYPE_CHECKING, Any

from raster_core.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence

# Seconds that a catalogue may take to be fetched and read.
_PATIENCE = 60.0

# Datasets whose tiles are listed.
_LISTED = 5

# Browsers that would take the server's terminal.
_IN_TERMINALS = frozenset({"www-browser", "links", "elinks", "lynx", "w3m"})

_WELCOME = """
Rasterlet is at {url}

{tiles}
  For QGIS:     Layer > Add Layer > Add WMS/WMTS Layer > New, with the URL
                {url}/wmts
  Every route:  {url}/docs

Ctrl-C stops it.
"""


def read_datasets(address: tuple[str, int], location: str) -> list[dict[str, Any]]:
    """What a server that runs has to serve, as it lists it.

    Args:
        address: Host and port.
        location: The catalogue, for the message.

    Raises:
        SourceError: If it cannot read its catalogue.
    """
    status, body = _get(address, "/datasets")
    if status == http.client.FORBIDDEN:  # only through a CDN, which this is not
        return []
    if status != http.client.OK:
        raise SourceError(f"'{location}' cannot be served: {_reason(status, body)}")
    features: list[dict[str, Any]] = json.loads(body)["features"]
    return features


def format_welcome(url: str, datasets: Sequence[dict[str, Any]]) -> str:
    """Where the page, the tiles and the routes are.

    Args:
        url: Of the server.
        datasets: As ``read_datasets`` returns them.
    """
    lines = [
        f"  {dataset['id']}\n      {link['href']}\n"
        for dataset in datasets[:_LISTED]
        for link in dataset["links"]
        if link["rel"] == "tiles"
    ]
    if len(datasets) > _LISTED:
        lines.append(f"  and {len(datasets) - _LISTED} more:  {url}/datasets\n")
    if not datasets:
        lines.append(f"  No dataset yet:  {url}/datasets\n")
    return _WELCOME.format(url=url, tiles="".join(lines))


def open_page(url: str) -> None:
    """Open the page in the user's browser, if there is one with windows."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    if getattr(browser, "name", "") not in _IN_TERMINALS:
        browser.open(f"{url}/")


def _get(address: tuple[str, int], path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(*address, timeout=_PATIENCE)
    with closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()


def _reason(status: int, body: bytes) -> str:
    try:
        detail = str(json.loads(body)["detail"])
    except (ValueError, LookupError, TypeError):
        return f"the server answers with status {status}"
    return f"{detail[:1].lower()}{detail[1:]}"
