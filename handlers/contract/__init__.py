"""TODO handlers/contract."""
