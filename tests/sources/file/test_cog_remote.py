"""Remote files: how few requests they take, and what a faulty store looks like."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import mercantile
import numpy as np
import pytest
import rasterio
from affine import Affine

from raster_core.errors import SourceError, StoreError
from raster_core.layers.file import FileSpec
from raster_core.layers.kinds import open_layer
from raster_core.sources.file import cog
from raster_core.sources.ranges import opening
from raster_core.stated import StatedBand
from raster_core.tile.grids.tms import tile_grid
from testing.rangeserver import Fault, RangeServer, etag_of
from tests.cogs import Recipe, write_cog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from raster_core.raster import Layer, RasterArray
    from testing.rangeserver import Request

pytestmark = pytest.mark.usefixtures("way")

# 123 km in Conus Albers, in the middle of Kansas.
KANSAS = Affine(30, 0, -200_000, 0, -30, 1_700_000)

HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head></html>"


@dataclass(frozen=True)
class Case:
    """A file, and a tile in the midst of it."""

    name: str
    lon: float
    lat: float
    zoom: int

    def tile(self) -> tuple[int, int, int]:
        """z, x, y."""
        x, y, z = mercantile.tile(self.lon, self.lat, self.zoom)
        return z, x, y


CASES = [
    Case("landcover", -60.0, -5.0, 0),
    Case("landcover", -60.0, -5.0, 3),
    Case("landcover", -60.0, -5.0, 7),
    Case("elevation", -119.3, 37.8, 9),
    Case("elevation", -119.3, 37.8, 11),
    Case("albers", -97.6, 38.0, 8),
    Case("albers", -97.6, 38.0, 10),
    Case("albers", -97.6, 38.0, 12),
]

each_case = pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.name}-{case.zoom}"
)


@pytest.fixture(scope="session")
def bucket(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Path:
    """A folder with three COGs."""
    folder = tmp_path_factory.mktemp("store") / "bucket"
    folder.mkdir()
    shutil.copyfile(sample / "landcover_global_2019.tif", folder / "landcover.tif")
    shutil.copyfile(sample / "elevation_yosemite.tif", folder / "elevation.tif")
    write_cog(
        folder / "albers.tif",
        Recipe(4096, 4096, crs="EPSG:5070", transform=KANSAS, blocksize=512),
    )
    return folder


@pytest.fixture
def store(bucket: Path) -> Iterator[RangeServer]:
    with RangeServer(bucket.parent) as server:
        yield server
    for opened in list(cog._open_files.values()):
        cog.forget(opened.href)


@pytest.fixture(params=["gdal", "direct"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether blocks are read by GDAL alone, or directly where that is possible."""
    told = [os.environ] if request.param == "direct" else []
    monkeypatch.setattr(opening, "_told", told)
    return request.param


