"""How much an Item may carry of a file; catalogues are read without the rest."""

MAX_TEXT = 2**16
"""Characters for one file: the index of some 5,000 blocks."""
