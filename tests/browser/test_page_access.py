"""The page meets WCAG 2.2 AA, as far as axe-core can check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.server.gateway import ROOT

if TYPE_CHECKING:
    from typing import Any

    from tests.browser.demo import Demo

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

VIEWS = {
    "statistics": "#dataset=landcover&view=3/-11/-53&zone=countries/Brazil",
    "histogram": "#dataset=elevation&view=9.5/37.8/-119.34&zone=counties/Mono",
    "pair": "#dataset=landcover&view=3/-11/-53&zone=countries/Brazil"
    "&zone=countries/Peru",
    "profile": "#mode=profile&dataset=elevation&view=9.5/37.8/-119.34",
    "extract": "#mode=extract&dataset=landcover&view=5/0/36&zone=countries/Kenya"
    "&pick=10",
    "priority": "#mode=priority&view=9.5/37.8/-119.34&zone=counties/Mono",
    "request": "#dataset=landcover&view=3/-11/-53&zone=countries/Brazil&drawer=request",
    "layer": "#dataset=landcover&view=3/-11/-53&drawer=layer",
}


def violations(demo: Demo) -> list[str]:
    """The violations that axe-core finds, one per line."""
    # Evaluated, because the page's policy does not allow adding a script.
    demo.page.evaluate(AXE.read_text())
    result: Any = demo.page.evaluate(
        "tags => axe.run(document, { runOnly: tags, resultTypes: ['violations'] })",
        TAGS,
    )
    return [
        f"{found['id']}: {node['target']} {node['failureSummary']}"
        for found in result["violations"]
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_no_rule_is_broken(demo: Demo, view: str, scheme: str):
    demo.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    demo.open(VIEWS[view])
    if view == "profile":
        demo.draw((-119.5, 37.7), (-119.2, 37.9))
        demo.wait_for("profile-panel")
    demo.rest()

    assert violations(demo) == []


def test_a_phone_breaks_no_rule_either(demo: Demo):
    demo.page.set_viewport_size({"width": 390, "height": 844})
    demo.open(VIEWS["statistics"])
    demo.wait_for("stats-panel")
    demo.rest()

    assert violations(demo) == []
    script = "document.documentElement.scrollWidth <= innerWidth"
    assert demo.page.evaluate(script)


def test_reduced_motion_is_respected(demo: Demo):
    demo.page.emulate_media(reduced_motion="reduce")
    demo.open("#dataset=landcover&view=3/-11/-53")
    demo.page.locator("label", has_text="Elevation").click()
    demo.page.wait_for_function("() => window.rasterlet.map.getZoom() > 8")

    assert not demo.page.evaluate("window.rasterlet.map.isMoving()")
