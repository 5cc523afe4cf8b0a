"""TODO handlers/platform."""
