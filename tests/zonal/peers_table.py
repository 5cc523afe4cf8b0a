"""Which real rasters and zones overlap, and where exactextract is known to be wrong.

Rasters are paths within the folder of test data, zones the names of files in its
``zones``.
"""

from __future__ import annotations

from dataclasses import dataclass

CHESAPEAKE = "landcover/chesapeake_lc_2013_3857.tif"
DENVER = "landcover/drcog_lulc_2018_E3220000_N1710000.tif"
KOPPEN = "landcover/koppen_geiger_simplified_30s.tif"
LAND_MASK = "landcover/land_mask_world_36000x18000.tif"

COUNTRIES = "countries_10m countries_110m"
STATES = f"{COUNTRIES} us_counties us_states"
PHILADELPHIA = "philadelphia_neighbourhoods schuylkill_huc08 schuylkill_huc12"
AMERICA = f"{STATES} {PHILADELPHIA} alexandria_buildings denver_neighbourhoods"
WORLD = f"{AMERICA} luxembourg_cantons"

OVERLAPS = {
    "continuous/gpm_imerg_1d_20240617.tif": AMERICA,
    "continuous/ocean_heat_sea_level_anomaly.tif": WORLD,
    "continuous/oisst_2022-09-13.tif": WORLD,
    "continuous/philadelphia_elevation_3857.tif": f"{STATES} {PHILADELPHIA}",
    "continuous/worldpop_aruba_2020.tif": "countries_10m",
    "dem/alexandria_dsm_2m.tif": f"{STATES} alexandria_buildings",
    "dem/alexandria_hag_2m.tif": f"{STATES} alexandria_buildings",
    "dem/colorado_elevation_roi.tif": STATES,
    "dem/gebco_2020_antarctica_tile.tif": COUNTRIES,
    "dem/luxembourg_elev_30s.tif": f"{COUNTRIES} luxembourg_cantons",
    "dem/srtm90_sierra_nevada.tif": STATES,
    "landcover/cdl_2021_kansas_30m.tif": STATES,
    "landcover/cdl_2021_kansas_confidence.tif": STATES,
    CHESAPEAKE: STATES,
    DENVER: (f"{STATES} denver_neighbourhoods"),
    "landcover/gap_2011_conus_piece_10km.tif": f"{STATES} denver_neighbourhoods",
    KOPPEN: WORLD,
    LAND_MASK: WORLD,
    "landcover/mcd12c1_igbp_2019_0p05deg.tif": WORLD,
    "landcover/worldcover_2021_N00E006.tif": "countries_10m",
    "landcover/worldcover_2021_N00E006_InputQuality.tif": "countries_10m",
    "multispectral/bahamas_rgb.tif": COUNTRIES,
    "multispectral/landsat7_sanfrancisco_3857.tif": STATES,
    "multispectral/landsat8_montreal_east_u16.tif": STATES,
    "multispectral/landsat8_montreal_u16.tif": STATES,
    "multispectral/landsat8_pennsylvania_u16.tif": f"{STATES} {PHILADELPHIA}",
    "multispectral/landsat_utah_7band.tif": STATES,
    "multispectral/naip_2019_north_dakota.tif": STATES,
    "multispectral/sentinel2_b04_sudan.tif": COUNTRIES,
    "multispectral/sentinel2_b08_sudan.tif": COUNTRIES,
    "multispectral/sentinel2_tci_libya.tif": COUNTRIES,
}
"""Raster → every file with zones on it."""

LEFT_OUT = {
    (KOPPEN, "countries_10m"): "beyond the budget: the world in blocks of one row",
    (KOPPEN, "countries_110m"): "beyond the budget: the world in blocks of one row",
    (LAND_MASK, "countries_10m"): "takes exactextract 13 seconds",
    (LAND_MASK, "countries_110m"): "takes exactextract 9 seconds",
    (CHESAPEAKE, "countries_10m"): "holds the whole raster",
    (CHESAPEAKE, "countries_110m"): "holds the whole raster",
    (CHESAPEAKE, "us_states"): "holds the whole raster",
    (DENVER, "countries_10m"): "holds the whole raster",
    (DENVER, "countries_110m"): "holds the whole raster",
    (DENVER, "us_states"): "holds the whole raster",
}
"""Pairs that are not compared, and why."""

PAIRS = [
    (raster, zones)
    for raster, files in OVERLAPS.items()
    for zones in files.split()
    if (raster, zones) not in LEFT_OUT
]

