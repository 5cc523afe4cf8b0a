"""TODO handlers/zones."""
