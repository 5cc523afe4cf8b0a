"""Files met in the field whose header or values are no numbers or no text.

Each is described, or refused with its reason, and served or refused likewise: never a
500, never NaN in an Item, never a figure that is missing without a reason.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from affine import Affine

from raster_core.errors import SourceError
from raster_core.ingest.item import ItemOptions, describe_raster
from testing.client import get
from tests.handlers.catalogues import write_catalogue
from tests.tiffbytes import COMPRESSION, METADATA, TRANSFORMATION, write_tiff

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCALE_NAN = "Band 1 of the raster has scale nan, which is not between 1e-100 and 1e+100"
SCALE_HUGE = "Band 1 of the raster has scale 1e+300, which is not between"
OFFSET_HUGE = "Band 1 of the raster has offset -inf, which is not between"
NOT_FINITE = "The raster's transform [nan, 0.0, nan, 0.0, nan, nan] is not finite"
SINGULAR = "The raster's pixels are 0 units of its CRS wide"
NO_CODEC = "The raster is compressed with JXL, which this service cannot decode"


@dataclass(frozen=True)
class Row:
    """What becomes of a file."""

    name: str
    refused: str | None = None
    """How the reason begins; None for a file that is described and served."""
    band: str = "b1"
    figures: tuple[float | None, float | None, float | None] | None = None
    """Minimum, maximum and mean of the whole; None where they are not known here."""
    reason: str | None = None
    """Why the mean is missing."""


# Files in the folder field of the test data.
FIELD = [
    Row("all_nan.tif", figures=(None, None, None), reason="no_valid_pixels"),
    Row("gdalmeta_latin1.tif", band="témpÿþ"),
    Row("max_f64.tif", figures=(-1.7e308, 1.7e308, None), reason="overflow"),
    Row("pixelscale_nan.tif", NOT_FINITE),
    Row("scale_huge.tif", SCALE_HUGE),
    Row("scale_nan.tif", SCALE_NAN),
    Row("tf_jxl.tif", NO_CODEC),
    Row("transformation_singular.tif", SINGULAR),
]

# The same kinds, written here.
WRITTEN = [
    Row("nan.tif", figures=(None, None, None), reason="no_valid_pixels"),
    Row("latin1.tif", band="température", figures=(0, 41, 20.5)),
    Row("largest.tif", figures=(-1.7e308, 1.7e308, None), reason="overflow"),
    Row("scale_nan.tif", SCALE_NAN),
    Row("scale_huge.tif", SCALE_HUGE),
    Row("scale_zero.tif", "Band 1 of the raster has scale 0, which is not between"),
    Row("offset_inf.tif", OFFSET_HUGE),
    Row("transform_nan.tif", "The raster's transform [nan, "),
    Row("transform_inf.tif", "The raster's transform [inf, "),
    Row("transform_singular.tif", SINGULAR),
    Row("jxl.tif", NO_CODEC),
]

VALUES = np.arange(42, dtype=np.int16).reshape(6, 7)


def tagged(item: str, role: str) -> dict[int, bytes | tuple[float, ...]]:
    text = f'<GDALMetadata><Item name="X" sample="0" role="{role}">{item}</Item>'
    return {METADATA: text.encode("latin-1") + b"</GDALMetadata>"}


def placed(**changes: float) -> dict[int, bytes | tuple[float, ...]]:
    matrix = {"a": 1.0, "b": 0.0, "c": 0.0, "d": 0.0, "e": -1.0, "f": 9.0, **changes}
    a, b, c, d, e, f = matrix.values()
    return {TRANSFORMATION: (a, b, 0, c, d, e, 0, f, 0, 0, 0, 0, 0, 0, 0, 1.0)}


WRITERS: dict[str, Callable[[Path], None]] = {
    "nan.tif": lambda path: write_tiff(path, np.full((6, 7), np.nan, "f4")),
    "latin1.tif": lambda path: write_tiff(
        path, VALUES, tagged("température", "description")
    ),
    "largest.tif": lambda path: write_tiff(
        path, np.where(VALUES % 2, 1.7e308, -1.7e308)
    ),
    "scale_nan.tif": lambda path: write_tiff(path, VALUES, tagged("nan", "scale")),
    "scale_huge.tif": lambda path: write_tiff(path, VALUES, tagged("1e300", "scale")),
    "scale_zero.tif": lambda path: write_tiff(path, VALUES, tagged("0", "scale")),
    "offset_inf.tif": lambda path: write_tiff(path, VALUES, tagged("-inf", "offset")),
    "transform_nan.tif": lambda path: write_tiff(path, VALUES, placed(a=math.nan)),
    "transform_inf.tif": lambda path: write_tiff(path, VALUES, placed(a=math.inf)),
    "transform_singular.tif": lambda path: write_tiff(
        path, VALUES, placed(a=1, b=1, d=1, e=1)
    ),
    "jxl.tif": lambda path: write_tiff(path, VALUES, {COMPRESSION: (50002,)}),
}


@pytest.mark.parametrize("row", FIELD, ids=lambda row: row.name)
def test_a_file_of_the_field_is_described_and_served_or_refused_with_a_reason(
    row: Row, test_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RASTERLET_ALLOWED", f"{test_data}/")
    check(row, test_data / "field" / row.name, tmp_path, monkeypatch)


@pytest.mark.parametrize("row", WRITTEN, ids=lambda row: row.name)
def test_a_file_of_the_same_kind_likewise(
    row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    WRITERS[row.name](tmp_path / row.name)

    check(row, tmp_path / row.name, tmp_path, monkeypatch)


def check(row: Row, path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ingest, then statistics, a point and a tile."""
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    if row.refused is not None:
        with pytest.raises(SourceError) as caught:
            describe_raster(path, ItemOptions(id="it", href=str(path)))
        assert str(caught.value).startswith(row.refused)
        write_catalogue(folder, [another_writers_item(path)])
        check_refusal(row.refused, path)
        return
    item = describe_raster(path, ItemOptions(id="it", href=str(path)))
    described: Any = json.loads(json.dumps(item, allow_nan=False))
    assert described["assets"]["data"]["bands"][0]["name"] == row.band
    write_catalogue(folder, [item])
    left, bottom, right, top = described["bbox"]
    check_answers(row, f"bbox={left},{bottom},{right},{top}")