CURVED_PAIRS = [
    ("continuous/philadelphia_elevation_3857.tif", "philadelphia_neighbourhoods"),
    ("continuous/philadelphia_elevation_3857.tif", "us_counties"),
    ("dem/alexandria_hag_2m.tif", "alexandria_buildings"),
    ("dem/colorado_elevation_roi.tif", "us_counties"),
    ("landcover/cdl_2021_kansas_30m.tif", "us_counties"),
    (CHESAPEAKE, "us_counties"),
    (DENVER, "denver_neighbourhoods"),
    (DENVER, "us_counties"),
    ("landcover/gap_2011_conus_piece_10km.tif", "countries_110m"),
    ("landcover/gap_2011_conus_piece_10km.tif", "us_states"),
    ("landcover/mcd12c1_igbp_2019_0p05deg.tif", "countries_110m"),
    ("multispectral/bahamas_rgb.tif", "countries_10m"),
    ("multispectral/landsat7_sanfrancisco_3857.tif", "us_counties"),
    ("multispectral/landsat8_montreal_east_u16.tif", "us_states"),
    ("multispectral/landsat8_montreal_u16.tif", "countries_110m"),
    ("multispectral/landsat8_pennsylvania_u16.tif", "schuylkill_huc08"),
    ("multispectral/landsat8_pennsylvania_u16.tif", "us_states"),
    ("multispectral/sentinel2_tci_libya.tif", "countries_10m"),
]
"""Where straight lines in longitude and latitude bend."""

MODE_PAIRS = [
    ("continuous/gpm_imerg_1d_20240617.tif", "us_counties"),
    ("continuous/ocean_heat_sea_level_anomaly.tif", "countries_110m"),
    ("continuous/oisst_2022-09-13.tif", "us_states"),
    ("continuous/philadelphia_elevation_3857.tif", "philadelphia_neighbourhoods"),
    ("continuous/worldpop_aruba_2020.tif", "countries_10m"),
    ("dem/alexandria_hag_2m.tif", "alexandria_buildings"),
    ("dem/gebco_2020_antarctica_tile.tif", "countries_10m"),
    ("dem/luxembourg_elev_30s.tif", "luxembourg_cantons"),
    ("dem/srtm90_sierra_nevada.tif", "us_counties"),
    ("landcover/cdl_2021_kansas_30m.tif", "us_counties"),
    ("landcover/gap_2011_conus_piece_10km.tif", "us_counties"),
    (KOPPEN, "schuylkill_huc12"),
    ("landcover/mcd12c1_igbp_2019_0p05deg.tif", "countries_110m"),
    ("landcover/mcd12c1_igbp_2019_0p05deg.tif", "us_counties"),
    ("multispectral/bahamas_rgb.tif", "countries_10m"),
    ("multispectral/landsat8_montreal_u16.tif", "us_counties"),
    ("multispectral/landsat8_pennsylvania_u16.tif", "schuylkill_huc12"),
    ("multispectral/landsat_utah_7band.tif", "us_counties"),
    ("multispectral/sentinel2_tci_libya.tif", "countries_10m"),
]

RASTERSTATS_PAIRS = [
    ("continuous/oisst_2022-09-13.tif", "us_states"),
    ("continuous/philadelphia_elevation_3857.tif", "philadelphia_neighbourhoods"),
    ("dem/alexandria_hag_2m.tif", "alexandria_buildings"),
    ("dem/luxembourg_elev_30s.tif", "luxembourg_cantons"),
    ("dem/srtm90_sierra_nevada.tif", "us_counties"),
    ("landcover/gap_2011_conus_piece_10km.tif", "us_counties"),
    ("multispectral/landsat8_pennsylvania_u16.tif", "schuylkill_huc12"),
]

COUNT = ("count", "sum", "mean", "std")


@dataclass(frozen=True, slots=True)
class Deviation:
    """Figures of one zone that exactextract has otherwise, and why."""

    figures: tuple[str, ...]
    why: str


POINT_TOUCH = (
    "the outline meets a cell in a single point, at a vertex on the cell's border or "
    "at its corner; exactextract takes a cell within for one outside, or the reverse"
)
BORDER = (
    "a vertex lies on the border of two rows; by rounding, exactextract takes the "
    "value of the cell below it, with a weight of 1e-26"
)

DEVIATIONS = {
    ("continuous/gpm_imerg_1d_20240617.tif", "us_counties"): {
        "Yankton#1329": Deviation(("min", "unique"), BORDER),
        "Sullivan#3141": Deviation(("max", "unique"), BORDER),
    },
    ("landcover/mcd12c1_igbp_2019_0p05deg.tif", "countries_10m"): {
        "Iceland#188": Deviation(COUNT, POINT_TOUCH),
    },
    (LAND_MASK, "us_counties"): {
        "Adjuntas#1659": Deviation(COUNT[:2], POINT_TOUCH),
        "Lares#2355": Deviation(COUNT[:2], POINT_TOUCH),
    },
}
