"""What the dynamic linker reads of a binary, as values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import (
    GNUVerDefSection,
    GNUVerNeedSection,
    GNUVerSymSection,
)
from elftools.elf.sections import SymbolTableSection

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from elftools.elf.sections import Symbol


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the file that is mapped into memory."""

    offset: int
    address: int
    alignment: int


@dataclass(frozen=True, slots=True)
class Binary:
    """A shared library or an extension module."""

    machine: str
    """As in ``EM_X86_64``."""
    soname: str
    """Empty if it has none."""
    needed: tuple[str, ...]
    """SONAMEs of the libraries it is linked with."""
    search: tuple[str, ...]
    """Folders where they are looked for, with ``$ORIGIN`` as it is written."""
    segments: tuple[Segment, ...]
    functions: frozenset[str]
    """Names that it defines for others."""
    variables: Mapping[str, int]
    """Likewise, with their sizes in bytes."""
    undefined: frozenset[str]
    """Names that it cannot do without."""
    versioned: Mapping[str, tuple[str, str]]
    """Of those, the ones bound to a symbol version: its name, and the SONAME of the
    library whose version it is."""
    versions: frozenset[str]
    """Symbol versions it asks for, as ``GLIBC_2.28``."""
    has_versions: bool
    """Whether its own names have versions."""


def read_binary(path: Path) -> Binary:
    """The dynamic part of an ELF file."""
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1024)  # a large one takes a second, and every step reads them all
def _read(path: Path, _written: int) -> Binary:
    with path.open("rb") as file:
        elf = ELFFile(file)
        tags = _tags(elf)
        symbols = _Symbols(elf)
        return Binary(
            machine=elf["e_machine"],
            soname="".join(tags.get("DT_SONAME", ())),
            needed=tuple(tags.get("DT_NEEDED", ())),
            search=tuple(
                folder
                for tag in ("DT_RPATH", "DT_RUNPATH")
                for folders in tags.get(tag, ())
                for folder in folders.split(":")
            ),
            segments=tuple(
                Segment(part["p_offset"], part["p_vaddr"], part["p_align"])
                for part in elf.iter_segments("PT_LOAD")
            ),
            functions=frozenset(symbols.functions),
            variables=symbols.variables,
            undefined=frozenset(symbols.undefined),
            versioned=symbols.versioned,
            versions=frozenset(name for name, _ in _versions(elf).values()),
            has_versions=any(
                isinstance(section, GNUVerDefSection) for section in elf.iter_sections()
            ),
        )


def _tags(elf: ELFFile) -> dict[str, list[str]]:
    """Texts of the dynamic section, by their tags."""
    attributes = {
        "DT_NEEDED": "needed",
        "DT_SONAME": "soname",
        "DT_RPATH": "rpath",
        "DT_RUNPATH": "runpath",
    }
    found: dict[str, list[str]] = {}
    for section in elf.iter_sections():
        if isinstance(section, DynamicSection):
            for tag in section.iter_tags():
                kind = tag.entry.d_tag
                if kind in attributes:
                    found.setdefault(kind, []).append(getattr(tag, attributes[kind]))
    return found


class _Symbols:
    """The dynamic symbols of a file, sorted into what it offers and what it wants."""

    def __init__(self, elf: ELFFile) -> None:
        self.functions: set[str] = set()
        self.variables: dict[str, int] = {}
        self.undefined: set[str] = set()
        self.versioned: dict[str, tuple[str, str]] = {}
        table = elf.get_section_by_name(".dynsym")
        section = elf.get_section_by_name(".gnu.version")
        indexes = section if isinstance(section, GNUVerSymSection) else None
        if not isinstance(table, SymbolTableSection):
            return
        versions = _versions(elf)
        for number, symbol in enumerate(table.iter_symbols()):
            binding = symbol["st_info"]["bind"]
            if binding == "STB_LOCAL" or not symbol.name:
                continue
            if symbol["st_shndx"] != "SHN_UNDEF":
                self._offer(symbol)
            elif binding == "STB_GLOBAL":
                self.undefined.add(symbol.name)
                version = indexes.get_symbol(number)["ndx"] if indexes else None
                if version in versions:
                    self.versioned[symbol.name] = versions[version]

    def _offer(self, symbol: Symbol) -> None:
        kind = symbol["st_info"]["type"]
        if kind in {"STT_FUNC", "STT_LOOS", "STT_NOTYPE"}:
            self.functions.add(symbol.name)
        elif kind == "STT_OBJECT":
            self.variables[symbol.name] = symbol["st_size"]


def _versions(elf: ELFFile) -> dict[int, tuple[str, str]]:
    """Required symbol versions: name and SONAME by number."""
    return {
        auxiliary["vna_other"]: (str(auxiliary.name), str(need.name))
        for section in elf.iter_sections()
        if isinstance(section, GNUVerNeedSection)
        for need, auxiliaries in section.iter_versions()
        for auxiliary in auxiliaries
    }
