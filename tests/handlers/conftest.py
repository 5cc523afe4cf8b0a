"""A catalogue of good and of broken rasters, served to every test of the handlers."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
from affine import Affine

from handlers.catalogue import store
from handlers.http import byte_ranges
from handlers.platform.settings import _NAMES
from raster_core.bands import RasterClass
from raster_core.ingest.item import ItemOptions, describe_raster
from raster_core.sources.file import cog
from testing.geojson import collection
from testing.rangeserver import Fault, RangeServer
from tests.cogs import NODATA, Recipe, coordinate_values, write_cog
from tests.handlers.catalogues import describe_grid, describe_grid_at, write_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HTML = b"<!DOCTYPE html><title>Sign in</title><p>Please sign in.</p>"


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Path:
    """The path of a catalogue; its folder holds the rasters."""
    folder = tmp_path_factory.mktemp("catalogue")
    items = [
        *_copy_samples(folder, sample),
        *_write_synthetic(folder),
        *_write_broken(folder),
    ]
    path = folder / "catalog.json"
    path.write_text(json.dumps(collection(*items)))
    return path


@pytest.fixture(autouse=True)
def service(catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The catalogue is served by a fresh process, as far as one can tell."""
    for name in _NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RASTERLET_CATALOG", str(catalogue))
    _forget_everything()
    yield
    _forget_everything()


@pytest.fixture
def folder(catalogue: Path, tmp_path: Path) -> Path:
    """A bucket with a catalogue of its own, which has one Item."""
    bucket = tmp_path / "bucket"
    bucket.mkdir()
    shutil.copyfile(catalogue.parent / "grid.tif", bucket / "grid.tif")
    write_catalogue(bucket, [describe_grid(catalogue)])
    return bucket


@pytest.fixture
def remote(folder: Path) -> Iterator[RangeServer]:
    with RangeServer(folder.parent) as server:
        yield server


