"""What must come of every awkward file, decided from what the file is.

Paths are relative to the folder of awkward files. Rectangles are (left, top, right,
bottom) in pixels of the native grid, boxes (west, south, east, north) in degrees.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

type Rectangle = tuple[float, float, float, float]


class Outcome(StrEnum):
    """What a request comes to."""

    NUMBERS = "numbers"
    """The right ones, for every band that is no alpha band."""
    EARTH = "those of the pixels that lie on Earth"
    """To a hundredth: which pixels those are is judged by their centres."""
    SOURCE = "SourceError"
    BUDGET = "BudgetError"
    ZONE = "ZoneError"
    REFUSED = "one of the errors"
    HONEST = "the right numbers or one of the errors"


@dataclass(frozen=True, slots=True)
class Row:
    """One file: what comes of a zone that covers it, and of a small one inside."""

    name: str
    note: str
    covering: Outcome = Outcome.NUMBERS
    inside: Outcome = Outcome.NUMBERS
    box: Rectangle | None = None
    """The covering zone; None: the degrees of the raster's border and a bit more."""
    covered: Rectangle | None = None
    """What the covering zone covers, if not everything."""
    rectangle: Rectangle | None = None
    """The zone inside; None: a third of the raster, a little left of its middle."""
    has_nodata: bool = True
    """Whether what is declared as nodata can be a value at all."""
    accuracy: float = 1e-6
    """Relative tolerance of sum and mean: what projecting there and back loses."""


def unreadable(name: str, note: str) -> Row:
    """A file that has no pixels or no place on Earth."""
    return Row(name, note, Outcome.SOURCE, Outcome.SOURCE)


def damaged(
    name: str, note: str, inside: Outcome, rectangle: Rectangle | None = None
) -> Row:
    """A file of which some pixels at most can be read."""
    return Row(name, note, Outcome.SOURCE, inside, rectangle=rectangle)


# Across the circle that masks and alpha bands of the derived files draw.
RIM = (10.25, 20.5, 120.75, 140.25)
WORLD = (-180.0, -90.0, 180.0, 90.0)
PACIFIC = (170.0, -24.0, 190.0, -10.0)

