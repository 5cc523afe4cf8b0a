"""What a catalogue or a request says of a band, whose file says the rest.

Members may be unknown: None differs from a neutral value, which overrules the file like
any other. ``StatedBand.complete`` makes the ``BandInfo`` of an open layer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from raster_core.bands import BandInfo, RasterClass
from raster_core.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ASSUMED_TYPE = "float32"
"""The type of a band for which none is stated, until its file is opened."""

# The largest float32 times this, squared, times all pixels of a raster is a double.
MAX_SCALING = 1e100

# Complete "scale 0 is not …"; of a scale, its size counts.
SCALE_RULE = f"between {1 / MAX_SCALING:g} and {MAX_SCALING:g}"
OFFSET_RULE = f"between {-MAX_SCALING:g} and {MAX_SCALING:g}"


@dataclass(frozen=True, slots=True)
class StatedBand:
    """A band as described without opening the file."""

    index: int
    """1-based: in the file, or in the dataset that it is a band of."""
    name: str
    dtype: str | None = None
    """A numpy type name. The file's own type always counts."""
    nodata: float | None = None
    """A stored value that is no data; an ``int`` is exact beyond 2⁵³."""
    nodata_is_asked: bool = False
    """Whether the request chose it: then it hides what the file's mask shows."""
    alpha_is_mask: bool = True
    """Whether the file's alpha band, if it has one, hides pixels; else it is data."""
    unit: str | None = None
    """Empty for a band that has none."""
    scale: float | None = None
    """Goes together with ``offset``: if either is stated, neither is the file's."""
    offset: float | None = None
    minimum: float | None = None
    """Stored statistics, physical."""
    maximum: float | None = None
    percentile_2: float | None = None
    percentile_98: float | None = None
    classes: tuple[RasterClass, ...] = ()
    """Class names by stored value; empty for a quantity."""

    def complete(self, stored: BandInfo) -> BandInfo:
        """The band of an open layer.

        Law: a member that is stated is kept, whatever its value, but for the type; any
        other is the file's. If one of scale and offset is stated, the other is neutral.
        Files know neither statistics nor classes.

        Args:
            stored: The band as its file describes it.
        """
        scaling = stored.scale, stored.offset
        if self.scale is not None or self.offset is not None:
            scaling = _first_known(self.scale, 1.0), _first_known(self.offset, 0.0)
        return BandInfo(
            index=self.index,
            name=self.name,
            dtype=stored.dtype,
            nodata=_first_known(self.nodata, stored.nodata),
            nodata_is_asked=self.nodata_is_asked,
            alpha_is_mask=self.alpha_is_mask,
            unit=_first_known(self.unit, stored.unit) or None,
            scale=scaling[0],
            offset=scaling[1],
            minimum=self.minimum,
            maximum=self.maximum,
            percentile_2=self.percentile_2,
            percentile_98=self.percentile_98,
            classes=self.classes,
        )

    def assumed(self) -> BandInfo:
        """The band as it is drawn before its file is opened: the rest is neutral."""
        dtype = ASSUMED_TYPE if self.dtype is None else self.dtype
        return self.complete(BandInfo(self.index, self.name, dtype))

    def without_data(self, nodata: float) -> StatedBand:
        """The band as a request wants it, which says what stored value is no data."""
        return replace(self, nodata=nodata, nodata_is_asked=True)


def state_band(band: BandInfo) -> StatedBand:
    """All that is known of a band, stated. Law: ``state_band(b).complete(b) == b``."""
    return StatedBand(
        **{name: getattr(band, name) for name in BandInfo.__slots__}
        | {"unit": band.unit or ""}
    )


def band_from_json(document: Mapping[str, Any]) -> StatedBand:
    """The band of ``dataclasses.asdict``, also after a way through JSON text."""
    classes = tuple(RasterClass(**entry) for entry in document["classes"])
    return StatedBand(**{**document, "classes": classes})


def is_scale(value: float) -> bool:
    """Whether a scale leaves values numbers, and different ones: 0 does not."""
    return 1 / MAX_SCALING <= abs(value) <= MAX_SCALING  # nor does NaN


def is_offset(value: float) -> bool:
    """Whether an offset leaves values numbers."""
    return abs(value) <= MAX_SCALING


def check_scaling(bands: Iterable[BandInfo]) -> None:
    """Refuse bands whose physical values would be no numbers, or all the same.

    Raises:
        SourceError: If a scale is not ``SCALE_RULE``, or an offset not ``OFFSET_RULE``.
    """
    for band in bands:
        if not is_scale(band.scale):
            fault = f"scale {band.scale:g}, which is not {SCALE_RULE}"
        elif not is_offset(band.offset):
            fault = f"offset {band.offset:g}, which is not {OFFSET_RULE}"
        else:
            continue
        raise SourceError(f"Band {band.index} of the raster has {fault}")


def _first_known[T](stated: T | None, other: T) -> T:
    """The stated value, or another one if it is unknown."""
    return other if stated is None else stated
