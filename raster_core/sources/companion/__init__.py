"""What stands beside a file, and what an Item may carry of its header."""