DERIVED = (
    Row("all_nodata.tif", "every pixel nodata: no figure, and the reason"),
    Row("alpha.tif", "alpha hides a circle's outside", rectangle=RIM),
    Row(
        "alpha_and_nodata0.tif",
        "nodata and alpha both hide; GDAL heeds nodata alone",
        rectangle=RIM,
    ),
    Row("antimeridian_3857_wrapped.tif", "Mercator centred on 180", box=PACIFIC),
    Row("antimeridian_lon_gt_180.tif", "longitudes 172 to 188", box=PACIFIC),
    Row("antimeridian_pacific_3832.tif", "PDC Mercator", box=PACIFIC),
    Row("antimeridian_utm.tif", "UTM zone 1", box=PACIFIC),
    Row("area_or_point_point.tif", "tie point at a pixel's middle, not its corner"),
    Row("bands64.tif", "64 bands"),
    Row("big_endian.tif", "big-endian"),
    Row("bigtiff.tif", "BigTIFF"),
    Row(
        "bomb_1000000.tif",
        "a tile alone would take 2 GB",
        Outcome.BUDGET,
        Outcome.BUDGET,
    ),
    unreadable("complex64.tif", "complex"),
    unreadable("complex_int16.tif", "complex"),
    damaged(
        "corrupt_tile.tif",
        "tile 4, the first of its row, is overwritten",
        Outcome.NUMBERS,
        (140.25, 10.5, 300.75, 120.25),
    ),
    Row("f32_nodata_rounding.tif", "nodata as text is not quite the float32"),
    Row("float16.tif", "sums beyond what 16 bits hold"),
    Row("float64_tiny.tif", "values near 1e-297: their squares are no numbers"),
    unreadable("gcps_only.tif", "control points, no geotransform"),
    Row("global_0_360.tif", "longitudes 0 to 360", box=WORLD),
    Row(
        "global_half_pixel_beyond.tif",
        "half of the first row lies beyond the pole",
        box=WORLD,
        covered=(0, 0.5, 1200, 600),
    ),
    Row("gray_alpha_u16.tif", "alpha of 16 bits", rectangle=RIM),
    unreadable("html_error_page.tif", "no TIFF"),
    Row("ifd_loop.tif", "overviews without end"),
    unreadable("ifd_offset_beyond.tif", "no directory"),
    Row("inf_values.tif", "infinities are not data"),
    Row("int64.tif", "float64 cannot hold the values"),
    Row("int8.tif", "signed bytes"),
    Row(
        "interrupted_goode.tif",
        "a world of lobes, with space between them",
        Outcome.EARTH,
        box=WORLD,
        rectangle=(600.25, 100.5, 700.75, 200.25),
    ),
    Row(
        "jpeg_ycbcr_mask.tif",
        "mask, and JPEG that bleeds over its border",
        rectangle=RIM,
    ),
    Row("lerc_deflate_nan.tif", "LERC with NaN"),
    Row("lerc_lossless.tif", "LERC"),
    Row("lerc_zstd_lossy.tif", "LERC that loses digits: what is stored counts"),
    Row("mask_internal.tif", "mask", rectangle=RIM),
    Row("nan_and_nodata.tif", "NaN and nodata"),
    Row("nan_undeclared.tif", "NaN is not data, declared or not"),
    Row("nbits1.tif", "1 bit"),
    Row("nbits4_palette.tif", "4 bits"),
    unreadable("no_crs.tif", "no CRS"),
    unreadable("no_georef.tif", "no CRS, no geotransform"),
    Row(
        "nodata_fraction_u8.tif", "nodata 1.5 in bytes; GDAL masks 1", has_nodata=False
    ),
    Row("nodata_garbage_u8.tif", "nodata 'abc', which GDAL reads as 0; no 0 is there"),
    Row("nodata_nan.tif", "nodata NaN"),
    Row("nodata_nan_on_u8.tif", "nodata NaN in bytes", has_nodata=False),
    Row("nodata_out_of_range_u8.tif", "nodata -99 in bytes", has_nodata=False),
    Row("nonsquare_pixels.tif", "pixels three times wider than high"),
    unreadable("one_byte.tif", "no TIFF"),
    Row("one_column.tif", "one column", rectangle=(0.25, 10.5, 0.75, 200.25)),
    Row("one_pixel.tif", "one pixel", rectangle=(0.25, 0.25, 0.75, 0.5)),
    Row("one_row.tif", "one row", rectangle=(10.5, 0.25, 200.25, 0.75)),
    Row("ovr_external.tif", "overviews in another file"),
    unreadable("ovr_external.tif.ovr", "the overviews: no CRS"),
    Row("ovr_nonpow2.tif", "overviews of factor 3 and 9"),
    Row("ovr_stale.tif", "overviews of other values: only full resolution counts"),
    Row("palette_u16.tif", "palette beyond 255"),
    Row("palette_u8.tif", "palette"),
    Row("planar_separate.tif", "bands apart"),
    unreadable("png_named_tif.tif", "a PNG"),
    Row(
        "polar_3995.tif",
        "the pole is inside",
        box=(-180.0, 30.0, 180.0, 90.0),
        rectangle=(100.25, 500.5, 400.75, 700.25),
    ),
    Row("rgb_ccittfax4.tif", "CCITT"),
    Row("rgb_lzma.tif", "LZMA"),
    Row("rgb_lzw.tif", "LZW"),
    Row("rgb_packbits.tif", "PackBits"),
    Row("rgb_webp.tif", "WebP"),
    Row("rgb_zstd.tif", "Zstandard"),
    Row("rotated_30deg.tif", "rotated by 30 degrees"),
    Row("scale_offset_units.tif", "scale 0.01, offset 273.15"),
    Row("sheared.tif", "sheared"),
    Row("south_up.tif", "rows run north"),
    Row(
        "sparse_16384.tif",
        "one tile of 4,096 has data",
        rectangle=(8200.25, 8300.5, 8500.75, 8600.25),
    ),
    Row("striped_no_overviews.tif", "strips"),
    unreadable("text.tif", "no TIFF"),
    Row("tile_1024.tif", "one tile, larger than the image"),
    Row("tile_16.tif", "tiles of 16"),
    damaged(
        "tile_bytecount_huge.tif",
        "tile 5, the second of its row, claims 4 GB",
        Outcome.NUMBERS,
        (270.25, 10.5, 390.75, 120.25),
    ),
    Row("tile_rect.tif", "tiles of 240 x 48"),
    damaged("truncated_cog_half.tif", "overviews and no tile", Outcome.SOURCE),
    unreadable("truncated_header.tif", "8 bytes"),
    damaged(
        "truncated_ifd_missing.tif",
        "the first 5 of 12 tiles",
        Outcome.HONEST,
        (10.25, 10.5, 300.75, 120.25),
    ),
    Row("uint32_big_values.tif", "sums beyond 32 bits"),
    Row("uint64.tif", "values beyond int64"),
    unreadable("vrt_named_tif.tif", "a VRT that points to another file"),
    Row("west_left_negative_dx.tif", "columns run west"),
    unreadable("zero_bytes.tif", "empty"),
    Row("zstd_pred3.tif", "predictor 3"),
)

