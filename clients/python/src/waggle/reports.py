"""What an attempt reports while it runs."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from .jsontext import dumps
from .types import Lease, TaskLogLevel

Post = Callable[[Mapping[str, Any]], bool]

_LINES_PER_MESSAGE = 1000
_BYTES_PER_MESSAGE = 256 * 1024
_MAX_TEXT = 10_000
_MAX_LINES = 10_000


class Reports:
    """The start, the log lines and the newest progress of an attempt until they are sent. Any thread may add to them.

    At most 10,000 lines wait: then the oldest are dropped, and a line says how many.
    """

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._lock = threading.Lock()
        self._started = False
        self._lines: deque[tuple[TaskLogLevel | None, str]] = deque()
        self._dropped = 0
        self._progress: dict[str, Any] | None = None

    @property
    def waiting(self) -> bool:
        return self._started or bool(self._lines) or self._progress is not None

    def start(self) -> None:
        with self._lock:
            self._started = True

    def log(self, lines: tuple[str, ...], level: TaskLogLevel | None = None) -> None:
        texts = [str(line) for line in lines]
        with self._lock:
            for line in texts:
                for start in range(0, len(line), _MAX_TEXT) or (0,):
                    self._lines.append((level, line[start : start + _MAX_TEXT]))
            while len(self._lines) > _MAX_LINES:
                self._lines.popleft()
                self._dropped += 1

    def progress(self, progress: float, message: str | None) -> None:
        fields: dict[str, Any] = {"progress": progress}
        if message is not None:
            fields["message"] = str(message)[:_MAX_TEXT]
        with self._lock:
            self._progress = fields

    def discard(self) -> None:
        """Drops what waits."""
        with self._lock:
            self._started = False
            self._lines.clear()
            self._dropped = 0
            self._progress = None

    def flush(self, post: Post) -> bool:
        """Sends what waits, in order. Returns False, and keeps the rest, when `post` cannot send."""
        with self._lock:
            if self._started:
                if not post({"type": "task.start", **self._lease}):
                    return False
                self._started = False
            if self._dropped:
                self._lines.appendleft((None, f"[{self._dropped} lines were dropped: they were logged faster than they could be sent]"))
                self._dropped = 0
            while self._lines:
                lines = self._next_lines()
                level = self._lines[0][0]
                if not post({"type": "task.log", **self._lease, "lines": lines, **({} if level is None else {"level": level})}):
                    return False
                for _ in lines:
                    self._lines.popleft()
            if self._progress is not None:
                if not post({"type": "task.progress", **self._lease, **self._progress}):
                    return False
                self._progress = None
            return True

    def _next_lines(self) -> list[str]:
        # A message has lines of one level, at most 1,000, and far fewer bytes than the hub reads: a longer one would end the connection for good.
        lines: list[str] = []
        size = 0
        for level, line in self._lines:
            size += len(dumps(line).encode())
            if lines and (level != self._lines[0][0] or len(lines) == _LINES_PER_MESSAGE or size > _BYTES_PER_MESSAGE):
                break
            lines.append(line)
        return lines
