"""The handlers of a worker, by type of task."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from .context import TaskContext
from .errors import InvalidInputError

I = TypeVar("I")  # noqa: E741
H = TypeVar("H", bound=Callable[[TaskContext[Any]], Any])

Handler = Callable[[TaskContext[I]], Awaitable[Any]] | Callable[[TaskContext[I]], Any]
"""Runs a task and returns its result, any JSON. A coroutine runs on the worker's loop, a plain function in a thread."""

Parse = Callable[[Any], I]
"""Makes the input of a handler out of JSON, for example `Model.model_validate`. What it raises fails the task with INVALID_INPUT, without a retry."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A handler, and what makes its input."""

    run: Callable[[TaskContext[Any]], Any]
    parse: Callable[[Any], Any] | None

    @property
    def is_async(self) -> bool:
        return inspect.iscoroutinefunction(self.run) or inspect.iscoroutinefunction(getattr(self.run, "__call__", None))

    def input_of(self, value: Any) -> Any:
        if self.parse is None:
            return value
        try:
            return self.parse(value)
        except Exception as error:
            raise InvalidInputError(f"The input: {error}") from error


class Handlers:
    """The handlers of a worker, by type of task."""

    def __init__(self) -> None:
        self._by_type: dict[str, Registered] = {}
        self._otherwise: Registered | None = None

    @property
    def types(self) -> list[str] | None:
        """The types that the worker takes; None for all."""
        return None if self._otherwise else list(self._by_type)

    @property
    def is_empty(self) -> bool:
        return not self._by_type and self._otherwise is None

    def add(self, task_type: str | None, registered: Registered) -> None:
        if task_type is None:
            if self._otherwise:
                raise ValueError("There is a handler of all other tasks already.")
            self._otherwise = registered
        elif task_type in self._by_type:
            raise ValueError(f"There is a handler of tasks of type '{task_type}' already.")
        else:
            self._by_type[task_type] = registered

    def find(self, task_type: str | None) -> Registered | None:
        known = None if task_type is None else self._by_type.get(task_type)
        return known or self._otherwise
