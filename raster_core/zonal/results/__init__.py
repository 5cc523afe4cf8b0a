"""The statistics, each declared once, and how they are computed."""
