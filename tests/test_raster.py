import hashlib

import numpy as np
from affine import Affine

from raster_core.grid import Grid
from raster_core.raster import digest_versions, empty_array, join_versions

GRID = Grid("EPSG:3857", Affine(10, 0, 0, 0, -10, 0), 3, 2)


def test_an_empty_array_has_no_data_on_all_of_its_grid():
    array = empty_array(GRID, 4, np.uint8)

    assert array.data.shape == array.mask.shape == (4, 2, 3)
    assert array.data.dtype == np.uint8
    assert array.grid == GRID
    assert array.alpha is None
    assert not array.data.any()
    assert not array.mask.any()


def test_empty_arrays_share_no_memory():
    first, second = empty_array(GRID, 1, "int16"), empty_array(GRID, 1, "int16")
    first.data[:] = 1

    assert not second.data.any()


def test_each_version_stands_once_in_the_joined_one():
    assert join_versions(["b", "a", "b"]) == "b a"
    assert join_versions(iter(["a"])) == "a"


def test_a_digest_is_of_all_versions_in_their_order():
    assert digest_versions(["a", "b"]) == hashlib.sha256(b"a b").hexdigest()[:16]
    assert digest_versions(["b", "a"]) != digest_versions(["a", "b"])
