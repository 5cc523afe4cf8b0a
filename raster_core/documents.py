"""What JSON documents are in Python."""

from collections.abc import Mapping

type Json = Mapping[str, object]
"""A JSON object that is read or returned; code that fills one names its own type."""
