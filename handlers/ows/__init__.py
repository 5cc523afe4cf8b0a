"""TODO handlers/ows."""
