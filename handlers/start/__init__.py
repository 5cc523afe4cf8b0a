"""TODO handlers/start."""
