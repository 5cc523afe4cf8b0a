"""How an Item wants to be drawn: classes, true colours, or a ramp over band 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from raster_core.documents import Json

_COLORS = ("red", "green", "blue")

# Standard deviations about a band's mean that an image shows.
_STRETCH = 2.0


def describe_render(assets: Mapping[str, Json], colormap_name: str | None) -> Json:
    """The default render of an Item.

    Args:
        assets: As they stand in the Item.
        colormap_name: The colormap for a quantity; None takes viridis.

    Source: STAC render extension v2.
    """
    bands = [
        (key, number, band)
        for key, asset in assets.items()
        for number, band in enumerate(cast("Sequence[Json]", asset["bands"]), start=1)
    ]
    colors = _find_colors(bands)
    if colors and colormap_name is None:
        image: dict[str, object] = {
            "assets": list(dict.fromkeys(key for key, _, _ in colors)),
            "bidx": list(dict.fromkeys(number for _, number, _ in colors)),
            "resampling": "nearest",
        }
        ranges = [_stretch(band) for _, _, band in colors]
        return image | ({"rescale": ranges} if all(ranges) else {})
    key, _, band = bands[0]
    render: dict[str, object] = {"assets": [key], "bidx": [1], "resampling": "nearest"}
    if "classification:classes" not in band:
        statistics = band.get("statistics")
        if isinstance(statistics, dict):
            render["rescale"] = [[statistics["minimum"], statistics["maximum"]]]
        render["colormap_name"] = colormap_name or "viridis"
    return render


def _find_colors(
    bands: Sequence[tuple[str, int, Json]],
) -> list[tuple[str, int, Json]] | None:
    """The red, green and blue band, all in one file or each in one of its own."""
    by_name = {band.get("eo:common_name"): (key, n, band) for key, n, band in bands}
    if not all(name in by_name for name in _COLORS):
        return None
    found = [by_name[name] for name in _COLORS]
    keys = {key for key, _, _ in found}
    alone = all(number == 1 for _, number, _ in found) and len(keys) == len(found)
    return found if alone or len(keys) == 1 else None


def _stretch(band: Json) -> list[float] | None:
    """The physical values that are dark and bright; None if drawing must sample."""
    statistics = band.get("statistics")
    if band["data_type"] == "uint8":
        return [0.0, 255.0]
    if not isinstance(statistics, dict):
        return None
    mean, spread = statistics["mean"], _STRETCH * statistics["stddev"]
    low = max(statistics["minimum"], mean - spread)
    high = min(statistics["maximum"], mean + spread)
    return [round(low, 6), round(high, 6)]
