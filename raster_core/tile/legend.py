"""What the colours of a tile mean, as a document and as a picture."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from raster_core.tile.colormap import ClassColors, Ramp, ramp_colors

if TYPE_CHECKING:
    from raster_core.grid import BandInfo
    from raster_core.tile.colormap import Rendering

_SWATCH = 14
_LINE = 20
_MARGIN = 10
_FONT_SIZE = 12
_RAMP_WIDTH = 255
_INK = "#222222"


def describe_legend(
    title: str, band: BandInfo, rendering: Rendering
) -> dict[str, object]:
    """The legend as JSON: ``classes`` with their entries, or ``continuous``."""
    if isinstance(rendering, ClassColors):
        return {"type": "classes", "title": title, "entries": _entries(band, rendering)}
    return {
        "type": "continuous",
        "title": title,
        "unit": band.unit,
        "min": rendering.minimum,
        "max": rendering.maximum,
        "colors": [
            f"#{red:02x}{green:02x}{blue:02x}"
            for red, green, blue in ramp_colors(rendering.colormap_name)
        ],
    }


def draw_legend(title: str, band: BandInfo, rendering: Rendering) -> bytes:
    """The legend as a PNG on white, as wide as its longest line."""
    if isinstance(rendering, ClassColors):
        image = _draw_classes(title, band, rendering)
    else:
        image = _draw_ramp(title, band, rendering)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _entries(band: BandInfo, rendering: ClassColors) -> list[dict[str, object]]:
    names = {entry.value: entry.name for entry in band.classes}
    return [
        {"value": value, "label": names[value], "color": color}
        for value, color in zip(rendering.values, rendering.colors, strict=True)
    ]


def _draw_classes(title: str, band: BandInfo, rendering: ClassColors) -> Image.Image:
    entries = _entries(band, rendering)
    labels = [str(entry["label"]) for entry in entries]
    width = max(_text_width(title), _SWATCH + 8 + max(map(_text_width, labels)))
    image, draw = _canvas(width, _LINE * (1 + len(entries)))
    _write(draw, (_MARGIN, _MARGIN), title)
    for line, (entry, label) in enumerate(zip(entries, labels, strict=True), start=1):
        top = _MARGIN + line * _LINE
        box = (_MARGIN, top, _MARGIN + _SWATCH, top + _SWATCH)
        draw.rectangle(box, fill=str(entry["color"]), outline="#999999")
        _write(draw, (_MARGIN + _SWATCH + 8, top), label)
    return image


def _draw_ramp(title: str, band: BandInfo, ramp: Ramp) -> Image.Image:
    unit = f" {band.unit}" if band.unit else ""
    heading, low, high = f"{title}{unit}", f"{ramp.minimum:g}", f"{ramp.maximum:g}"
    width = max(_RAMP_WIDTH, _text_width(heading))
    image, draw = _canvas(width, 3 * _LINE)
    _write(draw, (_MARGIN, _MARGIN), heading)
    top = _MARGIN + _LINE
    for column, color in enumerate(ramp_colors(ramp.colormap_name).tolist()):
        x = _MARGIN + column
        draw.line((x, top, x, top + _SWATCH), fill=tuple(color))
    _write(draw, (_MARGIN, top + _LINE), low)
    right = _MARGIN + _RAMP_WIDTH - _text_width(high)
    _write(draw, (right, top + _LINE), high)
    return image


def _canvas(width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    size = width + 2 * _MARGIN, height + 2 * _MARGIN
    image = Image.new("RGB", size, "white")
    return image, ImageDraw.Draw(image)


def _write(draw: ImageDraw.ImageDraw, place: tuple[int, int], text: str) -> None:
    draw.text(place, text, fill=_INK, font=ImageFont.load_default(_FONT_SIZE))


def _text_width(text: str) -> int:
    return round(ImageFont.load_default(_FONT_SIZE).getlength(text))
