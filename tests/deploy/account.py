"""An AWS account on this machine: moto's server, in a process of its own.

It knows buckets, roles, log groups, layers and functions, but no HTTP API, CloudFront
or alarms, and it would run functions in Docker. So a stack is made of what it knows,
and functions are run by ``invoke.py`` from the code and with the environment that were
deployed.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.error import URLError
from urllib.request import urlopen

import boto3

from tests.deploy.packages import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.deploy.packages import Template

REGION = "eu-central-1"

KNOWN = {
    "AWS::IAM::Role",
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
}

INVOKE = Path(__file__).with_name("invoke.py")


class Account:
    """Lasts as long as its ``with`` block."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.endpoint = f"127.0.0.1:{probe.getsockname()[1]}"
        host, port = self.endpoint.split(":")
        program = Path(sys.executable).with_name("moto_server")
        self._process = subprocess.Popen(
            [str(program), "-H", host, "-p", port],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> Self:
        deadline = time.monotonic() + 60
        while True:
            try:
                with urlopen(f"http://{self.endpoint}/moto-api/data.json", timeout=5):
                    return self
            except (URLError, ConnectionError, TimeoutError):
                assert self._process.poll() is None, "moto_server does not start"
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)

    @property
    def environment(self) -> dict[str, str]:
        """What leads boto3 and GDAL here."""
        return {
            "AWS_ENDPOINT_URL": f"http://{self.endpoint}",
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "y",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": "/nowhere",
            "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
            "AWS_S3_ENDPOINT": self.endpoint,
            "AWS_HTTPS": "NO",
            "AWS_VIRTUAL_HOSTING": "FALSE",
        }

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=f"http://{self.endpoint}",
            region_name=REGION,
            aws_access_key_id="x",
            aws_secret_access_key="y",  # noqa: S106  moto takes any
        )

    def deploy(self, template: Template, artifacts: Mapping[str, Path]) -> str:
        """Make the stack in osls' two steps, its bucket first; returns its name."""
        stacks, name = self.client("cloudformation"), "rasterlet-dev"
        first = template.path.with_name("cloudformation-template-create-stack.json")
        stacks.create_stack(
            StackName=name, TemplateBody=json.dumps(known_part(first.read_text()))
        )
        bucket = self.outputs(name)["ServerlessDeploymentBucketName"]
        for resource in template.resources.values():
            properties = resource["Properties"]
            place = properties.get("Code") or properties.get("Content")
            if place:
                file = artifacts[place["S3Key"].rsplit("/", 1)[1]]
                self.client("s3").put_object(
                    Bucket=bucket, Key=place["S3Key"], Body=file.read_bytes()
                )
        self.client("secretsmanager").create_secret(
            Name="OriginSecret", SecretString="of the origin"
        )
        stacks.update_stack(
            StackName=name,
            TemplateBody=json.dumps(known_part(template.path.read_text())),
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        return name

    def outputs(self, name: str) -> dict[str, str]:
        (stack,) = self.client("cloudformation").describe_stacks(StackName=name)[
            "Stacks"
        ]
        return {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}

    def functions(self) -> dict[str, Deployed]:
        """By the last part of their names."""
        listed = self.client("lambda").list_functions()["Functions"]
        return {
            one["FunctionName"].rsplit("-", 1)[1]: Deployed(
                account=self,
                name=one["FunctionName"],
                handler=one["Handler"],
                variables=one["Environment"]["Variables"],
            )
            for one in listed
        }


@dataclass(frozen=True, slots=True)
class Deployed:
    """A function as the account has it."""

    account: Account
    name: str
    handler: str
    variables: Mapping[str, str]

    def invoke(
        self, folder: Path, events: Sequence[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Its answers, from a fresh process in an empty folder."""
        task = self._unpack(folder)
        asked, answered = folder / "events.json", folder / "answers.json"
        asked.write_text(json.dumps(events))
        done = subprocess.run(
            [
                *(sys.executable, "-s", "-P", str(INVOKE)),
                *(self.handler, str(asked), str(answered)),
            ],
            cwd=folder,
            env={
                **self.account.environment,
                **self.variables,
                "PYTHONPATH": str(task),
                "AWS_LAMBDA_FUNCTION_NAME": self.name,
                "PATH": "/usr/bin:/bin",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        found = json.loads(answered.read_text())
        assert Path(found["file"]).is_relative_to(task)
        assert not Path(found["file"]).is_relative_to(ROOT)
        answers: list[dict[str, Any]] = found["answers"]
        return answers

    def _unpack(self, folder: Path) -> Path:
        (place,) = (
            function["Properties"]["Code"]
            for function in self._template()["Resources"].values()
            if function["Properties"].get("FunctionName") == self.name
        )
        bucket = self.account.outputs("rasterlet-dev")["ServerlessDeploymentBucketName"]
        zipped, task = folder / "code.zip", folder / "task"
        stored = self.account.client("s3").get_object(Bucket=bucket, Key=place["S3Key"])
        zipped.write_bytes(stored["Body"].read())
        with zipfile.ZipFile(zipped) as archive:
            archive.extractall(task)
        return task

    def _template(self) -> dict[str, Any]:
        stacks = self.account.client("cloudformation")
        found: dict[str, Any] = stacks.get_template(StackName="rasterlet-dev")[
            "TemplateBody"
        ]
        return found


def known_part(text: str) -> dict[str, Any]:
    """A template without what moto does not know; names stand for what is left out."""
    template: dict[str, Any] = json.loads(text)
    resources = template["Resources"]
    left_out = {name for name, r in resources.items() if r["Type"] not in KNOWN}
    template["Resources"] = {
        name: _without_order(r) for name, r in resources.items() if name not in left_out
    }
    named: dict[str, Any] = _name(template, left_out)
    return named


def _without_order(resource: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in resource.items() if name != "DependsOn"}


def _name(value: Any, left_out: set[str]) -> Any:
    if isinstance(value, list):
        return [_name(inner, left_out) for inner in value]
    if isinstance(value, str):
        return re.sub(
            r"\$\{(\w+)(\.\w+)?\}",
            lambda found: found[1] if found[1] in left_out else found[0],
            value,
        )
    if not isinstance(value, dict):
        return value
    if value.get("Ref") in left_out:
        return value["Ref"]
    attribute = value.get("Fn::GetAtt")
    if isinstance(attribute, list) and attribute[0] in left_out:
        return attribute[0]
    return {name: _name(inner, left_out) for name, inner in value.items()}
