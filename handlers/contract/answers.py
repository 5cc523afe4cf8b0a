"""What the routes answer: media types, schemas, and the statuses of their problems."""

from __future__ import annotations

from handlers.contract.route import Answer, Answers

GEOJSON = "application/geo+json"

_JSON = "application/json"
_XML = "application/xml"
_PNG = Answer("image/png")
_PICTURES = (_PNG, Answer("image/webp"), Answer("image/jpeg"))
_IMAGES = (*_PICTURES, Answer("application/x-binary"))
_GEOTIFF = Answer("image/tiff; application=geotiff")

# Statuses of problems, by what a route does.
_READS_NOTHING = (400,)
_LISTS = (400, 413, 502)
_NAMES_ONE = (400, 404, 502)
_READS_ONE = (400, 404, 502, 503)
_OVERLAYS = (400, 502, 503)  # whose unknown dataset is a parameter that cannot be read
_DRAWS = (400, 404, 413, 502, 503)
_COUNTS = (400, 404, 413, 422, 502, 503, 504)
_TAKES_BODY = (400, 404, 413, 415, 422, 502, 503)
_COUNTS_BODY = (*_TAKES_BODY, 504)


def _json(schema: str, problems: tuple[int, ...]) -> Answers:
    return Answers((Answer(_JSON, schema),), problems)


def _geojson(schema: str, problems: tuple[int, ...]) -> Answers:
    return Answers((Answer(GEOJSON, schema),), problems)


def _statistics(schema: str, problems: tuple[int, ...]) -> Answers:
    """The four forms of statistics."""
    forms = (
        Answer(GEOJSON, schema),
        Answer(_JSON, schema),
        Answer("application/x-ndjson", "StatisticsFeature"),
        Answer("text/csv"),
    )
    return Answers(forms, problems)


HEALTH = Answers((Answer(_JSON, "Health"),), _READS_NOTHING, tagged=False)
DESCRIPTION = _json("OpenApi", _READS_NOTHING)
PAGE = Answers((Answer("text/html"),), _READS_NOTHING)
ITEMS = _geojson("Items", _LISTS)
ITEM = _geojson("Item", _NAMES_ONE)
TILES = Answers(_IMAGES, _DRAWS, may_be_empty=True)
TILEJSON = _json("TileJson", _NAMES_ONE)
OVERLAY_TILEJSON = _json("TileJson", _OVERLAYS)
WMTS = Answers((Answer(_XML), *_PICTURES), (*_DRAWS, 501), reports=_XML)
LEGEND = _json("Legend", _READS_ONE)
LEGEND_IMAGE = Answers((_PNG,), _READS_ONE)
OVERLAY_LEGEND = _json("Legend", _OVERLAYS)
OVERLAY_LEGEND_IMAGE = Answers((_PNG,), _OVERLAYS)
IMAGES = Answers((*_IMAGES, _GEOTIFF), _DRAWS)
COLORMAPS = _json("ColorMaps", (400, 502))
COLORMAP = Answers((_PNG,), _NAMES_ONE)
VALUES = _json("Values", _READS_ONE)
OVERLAY_VALUES = _json("OverlayValues", _OVERLAYS)
STATISTICS = _statistics("StatisticsFeature", _COUNTS)
ZONE_STATISTICS = _statistics("StatisticsAnswer", _COUNTS_BODY)
FEATURES = _geojson("ClassFeatures", _TAKES_BODY)
PROFILE = _json("Profile", _TAKES_BODY)
CROSSTAB = _geojson("CrosstabAnswer", _COUNTS_BODY)
