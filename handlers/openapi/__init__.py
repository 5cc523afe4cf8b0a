"""TODO handlers/openapi."""
