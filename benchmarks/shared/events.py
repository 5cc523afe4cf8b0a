"""What API Gateway and Lambda hand to a function."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote


class Context:
    """What a handler may ask of its invocation; attributes as Lambda names them."""

    function_name = "tiles"
    aws_request_id = "00000000-0000-4000-8000-000000000000"
    memory_limit_in_mb = 1769
    invoked_function_arn = "arn:aws:lambda:local:000000000000:function:tiles"

    def get_remaining_time_in_millis(self) -> int:
        """As if each request were the first second's."""
        return 29_000


def make_event(path: str, query: str) -> dict[str, Any]:
    """The event of a GET request, API Gateway's payload format 2.0."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {
            "accept": "image/avif,image/webp,image/png,*/*;q=0.8",
            "accept-encoding": "gzip, deflate, br",
            "host": "tiles.example.com",
            "user-agent": "Mozilla/5.0",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "queryStringParameters": dict(parse_qsl(query)),
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "tiles",
            "domainName": "tiles.example.com",
            "domainPrefix": "tiles",
            "http": {
                "method": "GET",
                "path": unquote(path),
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "Mozilla/5.0",
            },
            "requestId": "request",
            "routeKey": "$default",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1767225600000,
        },
        "isBase64Encoded": False,
    }
