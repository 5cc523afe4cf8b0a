"""The service on one's own machine, and the page."""
