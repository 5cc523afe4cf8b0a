"""What precedes all other imports, and what a snapshot keeps."""
