"""Values to palette indices and bytes, by tables of all values of their type."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.native.images.calls import address, check_types, find_kernel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    type Small = NDArray[np.uint8 | np.uint16]
    type Bytes = NDArray[np.uint8]


def look_up(values: Small, mask: NDArray[np.bool_], table: Bytes) -> Bytes:
    """The table's entry of each value, 0 where the mask is False.

    Args:
        values: uint8 or uint16 of any shape, contiguous.
        mask: Of the same shape, contiguous.
        table: uint8 (256,) or (65536,): one entry for each value of the type.

    Raises:
        ValueError: If shapes do not fit.
    """
    check_types("?", mask)
    _check_tables(values, (table,))
    if values.shape != mask.shape:
        raise ValueError(f"Values {values.shape} have a mask of {mask.shape}")
    kernel = find_kernel(f"look_up_{8 * values.itemsize}", "ppnpp")
    if kernel is None:
        return look_up_reference(values, mask, table)
    found = np.empty(values.shape, np.uint8)
    kernel(
        *(address(values), address(mask), values.size),
        *(address(table), address(found)),
    )
    return found


def look_up_reference(values: Small, mask: NDArray[np.bool_], table: Bytes) -> Bytes:
    """``look_up`` with numpy."""
    return table.take(values) * mask


def compose(planes: Small, tables: Sequence[Bytes | None], channels: int) -> Bytes:
    """Three planes as the first three channels of pixels.

    Args:
        planes: uint8 or uint16 (3, …), contiguous.
        tables: One per plane as in ``look_up``; None for bytes that stay as they are.
        channels: 3 or 4; a fourth is 255.

    Returns:
        uint8 (…, channels).

    Raises:
        ValueError: If tables do not fit, or there are not three planes.
    """
    if not len(planes) == len(tables) == 3:
        raise ValueError(f"{len(planes)} planes of {len(tables)} tables are not three")
    _check_tables(planes, tables)
    fill = find_kernel(f"fill_channel_{8 * planes.itemsize}", "pnpnnp")
    interleave = find_kernel("interleave", "pnp")
    if fill is None or interleave is None:
        return compose_reference(planes, tables, channels)
    pixels = np.empty((*planes.shape[1:], channels), np.uint8)
    size = planes[0].size
    if channels == 3 and all(table is None for table in tables):
        interleave(address(planes), size, address(pixels))
        return pixels
    for channel, (plane, table) in enumerate(zip(planes, tables, strict=True)):
        known = _SAME if table is None else table
        fill(
            *(address(plane), size, address(known)),
            *(channel, channels, address(pixels)),
        )
    pixels[..., 3:] = 255
    return pixels


def compose_reference(
    planes: Small, tables: Sequence[Bytes | None], channels: int
) -> Bytes:
    """``compose`` with numpy."""
    pixels = np.empty((*planes.shape[1:], channels), np.uint8)
    for channel, (plane, table) in enumerate(zip(planes, tables, strict=True)):
        pixels[..., channel] = plane if table is None else table.take(plane)
    pixels[..., 3:] = 255
    return pixels


def mark_used(values: Bytes) -> NDArray[np.bool_]:
    """Which bytes there are, (256,).

    Args:
        values: uint8 of any shape, contiguous.
    """
    check_types("B", values)
    kernel = find_kernel("mark_used", "pnp")
    if kernel is None:
        return mark_used_reference(values)
    used = np.zeros(256, bool)
    kernel(address(values), values.size, address(used))
    return used


def mark_used_reference(values: Bytes) -> NDArray[np.bool_]:
    """``mark_used`` with numpy."""
    flat = values.ravel()
    # Classes come in runs: counting the last pixel of each is enough.
    ends = np.append(flat[:-1][flat[1:] != flat[:-1]], flat[-1:])
    return np.bincount(ends, minlength=256) > 0


def _check_tables(values: Small, tables: Sequence[Bytes | None]) -> None:
    check_types("BH", values)
    size = 2 ** (8 * values.itemsize)
    for table in tables:
        if table is None and values.itemsize > 1:
            raise ValueError(f"Values of {values.dtype} need a table")
        if table is not None and (table.size != size or table.dtype != np.uint8):
            raise ValueError(f"A table of {table.size} has not {size} entries")


_SAME = np.arange(256, dtype=np.uint8)
