"""What is answered about zones, lines and positions, as JSON Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.openapi.json_schema import (
    INTEGER,
    NUMBER,
    NUMBER_OR_NULL,
    TEXT,
    TEXT_OR_NULL,
    array,
    by_name,
    closed,
    collection,
    described,
    one_of,
    open_ended,
    or_null,
    reference,
)
from raster_core.zonal.results.declaring import Kind
from raster_core.zonal.results.statistics import STATISTICS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raster_core.documents import Json

_NEAREST: Json = {"const": "nearest"}
_POSITION = array(NUMBER, minItems=2, maxItems=2)
_BAND = "^b[1-9][0-9]*$"


_WHY_NO_FIGURE = described("Why there is no value.", or_null(reference("NoFigure")))
_WHY_NOTHING = described("Why there are none.", or_null(reference("NoData")))

_ALWAYS: Mapping[Kind, Json] = {Kind.NUMBER: NUMBER, Kind.INTEGER: INTEGER}

_OR_NULL: Mapping[Kind, Json] = {
    Kind.NUMBER: NUMBER_OR_NULL,
    Kind.INTEGER: {"type": ["integer", "null"]},
    Kind.HISTOGRAM: or_null(array(array(NUMBER), minItems=2, maxItems=2)),
    Kind.CATEGORIES: or_null(array(reference("Category"))),
}

_STATISTICS: Json = {
    each.name: described(each.text, (_ALWAYS if each.always else _OR_NULL)[each.kind])
    for each in STATISTICS
}

_BESIDE: Json = {
    "partial": described(
        "True if the raster covers the zone in part, else not there.",
        {"type": "boolean"},
    ),
    "approximation": reference("Approximation"),
}

_NAMES = "|".join((*_STATISTICS, *_BESIDE, "reason", "percentile_[0-9.e+-]+"))

_ADDED: Json = {
    "statistics": described(
        "Null for a zone with an `error`.", or_null(reference("BandStatistics"))
    )
}

_ADDED_IF_ASKED: Json = {
    "groups": reference("Groups"),
    "weighted": reference("BandWeighted"),
    "grid": described("The dataset whose pixels are counted.", TEXT),
}


def _words(*words: str) -> Json:
    return {"type": "string", "enum": list(words)}


def _answered(properties: Json) -> Json:
    """A Feature of a body with what was found in it."""
    return closed(
        {
            "type": {"const": "Feature"},
            "geometry": or_null(reference("AnyGeometry")),
            "properties": properties,
        },
        {
            "id": {"type": ["string", "number", "null"]},
            "error": reference("ZoneFault"),
            "zone": reference("ZoneNotes"),
            "renamed": {
                "description": "New names by old ones, of properties called like ours.",
                "type": "object",
                "additionalProperties": TEXT,
            },
        },
    )


def _collection(feature: str) -> Json:
    """With the members of the body's collection, if geometries come back."""
    features = array(reference(feature))
    return open_ended({"type": {"const": "FeatureCollection"}, "features": features})


_VALUE: Json = {
    "band": TEXT,
    "name": TEXT,
    "value": NUMBER_OR_NULL,
    "label": described("Name of the class.", TEXT_OR_NULL),
    "unit": TEXT_OR_NULL,
    "reason": _WHY_NO_FIGURE,
}

_VALUES: Json = {"coordinates": _POSITION, "values": array(reference("Value"))}

_NO_DATA = ("outside_raster", "no_valid_pixels")

_REASONS: Mapping[str, Json] = {
    "NoData": _words(*_NO_DATA),
    "NoFigure": _words(*_NO_DATA, "overflow"),
    "NoMean": _words(*_NO_DATA, "no_weight", "overflow"),
}

