"""Why a suite has no figures."""

from __future__ import annotations


class DisagreementError(Exception):
    """The sides do not do the same work, so that their times say nothing."""


class WorkerError(Exception):
    """A worker process has ended before its time."""
