"""What the packaged stack promises: sizes, permissions, limits, routes."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from handlers.routes import FALLBACK, FUNCTIONS, ROUTES
from tests.deploy.packages import DEPLOY, FULL, LAYERS, ROOT, leaves, package

if TYPE_CHECKING:
    from tests.deploy.packages import Template

# Lambda's limit for a function's code with its layers.
MAX_UNZIPPED = 262_144_000

# The HTTP API's limit.
GATEWAY_SECONDS = 30

# Not ours to change: conditions on the parameters of serverless.yml are constant by the
# time they are in the template, and osls says twice what a route depends on. Without a
# domain, the branch that has one holds an empty ARN.
IGNORED = ("W8003", "W3005")
WITHOUT_DOMAIN = ("E1159",)


def run_linter(path: Path, ignored: tuple[str, ...]) -> str:
    program = Path(sys.executable).with_name("cfn-lint")
    command = [str(program), str(path), "--regions", "eu-central-1"]
    done = subprocess.run(
        [*command, "--ignore-checks", *ignored],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_cloudformation_would_take_the_stack(packaged: Template):
    assert run_linter(packaged.path, (*IGNORED, *WITHOUT_DOMAIN)) == ""


def test_cloudformation_would_take_every_parameter(full: Template):
    assert run_linter(full.path, IGNORED) == ""


def test_the_firewall_is_packaged_and_clean(tmp_path: Path):
    params = {"limit": "3000"}

    made = package(
        tmp_path / "waf", "dev", params, config="firewall.yml", folder=DEPLOY
    )

    assert run_linter(made.path, IGNORED) == ""
    (acl,) = made.of_type("AWS::WAFv2::WebACL").values()
    rule = acl["Rules"][0]["Statement"]["RateBasedStatement"]
    assert int(rule["Limit"]) == 3000
    # And what is wrong would be found.
    rule["Limit"] = "many"
    made.path.write_text(json.dumps(made.content))
    assert "'many' is not of type 'integer'" in run_linter(made.path, IGNORED)


def test_every_route_goes_to_its_function(template: Template):
    integrations = template.of_type("AWS::ApiGatewayV2::Integration")
    routed = {}
    for route in template.of_type("AWS::ApiGatewayV2::Route").values():
        _, (_, target) = route["Target"]["Fn::Join"]
        assert target["Ref"] in integrations
        function = target["Ref"].removeprefix("HttpApiIntegration").lower()
        routed[route["RouteKey"]] = function

    expected = {
        f"{method} {route.gateway_path}": route.function
        for route in ROUTES
        for method in route.methods
    }
    assert routed == expected | {"$default": FALLBACK}


def test_every_function_ends_before_the_gateway_gives_up(template: Template):
    functions = template.functions()

    assert set(functions) == {*FUNCTIONS}
    assert all(f["Timeout"] < GATEWAY_SECONDS for f in functions.values())


def test_functions_and_layers_are_of_one_architecture(template: Template):
    architectures = {f["Architectures"][0] for f in template.functions().values()}
    layers = template.of_type("AWS::Lambda::LayerVersion").values()

    (architecture,) = architectures
    assert [layer["CompatibleArchitectures"] for layer in layers] == 2 * [
        [architecture]
    ]
    runtimes = {f["Runtime"] for f in template.functions().values()}
    assert [layer["CompatibleRuntimes"] for layer in layers] == 2 * [list(runtimes)]


@pytest.mark.parametrize("arch", ["arm64", "x86_64"])
def test_code_and_layers_fit_a_function(code: Path, arch: str):
    """Layers that are not built yet weigh nothing here; ``make layers`` has limits."""
    dist = ROOT / "layers" / "dist"
    zips = [code, *(dist / f"{name}-{arch}.zip" for name in LAYERS)]

    size = sum(unzipped_size(path) for path in zips if path.is_file())

    assert 1_000_000 < size < MAX_UNZIPPED


def unzipped_size(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def allowed(template: Template) -> list[dict[str, Any]]:
    """Statements of all roles that allow something."""
    roles = template.of_type("AWS::IAM::Role").values()
    return [
        statement
        for role in roles
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]


def as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_functions_may_read_rasters_log_and_trace_and_nothing_else(template: Template):
    actions = {a for s in allowed(template) for a in as_list(s["Action"])}

    assert actions == {
        "s3:GetObject",
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "logs:TagResource",
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
    }
    roles = template.of_type("AWS::IAM::Role").values()
    assert not any("ManagedPolicyArns" in role for role in roles)


def test_only_tracing_is_allowed_on_everything(template: Template):
    for statement in allowed(template):
        if all(a.startswith("xray:") for a in as_list(statement["Action"])):
            continue  # X-Ray has no resources to name
        for resource in as_list(statement["Resource"]):
            assert not any(str(leaf) in {"*", "arn:aws:s3:::*"} for leaf in [resource])
            text = next(str(leaf) for leaf in leaves(resource))
            assert text.startswith("arn:${AWS::Partition}:")
            assert not text.startswith("arn:${AWS::Partition}:s3:::*")


def test_only_the_prefix_is_readable(full: Template):
    (statement,) = (s for s in allowed(full) if "s3:GetObject" in s["Action"])

    pattern, names = statement["Resource"]["Fn::Sub"]

    assert pattern == f"arn:${{AWS::Partition}}:s3:::${{Bucket}}/{FULL['prefix']}*"
    assert names["Bucket"]["Fn::If"][2] == FULL["bucket"]


def test_no_bucket_is_public(template: Template):
    buckets = template.of_type("AWS::S3::Bucket")

    assert len(buckets) == 3
    for bucket in buckets.values():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_every_bucket_refuses_what_is_not_encrypted(template: Template):
    policies = template.of_type("AWS::S3::BucketPolicy").values()

    refusing = {
        policy["Bucket"]["Ref"]
        for policy in policies
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Condition"]["Bool"]["aws:SecureTransport"] in {"false", False}
    }

    assert refusing == set(template.of_type("AWS::S3::Bucket"))


def test_who_is_allowed_into_a_bucket_is_this_distribution_alone(template: Template):
    policies = template.of_type("AWS::S3::BucketPolicy").values()

    granted = [
        statement
        for policy in policies
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]

    (statement,) = granted
    assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert statement["Action"] == "s3:GetObject"
    source = statement["Condition"]["StringEquals"]["aws:SourceArn"]["Fn::Sub"]
    assert source.endswith(":distribution/${Distribution}")


def test_rasters_outlive_the_stack(packaged: Template):
    bucket = packaged.resources["RasterBucket"]

    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"
    assert bucket["Properties"]["VersioningConfiguration"]["Status"] == "Enabled"


def test_all_logs_end(template: Template):
    groups = template.of_type("AWS::Logs::LogGroup").values()

    assert len(groups) == len(template.functions()) + 1
    assert all(0 < group["RetentionInDays"] <= 90 for group in groups)


def test_a_new_account_need_not_reserve_what_it_does_not_have(packaged: Template):
    assert packaged.content["Conditions"]["Reserve"]["Fn::Equals"] == ["false", "true"]


def test_reserved_concurrency_leaves_an_account_its_hundred(full: Template):
    """An account has 1,000 without asking for more, of which 100 cannot be reserved."""
    assert full.content["Conditions"]["Reserve"]["Fn::Equals"] == ["true", "true"]

    conditions = [
        f["ReservedConcurrentExecutions"]["Fn::If"] for f in full.functions().values()
    ]

    assert all(name == "Reserve" for name, _, _ in conditions)
    assert 0 < sum(number for _, number, _ in conditions) <= 900


def test_tiles_start_from_a_snapshot_where_it_is_paid_for(
    packaged: Template, full: Template
):
    assert "SnapStart" not in packaged.functions()["tiles"]
    functions = full.functions()
    assert {name for name, f in functions.items() if "SnapStart" in f} == {"tiles"}
    integration = full.resources["HttpApiIntegrationTiles"]["Properties"]
    (alias,) = full.of_type("AWS::Lambda::Alias").values()
    assert alias["Name"] in json.dumps(integration["IntegrationUri"])


def test_the_gateway_throttles(template: Template):
    (stage,) = template.of_type("AWS::ApiGatewayV2::Stage").values()

    settings = stage["DefaultRouteSettings"]

    assert 0 < int(settings["ThrottlingRateLimit"]) <= 500
    assert 0 < int(settings["ThrottlingBurstLimit"]) <= 1000


def test_the_environment_is_one_that_the_code_reads(template: Template):
    """GDAL's options stand in one place, and none is said twice."""
    options = (ROOT / "raster_core" / "sources" / "file" / "gdal.py").read_text()
    settings = (ROOT / "handlers" / "platform" / "settings.py").read_text()

    for function in template.functions().values():
        for name in function["Environment"]["Variables"]:
            assert f'"{name}"' not in options
            if name.startswith("RASTERLET_"):
                assert f"``{name}``" in settings


def test_alarms_watch_what_there_is(template: Template):
    alarms = template.of_type("AWS::CloudWatch::Alarm")
    known = {f"{name.capitalize()}LambdaFunction" for name in template.functions()}

    watched = {
        name: {
            leaf["Ref"]
            for leaf in dictionaries(alarm)
            if leaf.get("Ref", "").endswith("LambdaFunction")
        }
        for name, alarm in alarms.items()
    }

    assert watched["FunctionErrors"] == watched["FunctionThrottles"] == known
    assert set(watched) == {
        "FunctionErrors",
        "FunctionThrottles",
        "SlowTiles",
        "SlowStatistics",
        "ServerErrors",
    }


def dictionaries(value: object) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value, *(d for inner in value.values() for d in dictionaries(inner))]
    if isinstance(value, list):
        return [d for inner in value for d in dictionaries(inner)]
    return []


def test_the_bill_is_told_of(full: Template):
    (budget,) = full.of_type("AWS::Budgets::Budget").values()

    addresses = {
        subscriber["Address"]
        for notice in budget["NotificationsWithSubscribers"]
        for subscriber in notice["Subscribers"]
    }

    assert addresses == {FULL["email"]}
