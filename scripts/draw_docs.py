"""Draw the images of ``docs/tiles.md`` from the sample: ``make pictures``.

The page is the list of them. An image is the answer to the first URL after it, byte for
byte; ``{name}`` in a URL stands for the alternative text of the image. Only the
sheet of colormaps is put together from many answers.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from PIL import Image, ImageDraw, ImageFont

from testing.client import get

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "tiles.md"
FOLDER = PAGE.parent / "images" / "tiles"
SHEET = "colormaps.png"

_PICTURE = re.compile(r"!\[([^\]]*)\]\(images/tiles/([^)]+)\)")

_ADDRESS = re.compile(r"`(/(?:colormaps|datasets|overlay|wmts)\b[^`\n]*)`")

# What a browser leaves as it is, and ``%``, with which the page writes the rest.
_KEPT = "!$&'()*+,-./:;=?@_~%"

FAMILIES = {
    "Perceptual": "viridis plasma inferno magma cividis",
    "Heights and depths": "terrain gist_earth topo deep ocean",
    "One hue": (
        "gray greys binary gist_gray gist_yarg purples blues greens oranges reds bone "
        "pink"
    ),
    "Several hues": (
        "ylorbr ylorrd orrd purd rdpu bupu gnbu pubu ylgnbu pubugn bugn ylgn cubehelix"
    ),
    "Heat": "hot afmhot gist_heat copper wistia",
    "Ocean sciences": (
        "thermal haline solar ice algae matter turbid speed amp tempo rain dense"
    ),
    "Diverging": (
        "rdbu rdylbu rdylgn brbg piyg prgn puor rdgy spectral coolwarm bwr seismic "
        "berlin managua vanimo balance delta curl diff tarn oxy"
    ),
    "Cyclic": "twilight twilight_shifted phase hsv",
    "Steps": (
        "accent dark2 okabe_ito paired pastel1 pastel2 set1 set2 set3 tab10 tab20 "
        "tab20b tab20c"
    ),
    "Many colours": (
        "turbo jet rainbow gist_rainbow gist_ncar nipy_spectral gnuplot gnuplot2 "
        "cmrmap gist_stern brg cool spring summer autumn winter flag prism"
    ),
}
"""All colormaps; the others are these with ``_r``."""

# Columns of the sheet; width of a column, height of a line, width of a ramp in pixels.
COLUMNS, WIDTH, LINE, RAMP = 4, 230, 17, 110


def main() -> int:
    """Write every image and print their total size."""
    os.environ.pop("RASTERLET_CATALOG", None)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, address in pictures():
        body = draw_sheet() if name == SHEET else ask(address)
        (FOLDER / name).write_bytes(body)
    named = {name for name, _ in pictures()}
    for file in FOLDER.iterdir():
        if file.name not in named:
            file.unlink()
    size = sum(file.stat().st_size for file in FOLDER.iterdir())
    print(f"{len(named)} pictures, {size:,} bytes")
    return 0


def pictures() -> Iterator[tuple[str, str]]:
    """Every image's file and URL, as the page has them."""
    text = PAGE.read_text()
    for picture in _PICTURE.finditer(text):
        address = _ADDRESS.search(text, picture.end())
        if address is None:
            raise ValueError(f"{picture[2]} has no address")
        yield picture[2], address[1].replace("{name}", picture[1])


def addresses() -> list[str]:
    """Every URL on the page that a client can request."""
    text = PAGE.read_text()
    plain = {match for match in _ADDRESS.findall(text) if not re.search(r"\{\w", match)}
    return sorted(plain | {address for name, address in pictures() if name != SHEET})


def ask(address: str) -> bytes:
    """The body of the answer to a URL as the page writes it.

    Raises:
        ValueError: If the status is not 200.
    """
    path, _, query = address.partition("?")
    with contextlib.redirect_stdout(io.StringIO()):  # metrics
        answer = get(path, quote(query, safe=_KEPT))
    if answer.status != 200:
        raise ValueError(f"{address}: {answer.status} {answer.body!r}")
    return answer.body


def draw_sheet() -> bytes:
    """All colormaps, one family after the other, as PNG."""
    lines = [
        entry
        for family, names in FAMILIES.items()
        for entry in (("", family), *((name, name) for name in names.split()))
    ]
    height = -(-len(lines) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * WIDTH, height * LINE), "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(12)
    for place, (name, text) in enumerate(lines):
        x, y = place // height * WIDTH, place % height * LINE
        if name:
            ramp = ask(f"/colormaps/{name}.png?width={RAMP}&height={LINE - 3}")
            sheet.paste(Image.open(io.BytesIO(ramp)).convert("RGB"), (x, y + 1))
        left = x + (RAMP + 6 if name else 0)
        draw.text((left, y), text, "black" if name else "#06c", font)
    output = io.BytesIO()
    sheet.save(output, "PNG", optimize=True)
    return output.getvalue()


if __name__ == "__main__":
    sys.exit(main())
