"""TODO handlers/catalogue."""
