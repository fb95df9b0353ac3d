"""What uses a connection."""

from __future__ import annotations

from typing import Any

from .errors import WaggleError
from .types import Welcome


class ConnectionOwner:
    """What a client, an observer or a worker adds to a connection. Everything is called on the connection's loop."""

    def hello(self) -> dict[str, Any]:
        """The fields of hello beside protocols, client and token."""
        return {}

    def welcomed(self, welcome: Welcome) -> None: ...

    def received(self, message: dict[str, Any]) -> None: ...

    def ended(self, error: WaggleError) -> None: ...

    def longest_pause(self) -> float | None:
        """The longest pause between two attempts in seconds; the hub's own return time is longer in any case."""
        return None

    def gives_up(self, error: WaggleError, generation: int) -> bool:
        """Whether a refusal that may be repeated ends the connection all the same."""
        return False

    def waits_for(self, error: WaggleError) -> bool:
        """Whether the first connection waits, without a limit, for the end of what caused a refusal."""
        return False