@pytest.fixture(params=["http", "s3"])
def href(
    request: pytest.FixtureRequest,
    store: RangeServer,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str], str]:
    """Where a file of the bucket is, by its name."""
    for name, value in {
        "AWS_S3_ENDPOINT": store.endpoint,
        "AWS_HTTPS": "NO",
        "AWS_VIRTUAL_HOSTING": "FALSE",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "y",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    prefix = "s3://" if request.param == "s3" else store.url("")
    return lambda name: f"{prefix}bucket/{name}.tif"


by_gdal = pytest.mark.parametrize("way", ["gdal"], indirect=True)


def open_href(href: str) -> Layer:
    return open_layer(FileSpec(href, "1", (StatedBand(1, "b1"),)))


def draw(href: str, z: int, x: int, y: int) -> RasterArray:
    return open_href(href).read(tile_grid(z, x, y))


def draw_native(href: str) -> RasterArray:
    """Every pixel of the file."""
    layer = open_href(href)
    return layer.read(layer.info.grid)


def headers(requests: list[Request]) -> list[Request]:
    """Those for the beginning of a file."""
    return [r for r in requests if not r.range or r.range[0] == 0]


@each_case
def test_a_tile_of_an_unopened_file_takes_3_requests_at_most(
    case: Case, href: Callable[[str], str], store: RangeServer
) -> None:
    """Over plain HTTP, GDAL asks for the size first; S3 tells it with the header."""
    array = draw(href(case.name), *case.tile())

    assert array.mask.any()
    requests = store.take_requests()
    assert {r.path for r in requests} == {f"/bucket/{case.name}.tif"}
    assert 1 <= len([r for r in requests if r.range]) <= 3
    assert len(requests) <= (3 if href("").startswith("s3:") else 4)


def test_the_whole_file_is_never_asked_for(
    href: Callable[[str], str], store: RangeServer
) -> None:
    """Closing the connection on the answer costs megabytes, and the connection."""
    draw(href("albers"), *CASES[-1].tile())

    assert [r for r in store.requests if r.method == "GET" and not r.range] == []


@each_case
def test_the_next_tile_asks_for_no_header(
    case: Case, href: Callable[[str], str], store: RangeServer
) -> None:
    z, x, y = case.tile()
    draw(href(case.name), z, x, y)
    store.take_requests()

    for neighbour in ((z + 1, 2 * x, 2 * y), (z + 1, 2 * x + 1, 2 * y + 1)):
        draw(href(case.name), *neighbour)

        requests = store.take_requests()
        assert headers(requests) == []
        assert len(requests) <= 2, requests


@each_case
def test_the_same_tile_again_asks_for_nothing(
    case: Case, href: Callable[[str], str], store: RangeServer
) -> None:
    first = draw(href(case.name), *case.tile())
    store.take_requests()

    again = draw(href(case.name), *case.tile())

    assert store.take_requests() == []
    assert (again.data == first.data).all()


@each_case
def test_a_remote_tile_is_a_local_one(
    case: Case, href: Callable[[str], str], bucket: Path
) -> None:
    remote = draw(href(case.name), *case.tile())
    local = draw(str(bucket / f"{case.name}.tif"), *case.tile())

    assert (remote.data == local.data).all()
    assert (remote.mask == local.mask).all()


def test_a_tile_off_the_raster_asks_for_the_header_alone(
    href: Callable[[str], str], store: RangeServer
) -> None:
    array = draw(href("albers"), 10, 0, 0)

    assert not array.mask.any()
    assert headers(store.requests) == store.requests


def test_a_block_of_the_file_is_asked_for_once(
    href: Callable[[str], str], store: RangeServer, bucket: Path
) -> None:
    draw_native(href("albers"))

    size = (bucket / "albers.tif").stat().st_size
    assert sum(r.sent for r in store.requests) < 1.5 * size


FAULTS = {
    "missing": Fault(status=404),
    "forbidden": Fault(status=403),
    "failing": Fault(status=500),
    "throttling": Fault(status=503),
    "cut off in the header": Fault(truncate=100),
    "half a header": Fault(content=b"II*\0\x10\0\0\0"),
    "an error page": Fault(content=HTML),
    "an archive": Fault(content=b"PK\x03\x04" + bytes(5000)),
    "empty": Fault(content=b""),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_file_that_cannot_be_opened_is_a_source_error_until_it_can(
    fault: Fault, href: Callable[[str], str], store: RangeServer
) -> None:
    store.faults["bucket/elevation.tif"] = fault
    place = href("elevation")

    with pytest.raises(SourceError) as caught:
        draw_native(place)

    assert len(store.take_requests()) <= 4  # no more than of a sound file
    assert "elevation" not in str(caught.value)
    del store.faults["bucket/elevation.tif"]
    assert draw_native(place).mask.all()


@pytest.mark.parametrize("share", [0.3, 0.6, 0.999])
def test_a_file_that_ends_early_is_a_source_error(
    share: float, href: Callable[[str], str], store: RangeServer, bucket: Path
) -> None:
    whole = (bucket / "albers.tif").read_bytes()
    store.faults["bucket/albers.tif"] = Fault(content=whole[: int(share * len(whole))])

    with pytest.raises(SourceError):
        draw_native(href("albers"))

    assert len(store.take_requests()) <= 7
    del store.faults["bucket/albers.tif"]
    assert draw_native(href("albers")).mask.any()


@pytest.mark.parametrize(
    "fault",
    [Fault(status=404), Fault(status=503), Fault(truncate=100)],
    ids=["missing", "throttling", "cut off"],
)
def test_a_store_that_fails_after_the_header_is_a_source_error(
    fault: Fault, href: Callable[[str], str], store: RangeServer
) -> None:
    z, x, y = Case("albers", -97.6, 38.0, 12).tile()
    open_href(href("albers"))
    store.faults["bucket/albers.tif"] = fault

    store.take_requests()
    with pytest.raises(SourceError):
        draw(href("albers"), z, x, y)

    assert len(store.take_requests()) <= 7
    del store.faults["bucket/albers.tif"]
    assert draw(href("albers"), z, x, y).mask.any()


def test_a_closed_port_is_a_source_error(bucket: Path) -> None:
    with RangeServer(bucket) as server:
        url = server.url("elevation.tif")

    with pytest.raises(SourceError):
        open_href(url)


def test_a_new_version_is_fetched_anew(
    href: Callable[[str], str], store: RangeServer, bucket: Path
) -> None:
    band = (StatedBand(1, "b1"),)
    open_layer(FileSpec(href("elevation"), "1", band))
    other = (bucket / "albers.tif").read_bytes()
    store.faults["bucket/elevation.tif"] = Fault(content=other)

    layer = open_layer(FileSpec(href("elevation"), "2", band))

    assert layer.info.grid.crs == "EPSG:5070"


def test_a_file_opened_by_its_entity_tag_is_never_mixed_with_the_next_one(
    href: Callable[[str], str], store: RangeServer, bucket: Path
) -> None:
    """Both files have the same header; without the tag, nothing would tell."""
    old, new = (write_plain(bucket / f"{name}.tif", name) for name in ("old", "new"))
    z, x, y = CASES[-1].tile()
    band = (StatedBand(1, "b1"),)
    store.faults["bucket/old.tif"] = Fault(content=old)
    tag = etag_of(old)
    open_layer(FileSpec(href("old"), tag, band)).read(tile_grid(z, x, y))
    store.faults["bucket/old.tif"] = Fault(content=new)

    with pytest.raises(StoreError) as caught:
        open_layer(FileSpec(href("old"), tag, band)).read(tile_grid(z, x + 1, y))

    assert caught.value.opened is not None
    layer = open_layer(FileSpec(href("old"), etag_of(new), band))
    assert set(layer.read(tile_grid(z, x + 1, y)).data.flat) == {len("new") + 7}


def write_plain(path: Path, name: str) -> bytes:
    """A raster of one value, uncompressed, so that any bytes decode."""
    value = len(name) + (7 if name == "new" else 1)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=4096,
        height=4096,
        count=1,
        dtype="uint8",
        crs="EPSG:5070",
        transform=KANSAS,
        tiled=True,
        blockxsize=256,
        blockysize=256,
    ) as dataset:
        dataset.write(np.full((1, 4096, 4096), value, np.uint8))
    return path.read_bytes()


def test_a_second_reader_at_the_same_time_asks_for_no_header(
    href: Callable[[str], str], store: RangeServer
) -> None:
    """Statistics read in several threads, which must not share an open dataset."""
    draw(href("albers"), *CASES[-1].tile())
    (opened,) = cog._open_files.values()
    store.take_requests()

    with opened.handles.lend():
        array = draw(href("albers"), *CASES[-1].tile())

    assert array.mask.any()
    assert headers(store.take_requests()) == []


@by_gdal
def test_threads_that_come_and_go_open_nothing(
    href: Callable[[str], str], store: RangeServer
) -> None:
    draw(href("albers"), *CASES[-1].tile())
    (opened,) = cog._open_files.values()
    levels = list(opened.handles.idle[0].levels.values())
    store.take_requests()

    with ThreadPoolExecutor(1) as threads:
        threads.submit(draw, href("albers"), *CASES[-1].tile()).result()

    assert list(opened.handles.idle[0].levels.values()) == levels
    assert store.take_requests() == []


@by_gdal
def test_a_second_reader_opens_the_levels_that_it_reads(
    href: Callable[[str], str],
) -> None:
    draw_native(href("albers"))
    (opened,) = cog._open_files.values()

    with opened.handles.lend():
        draw_native(href("albers"))
        (second,) = opened.handles.idle

    assert list(second.levels) == [0]
    assert len(opened.levels) > 1