def another_writers_item(path: Path) -> dict[str, object]:
    """An Item that knows nothing of what is wrong with its file."""
    return {
        "type": "Feature",
        "id": "it",
        "bbox": [0, 3, 7, 9],
        "properties": {"version": "1"},
        "assets": {
            "data": {
                "href": str(path),
                "roles": ["data"],
                "bands": [{"data_type": "int16"}],
                "proj:code": "EPSG:4326",
                "proj:shape": [6, 7],
                "proj:transform": [1, 0, 0, 0, -1, 9],
            }
        },
    }


def check_refusal(reason: str, path: Path) -> None:
    for answer in (
        get("/datasets/it/statistics", "bbox=0,3,7,9"),
        get("/datasets/it/point", "lon=1.5&lat=4.5"),
        get("/datasets/it/tiles/4/8/7.png", "rescale=0,1"),
    ):
        assert answer.status == 502, answer.body
        assert answer.json()["detail"].startswith(reason)
        assert path.name not in str(answer.body)


def check_answers(row: Row, box: str) -> None:
    answer = get("/datasets/it/statistics", box)
    assert answer.status == 200, answer.body
    figures = answer.json()["properties"]["statistics"]["b1"]
    if row.figures is not None:
        found = tuple(figures[name] for name in ("min", "max", "mean"))
        assert found == row.figures
    assert figures["reason"] == row.reason
    for name in ("legend.json", "tilejson.json", "preview.png"):
        assert get(f"/datasets/it/{name}").status < 500
    assert get("/datasets/it/preview.png", "rescale=0,1").status == 200


def test_rasterio_writes_what_the_ingest_refuses(tmp_path: Path) -> None:
    """Not only bytes made up here: GDAL's own writer takes such scales."""
    path = tmp_path / "a.tif"
    profile = {"driver": "GTiff", "count": 1, "height": 6, "width": 7}
    profile |= {"dtype": "int16", "crs": "EPSG:4326"}
    with rasterio.open(
        path, "w", transform=Affine(1, 0, 0, 0, -1, 9), **profile
    ) as file:
        file.write(VALUES, 1)
        file.scales = [math.nan]

    with pytest.raises(SourceError, match="has scale nan"):
        describe_raster(path, ItemOptions(id="a", href="a.tif"))
