"""CloudFront: which path goes where, and what is asked of the cache."""

from __future__ import annotations

import json
import re
import subprocess
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import meta
from handlers.http.urls import HOST_HEADER, SECRET_HEADER
from handlers.params.lists import wmts
from handlers.params.param import names_of
from handlers.routes import METHODS, ROUTES
from testing.client import LambdaContext, event, read_answer
from tests.deploy.packages import FULL, ROOT, find_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.contract.route import Route
    from tests.deploy.packages import Template

# CloudFront's quotas, without asking for more.
MAX_LISTED = 10
MAX_BEHAVIORS = 25
MAX_FUNCTION = 10_240

PICTURES = ("/tiles/{z}/{x}/{y}", "/preview.{format}", "/part.{format}")

each_route = pytest.mark.parametrize(
    "route", ROUTES, ids=lambda route: f"{route.method} {route.path}"
)


def distribution(template: Template) -> dict[str, Any]:
    (found,) = template.of_type("AWS::CloudFront::Distribution").values()
    config: dict[str, Any] = found["DistributionConfig"]
    return config


def behavior(template: Template, path: str) -> dict[str, Any]:
    """The first that fits, as CloudFront chooses."""
    config = distribution(template)
    found: dict[str, Any] = next(
        (b for b in config["CacheBehaviors"] if fnmatchcase(path, b["PathPattern"])),
        config["DefaultCacheBehavior"],
    )
    return found


def example(route: Route) -> str:
    return re.sub(r"\{\w+\}", "a", route.path)


