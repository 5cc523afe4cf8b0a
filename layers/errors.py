"""What stops a build."""

from __future__ import annotations


class BuildError(Exception):
    """What is wrong, its size or value, and the remedy, in one message."""