@pytest.fixture
def documented_catalogue(
    catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The catalogue with ``throttled``, whose store asks for fewer requests."""
    with RangeServer(tmp_path) as server:
        server.faults["grid.tif"] = Fault(status=503)
        item = describe_grid_at(catalogue, server.url("grid.tif"))
        item |= {"id": "throttled", "properties": {"datetime": "2020-01-01T00:00:00Z"}}
        item["assets"]["data"].pop("file:checksum", None)
        for band in item["assets"]["data"]["bands"]:
            band.pop("statistics", None)
        items = json.loads(catalogue.read_text())["features"]
        path = catalogue.with_name("documented.json")
        document = {"type": "FeatureCollection", "features": [*items, item]}
        path.write_text(json.dumps(document))
        monkeypatch.setenv("RASTERLET_CATALOG", str(path))
        allowed = f"{catalogue.parent}/ {server.url('')}"
        monkeypatch.setenv("RASTERLET_ALLOWED", allowed)
        yield


@pytest.fixture
def s3(remote: RangeServer, monkeypatch: pytest.MonkeyPatch) -> RangeServer:
    """The same as an S3 endpoint, for boto3 and for GDAL."""
    for name, value in {
        "AWS_ENDPOINT_URL_S3": f"http://{remote.endpoint}",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "y",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_CONFIG_FILE": "/nowhere",
        "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
        "AWS_S3_ENDPOINT": remote.endpoint,
        "AWS_HTTPS": "NO",
        "AWS_VIRTUAL_HOSTING": "FALSE",
    }.items():
        monkeypatch.setenv(name, value)
    return remote


def _forget_everything() -> None:
    store._kept.clear()
    byte_ranges.forget_images()
    for opened in list(cog._open_files.values()):
        cog.forget(opened.href)


def _describe(path: Path, **options: object) -> dict[str, object]:
    made = ItemOptions(id=path.stem, href=path.name, **options)  # type: ignore[arg-type]
    item = describe_raster(path, made)
    cog.forget(str(path))
    return item


def _copy_samples(folder: Path, sample: Path) -> list[dict[str, object]]:
    classes = json.loads((sample / "landcover_classes.json").read_text())
    landcover, elevation = folder / "landcover.tif", folder / "elevation.tif"
    shutil.copyfile(sample / "landcover_global_2019.tif", landcover)
    shutil.copyfile(sample / "elevation_yosemite.tif", elevation)
    named = tuple(
        RasterClass(int(value), entry["name"], entry["color"])
        for value, entry in classes.items()
    )
    return [
        _describe(landcover, title="Land cover", provider="NASA", classes=named),
        _describe(elevation, title="Elevation", colormap_name="terrain"),
    ]


def _write_synthetic(folder: Path) -> list[dict[str, object]]:
    """``grid``: two bands; ``scaled``: the same with a scale; ``flat``: one value;
    ``hollow``: its west is nodata; ``float``: with infinities, ZSTD;
    ``huge`` and ``vast``: sparse, without overviews; ``strips``: likewise, in lines of
    120,000 pixels; ``deep``: 64 bands in two blocks.
    """
    write_cog(folder / "grid.tif", Recipe(bands=2))

    write_cog(folder / "flat.tif", Recipe(), np.full((1, 150, 200), 7, np.int16))

    west = coordinate_values(Recipe())
    west[:, :, :100] = NODATA
    write_cog(folder / "hollow.tif", Recipe(), west)

    write_cog(folder / "scaled.tif", Recipe(bands=2, scale=0.5, offset=3.0))

    real = Recipe(
        600, 300, dtype="float32", nodata=None, blocksize=256, compress="ZSTD"
    )
    values = coordinate_values(real)
    values[0, 100, 20], values[0, 101, 21] = np.inf, np.nan
    values[0, 100, 500] = -np.inf  # in another block
    write_cog(folder / "float.tif", real, values)

    _write_sparse(folder / "huge.tif", 20_000)
    _write_sparse(folder / "vast.tif", 30_000)
    _write_strips(folder / "strips.tif")
    deep = Recipe(160, 64, dtype="uint8", nodata=None, bands=64)
    write_cog(folder / "deep.tif", deep)
    names = ("grid", "flat", "hollow", "scaled", "float", "huge", "vast", "strips")
    return [_describe(folder / f"{name}.tif") for name in (*names, "deep")]


def _write_strips(path: Path) -> None:
    """12 degrees wide and 0.32 high, at 20 N."""
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=120_000,
        height=3_200,
        count=1,
        dtype="uint8",
        crs="EPSG:4326",
        transform=Affine(1e-4, 0, 0, 0, -1e-4, 20),
        blockysize=1,
        compress="deflate",
        SPARSE_OK=True,
    ):
        pass


def _write_sparse(path: Path, side: int) -> None:
    """A square of 20 degrees in which only the north-west corner is stored."""
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=side,
        height=side,
        count=1,
        dtype="uint8",
        crs="EPSG:4326",
        transform=Affine(20 / side, 0, 0, 0, -20 / side, 20),
        tiled=True,
        blockxsize=512,
        blockysize=512,
        compress="deflate",
        SPARSE_OK=True,
    ) as file:
        corner = np.arange(512 * 512, dtype=np.uint8).reshape(1, 512, 512)
        file.write(corner, window=rasterio.windows.Window(0, 0, 512, 512))


def _write_broken(folder: Path) -> list[dict[str, object]]:
    """Described while they were good, and broken since."""
    names = ("missing", "truncated", "html", "picture", "vrt", "empty")
    noise = np.random.default_rng(1).integers(0, 9999, (1, 150, 200), np.int16)
    items = []
    for name in names:
        write_cog(folder / f"{name}.tif", Recipe(), noise)
        items.append(_describe(folder / f"{name}.tif"))

    whole = (folder / "truncated.tif").read_bytes()
    (folder / "truncated.tif").write_bytes(whole[: len(whole) // 2])
    (folder / "missing.tif").unlink()
    (folder / "html.tif").write_bytes(HTML)
    (folder / "picture.tif").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (folder / "empty.tif").write_bytes(b"")
    (folder / "vrt.tif").write_text(_vrt(folder / "grid.tif"))
    return items


def _vrt(target: Path) -> str:
    """A virtual raster, which leads to another file."""
    return (
        '<VRTDataset rasterXSize="200" rasterYSize="150"><SRS>EPSG:4326</SRS>'
        "<GeoTransform>10, 0.01, 0, 46.5, 0, -0.01</GeoTransform>"
        '<VRTRasterBand dataType="Int16" band="1"><SimpleSource>'
        f"<SourceFilename>{target}</SourceFilename><SourceBand>1</SourceBand>"
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )
