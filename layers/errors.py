"""The error that stops a build."""

from __future__ import annotations


class BuildError(Exception):
    """A build failed; the message names the fault, the value and the remedy."""
