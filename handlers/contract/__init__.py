"""What a route is, and the forms of answers that routes declare."""
