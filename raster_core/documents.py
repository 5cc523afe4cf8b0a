"""What JSON documents are in Python."""

from collections.abc import Mapping

type Json = Mapping[str, object]
"""A JSON object, read or answered; what builds one annotates ``dict[str, object]``."""
