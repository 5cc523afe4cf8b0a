"""What opening a file asks its store for, written beside its Item ahead of time."""
