"""Stored log lines of tasks (spec/waggle.v1.md)."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

TaskLogLevel = Literal["trace", "debug", "info", "warn", "error"]


class TaskLogLine(TypedDict):
    seq: int
    """Lines are numbered within the hive."""
    at: str
    level: NotRequired[TaskLogLevel]
    line: str


class AttemptLog(TypedDict):
    attempt: int
    agent: str
    dropped: int
    """The number of lines that the hub does not have (any more)."""
    lines: list[TaskLogLine]


class LogDropped(TypedDict):
    lines: int
    bytes: int
    policy: Literal["drop_oldest"]


class TaskLogPage(TypedDict):
    task: str
    since: str
    """The time since which the lines are complete, except those counted as dropped."""
    attempts: list[AttemptLog]
    dropped: NotRequired[LogDropped]
    cursor: str
    """The number of the last line, for `after`."""
    more: bool
    """Whether there are more lines behind the cursor."""