REAL = (
    Row(
        "GeogToWGS84GeoKey5.tif",
        "unknown datum with a shift to WGS 84, which is not exactly its inverse",
        accuracy=1e-5,
    ),
    Row(
        "abel-tasman-and-golden-bay_2016_dem_1m_BP25_10000_0404.tiff",
        "8 valid pixels of 35 million",
        rectangle=(0.25, 2400.5, 3.75, 2410.25),
    ),
    Row("au-3577-rotated.tif", "rotated, NaN not declared"),
    unreadable("au-gcp.tif", "control points"),
    Row("blacha_DEM_BS28_2016_1000_1141.tif", "a small DEM"),
    unreadable("blacha_be_cog.tiff", "no CRS"),
    unreadable("blacha_big_cog.tiff", "no CRS"),
    Row("blacha_model_transformation.tif", "64 bands of int8, rows run north"),
    Row("blacha_rgba8_tiled.tiff", "tiles of 16, WebP, alpha"),
    Row("blacha_sparse.tiff", "420 million pixels, all transparent"),
    Row("cog_dateline.tif", "UTM across the antimeridian", box=(177, 50, 183, 54)),
    Row("cog_fullearth.tif", "values up to 2.6e16", box=WORLD),
    unreadable("cog_gcps.tif", "control points"),
    unreadable("cog_hirise_mars.tif", "Mars"),
    Row("cog_nodata_nan.tif", "nodata 0 and four NaN"),
    unreadable("cog_nonearth.tif", "Europa, the moon"),
    Row("cog_rgb_mask.tif", "mask"),
    Row("cog_rgba.tif", "alpha"),
    Row("cog_scale.tif", "scale and offset of their own for each band"),
    Row("cog_tags.tif", "UTM without a code, scale and offset"),
    Row("cog_uint8_rgb_nodata.tif", "nodata 0"),
    unreadable("gadas-world.tif", "no CRS"),
    unreadable("imagetiff_12bit.cropped.tiff", "no CRS"),
    unreadable("imagetiff_BigTIFFMotorola.tif", "no CRS"),
    unreadable("imagetiff_cmyk-3c-8b.tiff", "no CRS"),
    unreadable("imagetiff_gradient-1c-64b.tiff", "no CRS"),
    unreadable("imagetiff_int8.tif", "no CRS"),
    unreadable("imagetiff_logluv-3c-16b.tiff", "no CRS"),
    unreadable("imagetiff_minisblack-2c-8b-alpha.tiff", "no CRS"),
    unreadable("imagetiff_miniswhite-1c-1b.tiff", "no CRS"),
    unreadable("imagetiff_palette-1c-4b.tiff", "no CRS"),
    unreadable("imagetiff_planar-rgb-u8.tif", "no CRS"),
    unreadable("imagetiff_random-fp16-pred3.tiff", "no CRS"),
    unreadable("imagetiff_tiled-rect-rgb-u8.tif", "no CRS"),
    unreadable("imagetiff_white-fp16.tiff", "no CRS"),
    Row("inverted_lat.tif", "rows run north, nothing but nodata", box=WORLD),
    damaged("jpeg-test-deflate-small.tif", "two bad strips of 262", Outcome.HONEST),
    Row("lowres.tif", "strips"),
    Row("no_pixelscale_or_tiepoints.tiff", "a matrix in place of pixel scale"),
    Row("nocog.tif", "strips of one row"),
    Row(
        "nt_20201024_f18_nrt_s.tif",
        "the south pole is inside",
        box=(-180.0, -90.0, 180.0, -35.0),
        rectangle=(20.25, 200.5, 140.75, 300.25),
    ),
    Row(
        "nz_habitat_anticross_4326_1deg.tif",
        "data at both ends of the world, none between",
        box=(-180.0, -57.0, 180.0, -25.0),
        rectangle=(0.25, 3.5, 30.75, 25.25),
    ),
    Row("ol_masked.tif", "mask", rectangle=(500.25, 400.5, 940.75, 740.25)),
    Row("ol_non-square-pixels.tif", "pixels twice as wide as high", box=WORLD),
    Row("ol_not-a-cog.tif", "float64 in strips"),
    Row("rasterio_RGB2.byte.tif", "strips, its mask is in another file"),
    Row("rasterio_RGBA.uint16.tif", "alpha of 16 bits"),
    Row("rasterio_all-nodata.tif", "nothing but nodata"),
    Row(
        "rasterio_alpha.tif",
        "JPEG with alpha",
        rectangle=(100.25, 1100.5, 300.75, 1222.25),
    ),
    damaged(
        "rasterio_corrupt.tif",
        "three of four tiles",
        Outcome.NUMBERS,
        (20.25, 10.5, 500.75, 490.25),
    ),
    unreadable("rasterio_float_nan.tif", "no CRS"),
    Row(
        "rasterio_goes.tif",
        "the Earth's disc: the raster's border has no longitude and latitude",
        Outcome.EARTH,
        Outcome.HONEST,
        box=(-160.0, -85.0, 10.0, 85.0),
    ),
    unreadable("rasterio_rotated.tif", "no CRS"),
    Row(
        "rasterio_test_esri_wkt.tif",
        "four pixels",
        rectangle=(0.25, 0.5, 1.75, 1.25),
    ),
    Row("rasterio_world.byte.tif", "the world", box=(-180.0, -75.0, 180.0, 75.0)),
    unreadable("riocogeo_cog_no_offest.tif", "no CRS"),
    Row("riocogeo_dataset_namespace_metadata.tif", "metadata in namespaces"),
    Row("riocogeo_image_171px.tif", "171 x 171"),
    Row("riocogeo_image_dec.tif", "an overview as large as the image"),
    Row("riocogeo_image_external.tif", "overviews in another file, alpha"),
    unreadable("riocogeo_image_external.tif.ovr", "the overviews: no CRS"),
    Row(
        "riocogeo_image_geos.tif",
        "the Earth's disc: most of the raster's border lies in space",
        Outcome.EARTH,
        Outcome.HONEST,
        box=(55.0, -85.0, 227.0, 85.0),
        rectangle=(300.25, 150.5, 450.75, 260.25),
    ),
    Row("riocogeo_image_known_incompatible_ghost_headers.tif", "a header that lies"),
    Row("riocogeo_image_missing_nodata.tif", "-9999 counts: it is not declared"),
    Row("riocogeo_image_nan.tif", "NaN in float64"),
    Row("riocogeo_image_no_overview.tif", "mask, and an alpha band"),
    Row("riocogeo_image_sorted.tif", "overviews in no order"),
    Row("riocogeo_image_webp.tif", "WebP in strips"),
    unreadable("riocogeo_slc.tif", "complex, control points"),
    Row(
        "usda_naip_512_jpeg_z5.tif",
        "134 million pixels, mostly masked",
        rectangle=(5000.25, 8000.5, 5500.75, 8500.25),
    ),
    Row("vestfold.tif", "Antarctica"),
)


TABLE = {
    f"{folder}/{row.name}": row
    for folder, rows in (("derived", DERIVED), ("real", REAL))
    for row in rows
}
