"""A hub in memory for tests: it plays the hub's side of a scenario of spec/waggle.v1.md, or of one of your own."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

from .websocket import Socket, SocketClosed

Speaker = Literal["client", "hub", "closed", "operator"]

_SECTION = re.compile(r"^#{2,3} ", re.MULTILINE)
_BLOCK = re.compile(r"^```json (client|hub|closed|operator)([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PLACEHOLDER = re.compile(r"<([a-z]+)\d*>")

# What a welcome has beside the fields of a script.
_WELCOME = {
    "protocol": "waggle.v1",
    "hub": "scripted",
    "hive": "default",
    "session": "scripted",
    "position": "1:1",
    "heartbeat_ms": 10_000,
    "max_message_bytes": 1_048_576,
}


@dataclass(frozen=True, slots=True)
class ScenarioFrame:
    """One frame of a scenario. `name` distinguishes its connections; that of a plain `json client` is empty.

    `invalid`: the client's frame breaks the protocol on purpose, so that no SDK sends it.
    """

    speaker: Speaker
    frame: Any
    name: str = ""
    invalid: bool = False

    @property
    def messages(self) -> list[Any]:
        frame: Any = self.frame
        return cast(list[Any], frame) if isinstance(frame, list) else [frame]


@dataclass(frozen=True, slots=True)
class Scenario:
    title: str
    frames: list[ScenarioFrame]


def client(*messages: dict[str, Any]) -> ScenarioFrame:
    """Messages that the client is to send, in any order, before the script goes on. One fits if it has these fields; `id` is the client's own."""
    return ScenarioFrame("client", list(messages))


def hub(message: dict[str, Any], *more: dict[str, Any]) -> ScenarioFrame:
    """Messages that the hub sends in one frame."""
    return ScenarioFrame("hub", [message, *more] if more else message)


def closed(code: int) -> ScenarioFrame:
    """The hub closes the connection."""
    return ScenarioFrame("closed", {"code": code})


def parse_scenarios(markdown: str) -> list[Scenario]:
    """The scenarios of a page: its headings that begin with "Scenario", and the JSON blocks `client`, `hub`, `closed` and `operator` below them."""
    scenarios: list[Scenario] = []
    for section in _SECTION.split(markdown):
        if not section.startswith("Scenario"):
            continue
        frames: list[ScenarioFrame] = []
        for speaker, rest, text in _BLOCK.findall(section):
            words = rest.split()
            name = next((word for word in words if word != "invalid"), "")
            frames.append(ScenarioFrame(cast(Speaker, speaker), json.loads(text), name, "invalid" in words))
        title = section.split("\n", 1)[0].removeprefix("Scenario").lstrip(": ")
        scenarios.append(Scenario(title, frames))
    return scenarios


