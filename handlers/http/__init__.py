"""TODO handlers/http."""
