"""Which blocks are read for zones, at what cost, and what is made of each."""
