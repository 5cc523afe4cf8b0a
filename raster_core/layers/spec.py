"""What a layer is made of, as data: it goes to JSON and to other processes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raster_core.documents import OwnJson
    from raster_core.raster import Layer

type ReadSpec = Callable[[OwnJson], LayerSpec]
"""``kinds.spec_from_json``, for specs that are made of others."""


class LayerSpec(Protocol):
    """What all kinds of specs can do; each is a frozen dataclass, equal by its data."""

    kind: ClassVar[str]
    """The name in JSON."""

    def open(self) -> Layer:
        """The layer.

        Raises:
            SourceError: If a file cannot be opened or lacks a band.
            RequestError: If an expression is not valid.
        """

    def versions(self) -> Iterator[str]:
        """The versions of all files it is made of; empty for one that is not known."""

    def to_json(self) -> OwnJson:
        """The member ``kind`` and what ``from_json`` takes, for ``json.dumps``."""

    @classmethod
    def from_json(cls, document: OwnJson, read: ReadSpec) -> Self:
        """The spec of ``to_json``, also after a way through text.

        Args:
            document: What ``to_json`` returned.
            read: For the specs that this one is made of.
        """
