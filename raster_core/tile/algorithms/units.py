"""Metres per unit of height, by all names of units in use.

These are the names of EPSG and its abbreviations (``ftUS``), PROJ (``us-ft``), UDUNITS
(``US_survey_foot``), GDAL, ESRI (``Foot_US``) and STAC. Case, spaces and punctuation
are ignored, and plurals are accepted.
"""

from __future__ import annotations

import re

_FOOT = 0.3048
_SURVEY_FOOT = 1200 / 3937

# Source: the EPSG registry's units of length, from 9001 (metre) on.
_LENGTHS: dict[float, str] = {
    0.001: "mm millimetre",
    0.01: "cm centimetre",
    0.1: "dm decimetre",
    1.0: "m metre",
    1.0000135965: "germanlegalmetre",
    10.0: "dam decametre dekametre",
    100.0: "hm hectometre",
    1000.0: "km kilometre",
    0.0254: "in inch internationalinch",
    _FOOT: "ft foot internationalfoot footinternational footintl ftint intft",
    3 * _FOOT: "yd yard internationalyard",
    6 * _FOOT: "fath fathom ftm",
    66 * _FOOT: "ch chain",
    0.66 * _FOOT: "link",
    5280 * _FOOT: "mi mile statutemile internationalmile",
    1852.0: "kmi nmi nauticalmile internationalnauticalmile",
    _SURVEY_FOOT: "usft ftus sft ussft usfoot footus ussurveyfoot ussurveyft "
    "surveyfoot surveyft footsurvey footsurveyus footussurvey",
    _SURVEY_FOOT / 12: "usin ussurveyinch",
    3 * _SURVEY_FOOT: "usyd ussurveyyard",
    66 * _SURVEY_FOOT: "usch ussurveychain",
    0.66 * _SURVEY_FOOT: "ussurveylink",
    5280 * _SURVEY_FOOT: "usmi ussurveymile surveymile",
    0.3047972654: "clarkesfoot footclarke",
    0.9143917962: "clarkesyard",
    0.3047994715386762: "britishfootsears1922",
    0.30479933333333337: "britishfootsears1922truncated",
    0.3047997333333333: "britishfootbenoit1895a",
    0.30479973476327077: "britishfootbenoit1895b",
    0.30480083333333335: "britishfoot1865",
    0.3048007491: "britishfoot1936",
    0.3047997101815088: "goldcoastfoot",
    0.304799510248147: "indianfoot",
    0.30479841: "indft indianfoot1937",
    0.3047996: "indianfoot1962",
    0.3047995: "indianfoot1975",
}

_METRES = {name: length for length, names in _LENGTHS.items() for name in names.split()}

# American spellings, and plurals.
_SPELLINGS = (
    (re.compile("meter"), "metre"),
    (re.compile("feet"), "foot"),
    (re.compile("inches"), "inch"),
    (re.compile("(metre|yard|fathom|mile)s$"), r"\1"),
)


def metres_in(unit: str | None) -> float:
    """Metres per unit of height; 1 if the unit is unknown or None."""
    name = re.sub(r"[^a-z0-9]", "", (unit or "").lower())
    for pattern, spelling in _SPELLINGS:
        name = pattern.sub(spelling, name)
    return _METRES.get(name, 1.0)
