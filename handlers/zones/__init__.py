"""Statistics, features, profiles and tables of the zones in a body."""
