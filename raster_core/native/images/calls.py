"""Kernels as functions of numbers and addresses."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import TYPE_CHECKING

from raster_core.native.library import library

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    type Kernel = Callable[..., int]

_TYPES: dict[str, type[ctypes.c_void_p | ctypes.c_size_t | ctypes.c_double]] = {
    "p": ctypes.c_void_p,
    "n": ctypes.c_size_t,
    "d": ctypes.c_double,
}


def find_kernel(name: str, signature: str) -> Kernel | None:
    """A kernel, which takes Python's own numbers; None without a library.

    Args:
        name: Behind ``rasterlet_``.
        signature: A letter per argument: ``p`` is an address, ``n`` a length, ``d`` a
            double.
    """
    native = library()
    return None if native is None else _typed(native, name, signature)


@cache
def _typed(native: ctypes.CDLL, name: str, signature: str) -> Kernel:
    kernel = native[f"rasterlet_{name}"]
    kernel.argtypes = [_TYPES[letter] for letter in signature]
    return kernel


def check_types(types: str, *arrays: NDArray[np.generic]) -> None:
    """Kernels read what they are given as the types that they have.

    Args:
        types: Characters of numpy's types, in the machine's byte order.
        arrays: Each is of one of them.

    Raises:
        TypeError: If one is of another.
    """
    for array in arrays:
        if array.dtype.char not in types or not array.dtype.isnative:
            raise TypeError(f"An array of {array.dtype} is not of any of {types}")


def address(array: NDArray[np.generic]) -> int:
    """Where an array that must be contiguous begins.

    Raises:
        ValueError: If it is not contiguous.
    """
    if not array.flags.c_contiguous:
        raise ValueError(f"The array of strides {array.strides} is not contiguous")
    return array.ctypes.data
