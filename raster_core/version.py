"""The version, said once: packaging, answers and cache keys read it here."""

__version__ = "0.1.0"
