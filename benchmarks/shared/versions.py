"""The versions of what is measured."""

from __future__ import annotations


def package_versions(*names: str) -> dict[str, str]:
    """The versions of installed packages."""
    from importlib.metadata import version  # noqa: PLC0415  not before a first answer

    return {name: version(name) for name in names}