_ZONES: Mapping[str, Json] = {
    "AnyGeometry": described("As in the body.", open_ended({"type": TEXT})),
    "ZoneFault": described(
        "Why a zone has no result; the others of the body have.",
        closed({"status": INTEGER, "detail": TEXT}),
    ),
    "ZoneNotes": described(
        "What had to be done to use a zone, or may not be meant.",
        closed({}, {"repaired": TEXT, "note": TEXT}),
    ),
    "Category": closed(
        {
            "value": described("As stored.", INTEGER),
            "name": TEXT,
            "count": described("In pixels.", NUMBER),
            "fraction": described("Of the zone's `count`.", NUMBER),
        },
        {
            "area_m2": NUMBER,
            "area_fraction": described("Of the zone's `area_m2`.", NUMBER),
        },
    ),
    "Approximation": closed(
        {
            "level": described("Of the overviews, from 1; 0 is none.", INTEGER),
            "factor": INTEGER,
            "approximated_percent": described("Of the touched pixels.", NUMBER),
            "error_bound": TEXT,
        }
    ),
    "Statistics": {
        "description": "Of one band; beside the named ones, percentiles by name, "
        "such as `percentile_98`.",
        **open_ended(
            {"reason": _WHY_NO_FIGURE},
            {**_STATISTICS, **_BESIDE},
        ),
        "propertyNames": {"pattern": f"^({_NAMES})$"},
        "additionalProperties": NUMBER_OR_NULL,
    },
    "BandStatistics": described(
        "Statistics by band, such as `b1`.", by_name(_BAND, reference("Statistics"))
    ),
    "Group": closed(
        {
            "value": described("Of the other dataset, as stored.", INTEGER),
            "name": TEXT,
            "statistics": reference("BandStatistics"),
        }
    ),
    "Groups": described(
        "Statistics by the values of another dataset.",
        closed(
            {
                "dataset": TEXT,
                "resampling": _NEAREST,
                "ungrouped_pixels": NUMBER,
                "reason": _WHY_NOTHING,
                "entries": array(reference("Group")),
            }
        ),
    ),
    "Weighted": closed(
        {
            "dataset": described("Whose values are the weights.", TEXT),
            "resampling": _NEAREST,
            "count": NUMBER,
            "masked_pixels": NUMBER,
            "weight_sum": NUMBER_OR_NULL,
            "weighted_sum": NUMBER_OR_NULL,
            "weighted_mean": NUMBER_OR_NULL,
            "reason": described(
                "Why sums or the mean are null.", or_null(reference("NoMean"))
            ),
        }
    ),
    "BandWeighted": described(
        "Mean and sum weighted by another dataset, by band.",
        by_name(_BAND, reference("Weighted")),
    ),
    "StatisticsFeature": _answered(open_ended(_ADDED, _ADDED_IF_ASKED)),
    "StatisticsFeatures": _collection("StatisticsFeature"),
    "StatisticsAnswer": one_of("StatisticsFeature", "StatisticsFeatures"),
    "Crosstab": closed(
        {
            "datasets": array(TEXT, minItems=2),
            "resampling": _NEAREST,
            "count": NUMBER,
            "masked_pixels": NUMBER,
            "rows": array(reference("CrosstabRow")),
            "reason": _WHY_NOTHING,
        }
    ),
    "CrosstabRow": closed(
        {
            "values": array(INTEGER, minItems=2),
            "names": array(TEXT, minItems=2),
            "count": NUMBER,
            "fraction": NUMBER,
            "area_m2": NUMBER_OR_NULL,
        }
    ),
    "CrosstabFeature": _answered(
        open_ended({"crosstab": or_null(reference("Crosstab"))})
    ),
    "CrosstabFeatures": _collection("CrosstabFeature"),
    "CrosstabAnswer": one_of("CrosstabFeature", "CrosstabFeatures"),
    "ClassFeature": closed(
        {
            "type": {"const": "Feature"},
            "geometry": or_null(reference("MultiPolygon")),
            "properties": closed(
                {
                    "value": described("As stored.", INTEGER),
                    "name": TEXT,
                    "count": described("In pixels.", INTEGER),
                }
            ),
        }
    ),
    "ClassFeatures": collection(
        reference("ClassFeature"), {"zone": reference("ZoneNotes")}
    ),
}

_LINES: Mapping[str, Json] = {
    "ProfileBand": closed(
        {
            "band": TEXT,
            "name": TEXT,
            "unit": TEXT_OR_NULL,
            "values": array(NUMBER_OR_NULL),
            "labels": or_null(array(TEXT_OR_NULL)),
            "reasons": array(_WHY_NO_FIGURE),
        }
    ),
    "Profile": closed(
        {
            "length_m": NUMBER,
            "resampling": _NEAREST,
            "distance_m": array(NUMBER),
            "coordinates": array(_POSITION),
            "bands": array(reference("ProfileBand")),
        }
    ),
    "Value": closed(_VALUE),
    "Values": closed(_VALUES),
    "LayerValue": closed(
        {"dataset": TEXT, **_VALUE, "score": NUMBER_OR_NULL, "weight": NUMBER}
    ),
    "OverlayValues": closed({**_VALUES, "layers": array(reference("LayerValue"))}),
}

FIGURES: Mapping[str, Json] = {**_REASONS, **_ZONES, **_LINES}
