"""The process that answers: API Gateway and the page, around the handlers."""
