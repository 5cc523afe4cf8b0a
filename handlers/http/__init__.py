"""What all routes share: URLs, headers, caching, errors, and the application."""
