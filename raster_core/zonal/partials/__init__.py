"""What is kept of a zone and block, and how it is merged."""
