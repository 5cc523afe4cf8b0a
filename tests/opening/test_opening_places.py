from __future__ import annotations

import pytest

from handlers.http.app import make_app
from rasterlet.opening.places import legal_id


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("my dem (2)", "my dem (2)"),
        ("cafe\u0301", "caf\u00e9"),  # as macOS has it in file names
        ('a"b', "a_b"),
        ("50 €", "50 _"),
        ("a/b?c#d", "a_b_c_d"),
        ("..", "raster.."),
    ],
)
def test_an_id_made_of_a_name_has_a_route(name: str, expected: str):
    app = make_app()

    @app.get("/datasets/<name>")
    def dataset(name: str) -> dict[str, object]:
        return {"name": name}

    made = legal_id(name)
    path = f"/datasets/{made}"
    http = {"method": "GET", "path": path}
    event: dict[str, object] = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {},
        "requestContext": {"http": http, "stage": "$default"},
    }

    assert made == expected
    assert app.resolve(event, None)["statusCode"] == 200  # type: ignore[arg-type]
