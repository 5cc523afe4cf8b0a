"""Zones and lines as a user gives them: reading, repairing, validity."""
