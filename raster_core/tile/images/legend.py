"""The legend of an image: what its colours mean, as JSON and as an image."""

from __future__ import annotations

import io
import math
from functools import lru_cache
from typing import TYPE_CHECKING

from raster_core.tile.colors.ramps import parse_colors
from raster_core.tile.colors.renderings import ClassColors, Composite, Intervals, Ramp
from raster_core.tile.images.indices import palette

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image, ImageDraw, ImageFont

    from raster_core.bands import BandInfo
    from raster_core.documents import Json
    from raster_core.tile.colors.renderings import Rendering

_SWATCH = 14
_LINE = 20
_MARGIN = 10
_GAP = 8
_FONT_SIZE = 12
_RAMP_WIDTH = 255
_INK = "#222222"

# The most lines of a drawn legend: a column that fits on a screen or two.
MAX_LINES = 100

_CHANNELS = ("red", "green", "blue")


def describe_legend(
    title: str, bands: Sequence[BandInfo], rendering: Rendering
) -> Json:
    """The legend as JSON, whose ``type`` decides on the other members.

    ``classes`` and ``intervals`` have ``entries``; ``continuous`` has a range and
    ``colors``; ``composite`` has ``channels``. An open end of an interval is ``None``.
    """
    band = bands[0]
    match rendering:
        case ClassColors():
            entries = class_entries(band, rendering)
            return {"type": "classes", "title": title, "entries": entries}
        case Intervals():
            return {
                "type": "intervals",
                "title": title,
                "unit": band.unit,
                "entries": interval_entries(rendering),
            }
        case Composite():
            channels = _channels(bands, rendering)
            return {"type": "composite", "title": title, "channels": channels}
        case Ramp():
            return {
                "type": "continuous",
                "title": title,
                "unit": band.unit,
                "min": rendering.minimum,
                "max": rendering.maximum,
                "colors": [
                    f"#{red:02x}{green:02x}{blue:02x}"
                    for red, green, blue, _ in palette(rendering)
                ],
            }


def draw_legend(title: str, bands: Sequence[BandInfo], rendering: Rendering) -> bytes:
    """Draw the legend as a PNG on white, as wide as its longest line.

    If it has more than ``MAX_LINES`` entries, the last line says how many are missing.
    """
    band = bands[0]
    heading = f"{title} ({band.unit})" if band.unit else title
    match rendering:
        case Ramp():
            image = _draw_ramp(heading, rendering)
        case Composite():
            image = _draw_lines(title, _channel_lines(bands, rendering))
        case Intervals():
            image = _draw_lines(heading, _entry_lines(interval_entries(rendering)))
        case ClassColors():
            image = _draw_lines(title, _entry_lines(class_entries(band, rendering)))
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def class_entries(band: BandInfo, rendering: ClassColors) -> list[Json]:
    """The value, label and colour of each class; the default label is the value."""
    names = band.class_names
    return [
        {"value": value, "label": names.get(value, str(value)), "color": color}
        for value, color in zip(rendering.values, rendering.colors, strict=True)
    ]


def interval_entries(rendering: Intervals) -> list[Json]:
    """The ends, label and colour of each interval."""
    return [
        {
            "min": low if math.isfinite(low) else None,
            "max": high if math.isfinite(high) else None,
            "label": _interval_label(low, high),
            "color": color,
        }
        for (low, high), color in zip(rendering.bounds, rendering.colors, strict=True)
    ]


def _interval_label(low: float, high: float) -> str:
    if math.isinf(low) and math.isinf(high):
        return "all values"
    if math.isinf(low):
        return f"below {high:.10g}"
    if math.isinf(high):
        return f"{low:.10g} and above"
    return f"{low:.10g} to {high:.10g}"


def _channels(bands: Sequence[BandInfo], rendering: Composite) -> list[Json]:
    return [
        {"color": color, "band": band.name, "unit": band.unit, "min": low, "max": high}
        for color, band, (low, high) in zip(
            _CHANNELS, bands, rendering.ranges, strict=True
        )
    ]


def _channel_lines(
    bands: Sequence[BandInfo], rendering: Composite
) -> list[tuple[str | None, str]]:
    colors = "#ff0000", "#00ff00", "#0000ff"
    return [
        (color, f"{band.name}: {low:.10g} to {high:.10g}")
        for color, band, (low, high) in zip(
            colors, bands, rendering.ranges, strict=True
        )
    ]


def _entry_lines(entries: Sequence[Json]) -> list[tuple[str | None, str]]:
    return [(str(entry["color"]), str(entry["label"])) for entry in entries]


def _draw_lines(title: str, lines: Sequence[tuple[str | None, str]]) -> Image.Image:
    """Draw a title and one line per colour with its label."""
    if len(lines) > MAX_LINES:
        more = f"and {len(lines) - MAX_LINES + 1:,} more"
        lines = (*lines[: MAX_LINES - 1], (None, more))
    widths = (_SWATCH + _GAP + _text_width(label) for _, label in lines)
    image, draw = _canvas(max((_text_width(title), *widths)), _LINE * (1 + len(lines)))
    _write(draw, (_MARGIN, _MARGIN), title)
    for number, (color, label) in enumerate(lines, start=1):
        top = _MARGIN + number * _LINE
        if color:
            _draw_swatch(draw, (_MARGIN, top), color)
        _write(draw, (_MARGIN + _SWATCH + _GAP, top), label)
    return image


def _draw_swatch(
    draw: ImageDraw.ImageDraw, position: tuple[int, int], color: str
) -> None:
    """Draw a box of a colour, blended into white."""
    *parts, alpha = parse_colors([color])[0].tolist()
    fill = tuple((part * alpha + 255 * (255 - alpha) + 127) // 255 for part in parts)
    left, top = position
    box = (left, top, left + _SWATCH, top + _SWATCH)
    draw.rectangle(box, fill=fill, outline="#999999")


def _draw_ramp(title: str, ramp: Ramp) -> Image.Image:
    low, high = f"{ramp.minimum:g}", f"{ramp.maximum:g}"
    image, draw = _canvas(max(_RAMP_WIDTH, _text_width(title)), 3 * _LINE)
    _write(draw, (_MARGIN, _MARGIN), title)
    top = _MARGIN + _LINE
    for column, color in enumerate(palette(ramp)[:, :3].tolist()):
        x = _MARGIN + column
        draw.line((x, top, x, top + _SWATCH), fill=tuple(color))
    _write(draw, (_MARGIN, top + _LINE), low)
    right = _MARGIN + _RAMP_WIDTH - _text_width(high)
    _write(draw, (right, top + _LINE), high)
    return image


def _canvas(width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    # Loading Pillow takes 30 ms, and most answers of a handler that draws are JSON.
    from PIL import Image, ImageDraw  # noqa: PLC0415

    size = width + 2 * _MARGIN, height + 2 * _MARGIN
    image = Image.new("RGB", size, "white")
    return image, ImageDraw.Draw(image)


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    from PIL import ImageFont  # noqa: PLC0415

    return ImageFont.load_default(_FONT_SIZE)


def _write(draw: ImageDraw.ImageDraw, position: tuple[int, int], text: str) -> None:
    draw.text(position, text, fill=_INK, font=_font())


def _text_width(text: str) -> int:
    return round(_font().getlength(text))
