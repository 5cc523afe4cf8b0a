"""What requests say, read from their queries and paths into values."""
