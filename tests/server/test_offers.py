from __future__ import annotations

import json
from pathlib import Path

import pytest

from raster_core.catalogue.catalogue import Catalogue, parse_catalogue
from raster_core.errors import RasterError
from rasterlet.opening.source import open_dataset
from rasterlet.server.offers import Offer, make_offer
from tests.cogs import Recipe, write_cog

ITEM = '{"id": "dem", "assets": {}}'

ROOT = Path(__file__).resolve().parents[2]


def read(offer: Offer) -> Catalogue:
    content = Path(offer.location).read_bytes()
    return parse_catalogue(content, offer.location, allowed=offer.allowed)


@pytest.mark.parametrize(
    ("sources", "sentence"),
    [
        ((), "There is nothing to serve: give rasters or a catalogue, such as "),
        (("missing.tif",), "'missing.tif'"),
        (("missing.json",), "'missing.json'"),
        (("sample/catalog.json", "missing.tif"), "'missing.tif'"),
        (("README.md",), "'README.md'"),
        (("tests",), "'tests' is a folder without a GeoTIFF that can be served"),
        (("sample/countries.geojson",), "are not STAC Items"),
    ],
)
def test_what_cannot_be_served_is_refused(
    sources: tuple[str, ...], sentence: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("RASTERLET_CATALOG", raising=False)

    with pytest.raises(RasterError, match=sentence), make_offer(sources):
        pass


@pytest.mark.parametrize("named", [True, False], ids=["variable", "argument"])
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a STAC Item or FeatureCollection"),
        ('{"type": "FeatureCollection"}', "is not a STAC Item or FeatureCollection"),
        (f'{{"features": [{ITEM}, {ITEM}]}}', "The catalogue has 2 Items with the id"),
    ],
)
def test_a_catalogue_that_is_none_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: str,
    sentence: str,
    *,
    named: bool,
):
    catalogue = tmp_path / "catalog.json"
    catalogue.write_text(content)
    monkeypatch.setenv("RASTERLET_CATALOG", str(catalogue))

    with (
        pytest.raises(RasterError, match=sentence),
        make_offer([] if named else [str(catalogue)]),
    ):
        pass


def test_a_catalogue_is_served_as_it_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)

    with make_offer(["sample/catalog.json"]) as offer:
        assert offer.location == str(ROOT / "sample/catalog.json")
        assert offer.allowed == ()


def test_a_catalogue_of_a_store_is_left_to_who_may_read_it(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("RASTERLET_CATALOG", "s3://nobodys/catalog.json")

    with make_offer([]) as offer:
        assert offer.location == "s3://nobodys/catalog.json"


def test_rasters_items_and_catalogues_are_served_together(tmp_path: Path):
    for name in ("a grid.tif", "other.tif"):
        write_cog(tmp_path / name, Recipe())
    item = open_dataset(tmp_path / "a grid.tif").item
    item["assets"]["data"]["href"] = "a grid.tif"  # type: ignore[index]
    (tmp_path / "item.json").write_text(json.dumps(item))
    sources = [tmp_path / "item.json", tmp_path, ROOT / "sample/catalog.json"]

    with make_offer(list(map(str, sources))) as offer:
        catalogue = read(offer)

    assert catalogue.faults == {}
    assert list(catalogue.datasets) == [
        *("a grid", "a grid-2", "other", "landcover", "elevation", "meadows"),
    ]
    for name in ("a grid", "a grid-2"):
        (asset,) = catalogue.dataset(name).assets
        assert asset.href == str(tmp_path / "a grid.tif")
    assert not Path(offer.location).exists()


def test_a_file_that_changed_gets_another_item(tmp_path: Path):
    path = tmp_path / "grid.tif"
    write_cog(path, Recipe())
    with make_offer([str(path)]) as offer:
        before = read(offer).dataset("grid")
        offer.look()
        assert read(offer).dataset("grid") == before

        write_cog(path, Recipe(width=300))
        offer.look()
        after = read(offer).dataset("grid")

    assert (before.grid.width, after.grid.width) == (200, 300)
    assert before.version != after.version


def test_a_file_that_is_gone_stays_in_the_catalogue_and_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "grid.tif"
    write_cog(path, Recipe())
    with make_offer([str(path)]) as offer:
        path.unlink()
        offer.look()
        offer.look()
        assert list(read(offer).datasets) == ["grid"]

        assert capsys.readouterr().err.count("grid.tif") == 1
        write_cog(path, Recipe(width=300))
        offer.look()
        assert read(offer).dataset("grid").grid.width == 300
