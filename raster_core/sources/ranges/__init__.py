"""The bytes of a file by ranges, wherever it is."""
