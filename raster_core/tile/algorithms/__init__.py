"""Algorithms, which compute values only to draw them: see ``protocol``."""
