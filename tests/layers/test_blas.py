"""The matrix products of the layers beside those of OpenBLAS, called as numpy does."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("elftools", reason="make test-layers installs it")

from layers.blas import BLAS_SOURCE
from layers.compiler import Compiler

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.layers

ROW_MAJOR, COLUMN_MAJOR = 101, 102
FORMS = (111, 112, 113)
TRIANGLES = (121, 122)
TYPES = {"s": np.float32, "d": np.float64, "c": np.complex64, "z": np.complex128}
Int = ctypes.c_int64


@dataclass(frozen=True, slots=True)
class Library:
    """A BLAS with numpy's names."""

    loaded: ctypes.CDLL

    def call(self, letter: str, name: str, *arguments: object) -> None:
        """Call with numbers as they are, arrays and scalars of the type as given."""
        function = getattr(self.loaded, f"scipy_cblas_{letter}{name}64_")
        function.restype = None
        function(*(_pass(argument, letter) for argument in arguments))


@dataclass(frozen=True, slots=True)
class Scalar:
    """Real ones go by value, complex ones by address."""

    value: complex


@dataclass(frozen=True, slots=True)
class Enum:
    value: int


@dataclass(frozen=True, slots=True)
class Libraries:
    ours: Library
    theirs: Library

    def compare(self, letter: str, name: str, arguments: Arguments) -> None:
        """Both write the same into the last array of the arguments."""
        results = []
        for library in (self.ours, self.theirs):
            given, result = arguments()
            library.call(letter, name, *given)
            results.append(result)
        scale = 1 + np.abs(results[1]).max(initial=0)
        precision = 2e-5 if letter in "sc" else 1e-12
        np.testing.assert_allclose(*results, rtol=0, atol=precision * scale)


if TYPE_CHECKING:
    type Arguments = Callable[[], tuple[tuple[object, ...], np.ndarray]]


def _pass(argument: object, letter: str) -> object:
    match argument:
        case np.ndarray():
            return ctypes.c_void_p(argument.ctypes.data)
        case Enum(value):
            return ctypes.c_int(value)
        case Scalar(value) if letter == "s":
            return ctypes.c_float(value.real)
        case Scalar(value) if letter == "d":
            return ctypes.c_double(value.real)
        case Scalar(value):
            kept = np.array([value], TYPES[letter])
            _KEPT.append(kept)
            return ctypes.c_void_p(kept.ctypes.data)
        case int():
            return Int(argument)
    raise TypeError(argument)


# Scalars live as long as the calls that have their address.
_KEPT: list[np.ndarray] = []


@pytest.fixture(scope="module")
def blas(tmp_path_factory: pytest.TempPathFactory) -> Libraries:
    path = tmp_path_factory.mktemp("blas") / "libours.so"
    cache = Path("build/layers/zig")
    Compiler("x86_64", "2.28", cache).build(path, [BLAS_SOURCE], soname=path.name)
    (theirs,) = Path(np.__file__).parent.parent.glob("numpy.libs/*openblas*")
    return Libraries(Library(ctypes.CDLL(str(path))), Library(ctypes.CDLL(str(theirs))))


letters = st.sampled_from("sdcz")
orders = st.sampled_from([ROW_MAJOR, COLUMN_MAJOR])
forms = st.sampled_from(FORMS)
sizes = st.integers(0, 9) | st.sampled_from([16, 17, 33, 97, 130])
depths = st.integers(0, 9) | st.sampled_from([17, 257, 300])
strides = st.sampled_from([-3, -2, -1, 1, 2, 3])
factors = st.sampled_from([0.0, 1.0, -1.0, 0.5]).map(Scalar)
seeds = st.integers(0, 2**32 - 1)


def _random(rng: np.random.Generator, letter: str, count: int) -> np.ndarray:
    values = rng.standard_normal(count)
    if letter in "cz":
        values = values + 1j * rng.standard_normal(count)
    return values.astype(TYPES[letter])


def _vector(rng: np.random.Generator, letter: str, length: int, stride: int):
    return _random(rng, letter, max(1, length * abs(stride)))


@settings(max_examples=300, deadline=None)
@given(letters, orders, forms, forms, st.tuples(sizes, sizes, depths), st.data())
def test_products_of_matrices_are_those_of_openblas(
    blas: Libraries, letter, order, form_a, form_b, shape, data
):
    rows, cols, depth = shape
    alpha, beta = data.draw(factors), data.draw(factors)
    seed, slack = data.draw(seeds), data.draw(st.integers(0, 3))
    shapes = [(rows, depth, form_a), (depth, cols, form_b), (rows, cols, 111)]
    leads = [slack + max(1, _leading(order, *shape)) for shape in shapes]
    lengths = [
        lead * max(1, _lines(order, *shape))
        for lead, shape in zip(leads, shapes, strict=True)
    ]

    def arguments():
        rng = np.random.default_rng(seed)
        a, b, c = (_random(rng, letter, length) for length in lengths)
        given = (
            *(Enum(order), Enum(form_a), Enum(form_b), rows, cols, depth),
            *(alpha, a, leads[0], b, leads[1], beta, c, leads[2]),
        )
        return given, c

    blas.compare(letter, "gemm", arguments)


