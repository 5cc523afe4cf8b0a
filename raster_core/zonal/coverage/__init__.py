"""The fraction of each cell that zones cover, and the blocks that they touch."""
