"""Map tiles: matrix, colours, encoding, and the documents that describe them."""
