"""What the service stands on: settings, logs, Powertools, encodings."""