@each_route
def test_every_route_goes_to_the_api(template: Template, route: Route):
    found = behavior(template, example(route))

    assert found["TargetOriginId"] == "api"
    assert set(METHODS) <= set(found["AllowedMethods"])
    # The viewer's Host would be unknown to the gateway.
    assert found["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    (association,) = found["FunctionAssociations"]
    assert association["FunctionARN"] == {
        "Fn::GetAtt": ["ViewerRequest", "FunctionARN"]
    }


@each_route
def test_pictures_are_cached_as_pictures(template: Template, route: Route):
    policy = behavior(template, example(route))["CachePolicyId"]["Ref"]

    picture = route.path.endswith(PICTURES)
    assert policy == ("PictureCache" if picture else "DocumentCache")


@pytest.mark.parametrize(
    "path", ["/", "/index.html", "/assets/main-3AFCIVFY.css", "/zones/a.geojson"]
)
def test_all_else_is_the_page(template: Template, path: str):
    assert behavior(template, path)["TargetOriginId"] == "page"


def test_what_the_page_is_made_of_is_no_route(template: Template):
    dist = ROOT / "frontend" / "dist"
    names = [p.relative_to(dist).as_posix() for p in dist.rglob("*") if p.is_file()]

    for name in names:
        assert behavior(template, f"/{name}")["TargetOriginId"] == "page"


def test_there_are_not_more_behaviors_than_an_account_has(template: Template):
    assert len(distribution(template)["CacheBehaviors"]) <= MAX_BEHAVIORS


def key_of(template: Template, policy: str) -> dict[str, Any]:
    config = template.resources[policy]["Properties"]["CachePolicyConfig"]
    found: dict[str, Any] = config["ParametersInCacheKeyAndForwardedToOrigin"]
    return found


@pytest.mark.parametrize("policy", ["PictureCache", "DocumentCache"])
def test_every_parameter_is_in_the_key(template: Template, policy: str):
    """A list of them would be longer than a policy takes."""
    longest = max(len(route.params) for route in ROUTES)
    assert longest > MAX_LISTED

    key = key_of(template, policy)

    assert key["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}


def test_what_holds_addresses_is_kept_by_host(template: Template):
    headers = json.dumps(key_of(template, "DocumentCache")["HeadersConfig"])

    assert HOST_HEADER in headers
    assert HOST_HEADER not in json.dumps(key_of(template, "PictureCache"))


@pytest.mark.parametrize("policy", ["PictureCache", "DocumentCache"])
def test_with_named_origins_answers_are_kept_by_origin(full: Template, policy: str):
    assert full.content["Conditions"]["NamedOrigins"] == {
        "Fn::Not": [{"Fn::Equals": [FULL["origins"], ""]}]
    }
    named = key_of(full, policy)["HeadersConfig"]

    assert '"Origin"' in json.dumps(named)


def test_nothing_is_kept_that_does_not_say_so(template: Template):
    for policy in ("PictureCache", "DocumentCache"):
        config = template.resources[policy]["Properties"]["CachePolicyConfig"]
        assert config["MinTTL"] == config["DefaultTTL"] == 0


def test_errors_are_kept_no_longer_than_they_say(template: Template):
    errors = distribution(template)["CustomErrorResponses"]

    assert {e["ErrorCode"] for e in errors} >= {400, 404, 405, 500, 502, 503, 504}
    assert all(e["ErrorCachingMinTTL"] == 0 for e in errors)
    assert all("ResponsePagePath" not in e for e in errors)


def test_the_origin_gets_the_secret_that_the_functions_know(template: Template):
    (api,) = (o for o in distribution(template)["Origins"] if o["Id"] == "api")
    (header,) = api["OriginCustomHeaders"]

    assert header["HeaderName"] == SECRET_HEADER
    for function in template.functions().values():
        known = function["Environment"]["Variables"]["RASTERLET_ORIGIN_SECRET"]
        assert known == header["HeaderValue"]
    assert "resolve:secretsmanager" in header["HeaderValue"]["Fn::Sub"]


def test_in_prod_the_gateway_answers_the_distribution_alone(
    packaged: Template, full: Template
):
    name = "RASTERLET_ONLY_THROUGH_CDN"
    for made, closed in ((packaged, "false"), (full, "true")):
        for function in made.functions().values():
            assert function["Environment"]["Variables"][name] == closed


def test_answers_that_are_not_ours_can_be_read_by_pages(template: Template):
    policy = template.resources["ApiHeaders"]["Properties"]
    cors = policy["ResponseHeadersPolicyConfig"]["CorsConfig"]

    assert cors["OriginOverride"] is False  # the handlers' own stand
    assert set(cors["AccessControlAllowMethods"]["Items"]) == set(METHODS)
    assert cors["AccessControlAllowOrigins"]["Items"]["Fn::If"][2] == ["*"]
    preflight = read_answer(meta.handler(event("OPTIONS", "/"), LambdaContext()))
    for name, ours in (
        ("AccessControlAllowHeaders", "access-control-allow-headers"),
        ("AccessControlExposeHeaders", "access-control-expose-headers"),
    ):
        assert cors[name]["Items"] == preflight.headers[ours].split(", ")


def test_the_page_is_read_through_the_distribution(template: Template):
    (page,) = (o for o in distribution(template)["Origins"] if o["Id"] == "page")

    assert page["OriginAccessControlId"] == {"Fn::GetAtt": ["PageAccess", "Id"]}


class Edge:
    """The function at the edge, in Node.js."""

    # A request a line, in the form that CloudFront hands over.
    _LOOP = """
    require("node:readline").createInterface({ input: process.stdin })
      .on("line", (line) => console.log(JSON.stringify(handler(JSON.parse(line)))));
    """

    def __init__(self, code: str) -> None:
        self._process = subprocess.Popen(
            [find_node(), "-e", code + self._LOOP],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=10)

    def ask(self, uri: str, query: str, **headers: str) -> dict[str, Any]:
        """The request that the cache and the origin see."""
        assert self._process.stdin
        assert self._process.stdout
        request = {
            "method": "GET",
            "uri": uri,
            "querystring": as_cloudfront(query),
            "headers": {
                name: {"value": value}
                for name, value in ({"host": "maps.example"} | headers).items()
            },
        }
        self._process.stdin.write(json.dumps({"request": request}) + "\n")
        self._process.stdin.flush()
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found


def as_cloudfront(query: str) -> dict[str, dict[str, Any]]:
    """A query as CloudFront Functions have it: coded as it came, by name."""
    names: dict[str, list[str]] = {}
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        names.setdefault(name, []).append(value)
    return {
        name: {"value": values[-1]}
        | ({"multiValue": [{"value": v} for v in values]} if len(values) > 1 else {})
        for name, values in names.items()
    }


@pytest.fixture(scope="module")
def edge(packaged: Template) -> Iterator[Edge]:
    (function,) = packaged.of_type("AWS::CloudFront::Function").values()
    assert len(function["FunctionCode"]) < MAX_FUNCTION
    with Edge(function["FunctionCode"]) as made:
        yield made


TILE = "/datasets/elevation/tiles/3/2/3.png"

pairs = st.lists(
    st.tuples(
        st.sampled_from(["bidx", "rescale", "expression", "colormap_name", "nonsense"]),
        st.sampled_from(["1", "2", "0,10", "b1+b2 & c", "ä=", ""]),
    ),
    max_size=6,
)


@given(given_pairs=pairs, shuffled=st.randoms(use_true_random=False))
def test_the_order_of_names_makes_no_difference(edge: Edge, given_pairs, shuffled):
    names = list(dict.fromkeys(name for name, _ in given_pairs))
    shuffled.shuffle(names)
    moved = sorted(given_pairs, key=lambda pair: names.index(pair[0]))

    asked = edge.ask(TILE, urlencode(given_pairs))["querystring"]

    assert asked == edge.ask(TILE, urlencode(moved))["querystring"]
    assert edge.ask(TILE, asked)["querystring"] == asked


@given(given_pairs=pairs)
def test_no_value_is_lost_and_repeated_ones_stay_in_order(edge: Edge, given_pairs):
    """``bidx=2&bidx=1`` has another first band."""
    asked = edge.ask(TILE, urlencode(given_pairs))["querystring"]

    seen = parse_qsl(asked, keep_blank_values=True)

    assert seen == sorted(given_pairs, key=lambda pair: pair[0])


def test_what_the_api_does_not_know_reaches_it_to_be_refused(edge: Edge):
    assert edge.ask(TILE, "rescal=0,1")["querystring"] == "rescal=0,1"


@pytest.mark.parametrize("key", names_of(wmts.KEYS))
def test_keys_of_wmts_are_the_same_in_any_case(edge: Edge, key: str):
    for path in ("/wmts", "/wmts/1.0.0/WMTSCapabilities.xml"):
        asked = edge.ask(path, f"{key.lower()}=a&colormap_name=viridis")

        assert asked["querystring"] == f"{key}=a&colormap_name=viridis"


def test_elsewhere_names_stay_as_they_are(edge: Edge):
    assert edge.ask(TILE, "Format=png")["querystring"] == "Format=png"
    assert edge.ask("/datasets", "layer=a")["querystring"] == "layer=a"


def test_the_list_of_wmts_keys_is_the_handlers_own(packaged: Template):
    (function,) = packaged.of_type("AWS::CloudFront::Function").values()
    (listed,) = re.findall(r"new Set\(\[(.*?)\]\)", function["FunctionCode"], re.DOTALL)

    assert set(re.findall(r'"(\w+)"', listed)) == set(names_of(wmts.KEYS))


def test_the_viewers_host_is_told_whatever_the_viewer_says(edge: Edge):
    asked = edge.ask("/datasets", "", **{HOST_HEADER: "evil.example"})

    assert asked["headers"][HOST_HEADER]["value"] == "maps.example"
    assert asked["headers"]["host"]["value"] == "maps.example"


def test_a_request_without_a_query_stays_without(edge: Edge):
    assert edge.ask("/health", "")["querystring"] == ""