class ScriptedHub:
    """The hub's side of one connection of a scenario. Pass its `open` as the option `opener` of a client or a worker.

    When the client has sent what the next `client` frames say, the hub sends its frames up to the following one, with the client's own ids. A new socket
    goes on where the last one ended.
    """

    def __init__(self, frames: list[ScenarioFrame], name: str = "") -> None:
        self.unexpected: list[dict[str, Any]] = []
        """Messages that the script did not expect."""
        self.sent: list[dict[str, Any]] = []
        """All messages of the client."""
        self._frames = [f for f in frames if f.name == name and not f.invalid]
        self._next = 0
        self._taken: set[int] = set()
        self._ids: dict[str, Any] = {}
        self._names: dict[str, Any] = {}
        self._socket: ScriptedSocket | None = None

    @property
    def finished(self) -> bool:
        """Whether every frame was played."""
        return self._next == len(self._frames)

    def add(self, *frames: ScenarioFrame) -> None:
        """Adds frames to the end of the script."""
        self._frames += frames

    async def open(self, url: str) -> Socket:
        """Opens a socket in memory, whatever the address."""
        self._socket = ScriptedSocket(url, self)
        return self._socket

    def play(self) -> None:
        """Plays frames that no message of the client precedes: those of the hub that wait next."""
        while not self.finished and self._frames[self._next].speaker != "client":
            step = self._frames[self._next]
            self._next += 1
            if self._socket and step.speaker == "hub":
                self._socket.deliver(json.dumps(self._fill(step.frame)))
            elif self._socket and step.speaker == "closed":
                self._socket.end(step.frame["code"])

    def received(self, text: str) -> None:
        sent = json.loads(text)
        for message in cast(list[Any], sent) if isinstance(sent, list) else [sent]:
            self.sent.append(message)
            self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        step = None if self.finished else self._frames[self._next]
        wanted = step.messages if step and step.speaker == "client" else []
        found = next((i for i, w in enumerate(wanted) if i not in self._taken and self._fits(w, message)), None)
        if found is None:
            self.unexpected.append(message)
            return
        self._taken.add(found)
        if "id" in wanted[found]:
            self._ids[wanted[found]["id"]] = message.get("id")
        if len(self._taken) == len(wanted):
            self._taken.clear()
            self._next += 1
            self.play()

    def _fits(self, wanted: dict[str, Any], message: dict[str, Any]) -> bool:
        # The ids are the client's own. So is all that a hello says of its software and its agent.
        if wanted["type"] != message["type"]:
            return False
        return wanted["type"] == "hello" or all(name in ("id", "...") or self._same(value, message.get(name)) for name, value in wanted.items())

    def _same(self, wanted: Any, value: Any) -> bool:
        """Whether a value is that of the script: a placeholder is itself, what it was filled with, or else anything."""
        if isinstance(wanted, dict) and isinstance(value, dict):
            fields, other = cast(dict[str, Any], wanted), cast(dict[str, Any], value)
            names = fields.keys() - {"..."}
            return (names == other.keys() or "..." in fields) and all(name in other and self._same(fields[name], other[name]) for name in names)
        if isinstance(wanted, list) and isinstance(value, list):
            items, others = cast(list[Any], wanted), cast(list[Any], value)
            return len(items) == len(others) and all(map(self._same, items, others))
        if isinstance(wanted, str) and _PLACEHOLDER.fullmatch(wanted):
            return value == wanted or value == self._names.setdefault(wanted, value)
        return wanted == value

    def _fill(self, value: Any, key: str = "") -> Any:
        # Placeholders become values of their kind; a name stands for the same value in all its places.
        if isinstance(value, list):
            return [self._fill(item) for item in cast(list[Any], value)]
        if isinstance(value, dict):
            fields = cast(dict[str, Any], value)
            filled = {name: self._id_or(name, item) for name, item in fields.items() if name != "..."}
            return {**_WELCOME, **filled} if filled.get("type") == "welcome" else filled
        match = _PLACEHOLDER.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            return value
        return self._names.setdefault(value, _sample(match[1], key, len(self._names)))

    def _id_or(self, name: str, value: Any) -> Any:
        return self._ids[value] if name == "id" and isinstance(value, str) and value in self._ids else self._fill(value, name)


class ScriptedSocket:
    """The client's end of a connection to a `ScriptedHub`."""

    def __init__(self, url: str, script: ScriptedHub) -> None:
        self.url = url
        self.heard = 0
        self.backlog = 0
        self._script = script
        self._queue: asyncio.Queue[str | SocketClosed] = asyncio.Queue()
        self._over = False

    async def receive(self) -> str:
        item = await self._queue.get()
        if isinstance(item, SocketClosed):
            raise item
        return item

    def send(self, text: str) -> None:
        if not self._over:
            asyncio.get_running_loop().call_soon(self._script.received, text)

    def ping(self) -> None:
        self.heard += 1

    def close(self, code: int, reason: str = "") -> None:
        self.end(code, reason)

    def abort(self) -> None:
        self.end(1006)

    def deliver(self, text: str) -> None:
        if not self._over:
            self.heard += 1
            self._queue.put_nowait(text)

    def end(self, code: int, reason: str = "") -> None:
        if not self._over:
            self._over = True
            self._queue.put_nowait(SocketClosed(code, reason))


def _sample(kind: str, key: str, n: int) -> Any:
    if kind == "position":
        return f"1:{n + 1}"
    if kind == "time":
        return (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=n)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if kind in ("number", "token", "version"):
        return 1 if key == "retry_after_ms" else n + 1
    return f"{kind}{n + 1}"