def _leading(order: int, rows: int, cols: int, form: int) -> int:
    """The length of a stored line of a matrix whose form has the given shape."""
    return cols if (order == ROW_MAJOR) == (form == 111) else rows


def _lines(order: int, rows: int, cols: int, form: int) -> int:
    return rows if (order == ROW_MAJOR) == (form == 111) else cols


@settings(max_examples=200, deadline=None)
@given(letters, orders, st.sampled_from(TRIANGLES), sizes, depths, st.data())
def test_triangles_of_a_matrix_and_itself_are_those_of_openblas(
    blas: Libraries, letter, order, triangle, size, depth, data
):
    alpha, beta = data.draw(factors), data.draw(factors)
    form, seed = data.draw(st.sampled_from([111, 112])), data.draw(seeds)
    lead = max(1, _leading(order, size, depth, form))

    def arguments():
        rng = np.random.default_rng(seed)
        a = _random(rng, letter, lead * max(1, _lines(order, size, depth, form)))
        c = _random(rng, letter, max(1, size * size))
        given = (
            *(Enum(order), Enum(triangle), Enum(form), size, depth),
            *(alpha, a, lead, beta, c, max(1, size)),
        )
        return given, c

    blas.compare(letter, "syrk", arguments)


@settings(max_examples=300, deadline=None)
@given(letters, orders, forms, sizes, sizes, st.data())
def test_products_with_a_vector_are_those_of_openblas(
    blas: Libraries, letter, order, form, rows, cols, data
):
    alpha, beta = data.draw(factors), data.draw(factors)
    incx, incy, seed = data.draw(strides), data.draw(strides), data.draw(seeds)
    inputs, outputs = (cols, rows) if form == 111 else (rows, cols)
    lead = max(1, cols if order == ROW_MAJOR else rows)

    def arguments():
        rng = np.random.default_rng(seed)
        a = _random(rng, letter, max(1, rows * cols))
        x = _vector(rng, letter, inputs, incx)
        y = _vector(rng, letter, outputs, incy)
        given = (
            *(Enum(order), Enum(form), rows, cols, alpha, a, lead),
            *(x, incx, beta, y, incy),
        )
        return given, y

    blas.compare(letter, "gemv", arguments)


@settings(max_examples=200, deadline=None)
@given(letters, sizes, strides, strides, factors, seeds)
def test_multiples_are_added_as_openblas_does(
    blas: Libraries, letter, count, incx, incy, alpha, seed
):
    def arguments():
        rng = np.random.default_rng(seed)
        x, y = (_vector(rng, letter, count, step) for step in (incx, incy))
        return (count, alpha, x, incx, y, incy), y

    blas.compare(letter, "axpy", arguments)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from("cz"), st.sampled_from("uc"), sizes, strides, strides, seeds)
def test_complex_sums_of_products_are_those_of_openblas(
    blas: Libraries, letter, kind, count, incx, incy, seed
):
    def arguments():
        rng = np.random.default_rng(seed)
        x, y = (_vector(rng, letter, count, step) for step in (incx, incy))
        result = np.zeros(1, TYPES[letter])
        return (count, x, incx, y, incy, result), result

    blas.compare(letter, f"dot{kind}_sub", arguments)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from("sd"), sizes, strides, strides, seeds)
def test_sums_of_products_are_those_of_openblas(
    blas: Libraries, letter, count, incx, incy, seed
):
    rng = np.random.default_rng(seed)
    x, y = (_vector(rng, letter, count, step) for step in (incx, incy))
    found = []
    for library in (blas.ours, blas.theirs):
        function = getattr(library.loaded, f"scipy_cblas_{letter}dot64_")
        function.restype = {"s": ctypes.c_float, "d": ctypes.c_double}[letter]
        found.append(function(Int(count), x.ctypes, Int(incx), y.ctypes, Int(incy)))

    assert found[0] == pytest.approx(found[1], abs=1e-4 if letter == "s" else 1e-12)


def test_nothing_is_read_of_a_result_that_is_overwritten(blas: Libraries):
    a, b, c = np.eye(2), np.array([[1.0, 2.0], [3.0, 4.0]]), np.full((2, 2), np.nan)

    blas.ours.call(
        *("d", "gemm", Enum(ROW_MAJOR), Enum(111), Enum(111), 2, 2, 2),
        *(Scalar(1), a, 2, b, 2, Scalar(0), c, 2),
    )

    assert c.tolist() == [[1, 2], [3, 4]]
