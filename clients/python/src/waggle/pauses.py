"""The pauses between attempts to connect."""

from __future__ import annotations

from collections.abc import Callable

from .options import ConnectionOptions


class Pauses:
    """Random pauses below a limit that doubles with each failure (full jitter)."""

    def __init__(self, options: ConnectionOptions, longest: Callable[[], float | None]) -> None:
        self._options = options
        self._longest = longest
        self._failures = 0

    def of(self, failures: int, least: float = 0.0) -> float:
        """The pause after a number of failures in seconds: not shorter than the hub's own time, and else not longer than the owner can wait."""
        limit = min(self._options.backoff_base * 2 ** min(failures, 30), self._options.backoff_cap)
        pause = self._options.random() * limit
        longest = self._longest()
        return max(least, pause if longest is None else min(pause, longest))

    def next(self, least: float, *, lived: bool, wanted: bool) -> float:
        """The pause after a connection ended or did not come about. One that `lived` begins the count anew; one whose end its owner `wanted` is no failure."""
        if lived:
            self._failures = 0
        pause = self.of(self._failures, least)
        self._failures += not wanted
        return pause
