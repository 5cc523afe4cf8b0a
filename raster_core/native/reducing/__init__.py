"""Blocks reduced by the cells of all of their zones, each in one call."""
