"""Arguments a little, or entirely, unlike those that were recorded."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from numpy.typing import NDArray

_INTEGERS = (0, 1, -1, 7, 255, 2**15, 2**31 - 1, 2**32, 2**63 - 1, 2**64, -(2**63))
_FLOATS = (0.0, -0.0, 1.0, -1.5, 1e-320, 1e308, math.inf, -math.inf, math.nan)


def mutate_call(
    positional: tuple[Any, ...], keyword: Mapping[str, Any], random: Random
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments of which a few are others; arrays are copies in any case."""
    share = random.choice((0.15, 0.5, 1.0))
    return (
        tuple(_maybe(value, random, share) for value in positional),
        {name: _maybe(value, random, share) for name, value in keyword.items()},
    )


def mutate_bytes(data: bytes, random: Random) -> bytes:
    """Bytes with some changed, or cut off, or more of them."""
    changed = bytearray(data)
    kind = random.randrange(8)
    if kind == 0:
        del changed[random.randint(0, len(changed)) :]
    elif kind == 1:
        changed += random.randbytes(random.randint(1, 64))
    elif kind == 2 and changed:
        start = random.randrange(len(changed))
        del changed[start : start + random.randint(1, 16)]
    else:
        for _ in range(random.choice((1, 1, 2, 8, 64))):
            if changed:
                changed[random.randrange(len(changed))] = random.choice(
                    (0, 1, 0x7F, 0x80, 0xFF, random.randrange(256))
                )
    return bytes(changed)


def _maybe(value: Any, random: Random, share: float) -> Any:
    return _mutate(value, random) if random.random() < share else _copy(value)


def _copy(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


def _mutate(value: Any, random: Random) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _mutate_field(value, random)
    found: dict[type, Callable[[Any, Random], Any]] = {
        np.ndarray: _mutate_array,
        bool: lambda value, _: not value,
        int: lambda value, random: random.choice((*_INTEGERS, value + 1, value - 1)),
        float: lambda _, random: random.choice(_FLOATS),
        bytes: mutate_bytes,
        bytearray: lambda value, random: bytearray(mutate_bytes(value, random)),
        tuple: lambda value, random: tuple(_maybe(v, random, 0.5) for v in value),
        list: lambda value, random: [_maybe(v, random, 0.5) for v in value],
    }
    for kind, change in found.items():
        if isinstance(value, kind):
            return change(value, random)
    return value


def _mutate_field(value: Any, random: Random) -> Any:
    """A dataclass, one field of which is another."""
    name = random.choice([field.name for field in dataclasses.fields(value)])
    changed = _mutate(getattr(value, name), random)
    try:
        return dataclasses.replace(value, **{name: changed})
    except (TypeError, ValueError):  # it checks itself
        return value


def _mutate_array(array: NDArray[Any], random: Random) -> NDArray[Any]:
    changes = (_flip, _flip, _extreme, _extreme, _shorten, _shuffle, _retype, _stride)
    changed = random.choice(changes)(array.copy(), random)
    return changed if random.random() < 0.7 else _mutate_array(changed, random)


def _flip(array: NDArray[Any], random: Random) -> NDArray[Any]:
    if array.dtype.hasobject or not array.flags.c_contiguous:
        return array
    data = mutate_bytes(array.tobytes(), random) + bytes(array.nbytes)
    flat = np.frombuffer(bytearray(data[: array.nbytes]), array.dtype)
    return flat.reshape(array.shape)


def _extreme(array: NDArray[Any], random: Random) -> NDArray[Any]:
    values: tuple[float, ...] = _FLOATS
    if array.dtype.kind in "iu":
        info = np.iinfo(array.dtype)
        values = (info.min, info.max, 0, 1, array.size, min(array.size + 1, info.max))
    if array.size and array.dtype.kind in "iufb":
        for _ in range(random.choice((1, 2, 9))):
            with np.errstate(all="ignore"):
                value = np.array(random.choice(values))
                array.flat[random.randrange(array.size)] = value.astype(array.dtype)
    return array


def _shorten(array: NDArray[Any], random: Random) -> NDArray[Any]:
    if array.ndim == 0:
        return array
    axis = random.randrange(array.ndim)
    length = random.choice((0, 1, array.shape[axis] - 1, array.shape[axis] // 2))
    index = [slice(None)] * array.ndim
    index[axis] = slice(max(length, 0))
    return np.ascontiguousarray(array[tuple(index)])


def _shuffle(array: NDArray[Any], random: Random) -> NDArray[Any]:
    if array.ndim:
        order = list(range(array.shape[0]))
        random.shuffle(order)
        array = array[order]
    return np.ascontiguousarray(array)


def _retype(array: NDArray[Any], random: Random) -> NDArray[Any]:
    names = ("u1", "i1", "<u2", ">i2", "i4", "u4", "i8", "u8", "f4", ">f8", "f8", "?")
    with np.errstate(all="ignore"):
        return array.astype(random.choice(names), casting="unsafe")


def _stride(array: NDArray[Any], random: Random) -> NDArray[Any]:
    if array.ndim == 0:
        return array
    view = array[:: random.choice((2, -1))] if random.random() < 0.5 else array.T
    view.flags.writeable = random.random() < 0.8
    return view
