"""Flow control of tasks: limits by key, fair shares, singletons and debounced creations. Periods are whole milliseconds."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class ConcurrencySpec(TypedDict):
    key: str
    limit: int


class FairnessSpec(TypedDict):
    key: str
    weight: NotRequired[float]


class RateSpec(TypedDict):
    key: str
    limit: int
    per_ms: int
    """The period begins with the first assignment after the last one."""


class SingletonSpec(TypedDict):
    key: str
    on_conflict: NotRequired[Literal["reject", "return_existing"]]
    """Whether a second creation is refused, if left out, or answered with the open task."""


class DebounceSpec(TypedDict):
    key: str
    period_ms: int
