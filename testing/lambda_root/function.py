"""A function as the platform runs it: a process, started when needed and kept warm."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from testing.lambda_root.machine import library_path
from testing.lambda_root.runtime_api import Outcome, RuntimeApi

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from testing.lambda_root.machine import Machine

# Seconds that a start may take; the platform's own limit.
INIT = 10.0

NAME = "rasterlet-test"


class StartError(Exception):
    """A function that does not start: what it said."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller of a function gets."""

    outcome: Outcome | None
    """None if the time was up, or the process ended."""
    log: str
    """What the function printed meanwhile."""
    init: float | None
    """Milliseconds from the start of the process to its wish for an event; None if it
    was warm."""
    total: float | None
    """Milliseconds from the start of the process to this answer; None if it was
    warm."""
    processor: float | None = None
    """Milliseconds of a processor that the process used for it; None if it was warm."""

    @property
    def payload(self) -> Any:
        """The function's own answer."""
        assert self.outcome, f"There was no answer. {self.log}"
        assert self.outcome.kind == "response", (self.outcome.payload, self.log)
        return self.outcome.payload


@dataclass(slots=True)
class Function:
    """A function on a machine; its process ends with the ``with`` block."""

    machine: Machine
    handler: str
    environment: Mapping[str, str] = field(default_factory=dict)
    """Besides what Lambda sets."""
    timeout: float = 29.0
    """Seconds until a process that works on an event is killed."""
    patience: float = INIT
    """Seconds that a start may take."""
    between: Callable[[], None] | None = None
    """Called when a snapshot was taken, before it is restored."""
    starts: int = 0
    """How many processes there have been."""
    _sandbox: _Sandbox | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start a process, unless there is one.

        Raises:
            StartError: If the process does not get as far as asking for an event.
        """
        if self._sandbox is None:
            self.starts += 1
            self._sandbox = _Sandbox(self.machine, self.handler, self.environment)
            try:
                self._sandbox.wait(self.patience, self.between)
            except StartError:
                self.stop()
                raise

    def invoke(self, event: object) -> Answer:
        """Send an event and wait for the outcome.

        Raises:
            StartError: If no process runs and none can be started.
        """
        cold = self._sandbox is None
        self.start()
        assert self._sandbox is not None
        sandbox, self._sandbox = self._sandbox, None
        try:
            answer = sandbox.invoke(event, self.timeout, cold=cold)
        except BaseException:
            sandbox.close()
            raise
        if answer.outcome is None:
            sandbox.close()
        else:
            self._sandbox = sandbox
        return answer

    def stop(self) -> None:
        """End the process, if there is one."""
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None


class _Sandbox:
    """A process and its Runtime API."""

    def __init__(
        self, machine: Machine, handler: str, environment: Mapping[str, str]
    ) -> None:
        self._closing = contextlib.ExitStack()
        self.api = self._closing.enter_context(RuntimeApi())
        self._log = self._closing.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        report, reported = os.pipe()
        program = [machine.bootstrap]
        self.process = subprocess.Popen(
            machine.command(reported, program),
            env={
                **lambda_environment(machine, handler, self.api.endpoint),
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            pass_fds=(reported,),
        )
        os.close(reported)
        with os.fdopen(report, "rb") as told:
            self._started = told.read().split()

    def wait(self, seconds: float, between: Callable[[], None] | None) -> None:
        """Wait until it asks for an event; take and restore its snapshot before.

        Raises:
            StartError: If the process has ended, reports an error or takes too long.
        """
        deadline = time.monotonic() + seconds
        while not self.api.ready.wait(0.02):
            if self.api.frozen.is_set() and not self.api.restored.is_set():
                if between:
                    between()
                self.api.restored.set()
            if self.process.poll() is not None or time.monotonic() > deadline:
                outcome = self.api.receive(0.1)
                said = outcome.payload if outcome else f"nothing in {seconds:g} s"
                raise StartError(f"{said}\n{self.log()}")

    def invoke(self, event: object, seconds: float, *, cold: bool) -> Answer:
        """What becomes of an event; no outcome if the process is of no more use."""
        seen = os.fstat(self._log.fileno()).st_size
        self.api.send(event, seconds)
        outcome = self._receive(seconds)
        if outcome is None or not cold:
            return Answer(outcome, self.log(seen), None, None)
        used = processor_time(self.process.pid)
        started, before = map(int, self._started)
        init, total = ((at - started) / 1e6 for at in (self.api.ready_at, outcome.at))
        return Answer(outcome, self.log(), init, total, (used - before) / 1e6)

    def _receive(self, seconds: float) -> Outcome | None:
        """What became of an event; None if the time is up, or the process ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if outcome := self.api.receive(0.05):
                return outcome
            if self.process.poll() is not None:
                return self.api.receive(0)
        return None

    def log(self, start: int = 0) -> str:
        """What it printed, from a position."""
        return os.pread(self._log.fileno(), 1 << 20, start).decode(errors="replace")

    def close(self) -> None:
        """Kill it, as the platform does."""
        self.process.kill()
        self.process.wait()
        self._closing.close()


def processor_time(process: int) -> int:
    """Nanoseconds of a processor that a process has used, all its threads together."""
    # What clock_getcpuclockid(3) makes of a process id, which Python has no name for.
    return time.clock_gettime_ns(~process << 3 | 2)


def lambda_environment(machine: Machine, handler: str, api: str) -> dict[str, str]:
    """The variables that Lambda sets.

    See https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html.
    """
    task = machine.task
    return {
        "_HANDLER": handler,
        "AWS_ACCESS_KEY_ID": "ASIAIOSFODNN7EXAMPLE",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
        "AWS_LAMBDA_FUNCTION_NAME": NAME,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{NAME}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]0",
        "AWS_LAMBDA_RUNTIME_API": api,
        "AWS_REGION": "eu-central-1",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjEXAMPLE",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "LAMBDA_TASK_ROOT": task,
        "LANG": "en_US.UTF-8",
        "LD_LIBRARY_PATH": library_path(task),
        "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
        "TZ": ":UTC",
    }
