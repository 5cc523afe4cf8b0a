"""What JSON documents are in Python."""

from collections.abc import Mapping
from typing import Any

type Json = Mapping[str, object]
"""A JSON object that is read or returned; code that fills one names its own type."""

type OwnJson = Mapping[str, Any]
"""A JSON object that this package has written: its members' types are known."""
