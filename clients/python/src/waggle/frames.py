"""RFC 6455 for a client, without I/O: bytes in, messages out, and the frames to write."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum


class Opcode(IntEnum):
    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class FrameError(Exception):
    """The peer broke RFC 6455. `code` is the close code that says how."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Binary:
    data: bytes


@dataclass(frozen=True, slots=True)
class Ping:
    data: bytes


@dataclass(frozen=True, slots=True)
class Pong:
    data: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """The peer's close frame; `code` is 1005 if it has none."""

    code: int
    reason: str


Event = Text | Binary | Ping | Pong | Close

_MAX_CONTROL = 125
_NO_CODE = 1005


def mask(data: bytes, key: bytes) -> bytes:
    """Masks or unmasks a payload: each byte is combined with the key's byte of its place, by exclusive or."""
    size = len(data)
    if size == 0:
        return b""
    repeated = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "little") ^ int.from_bytes(repeated, "little")).to_bytes(size, "little")


def encode(opcode: Opcode, payload: bytes, *, final: bool = True, key: Callable[[int], bytes] = os.urandom) -> bytes:
    """A frame of a client: masked with a new key."""
    size = len(payload)
    head = bytearray([(0x80 if final else 0) | opcode])
    if size <= 125:
        head.append(0x80 | size)
    elif size <= 0xFFFF:
        head.append(0x80 | 126)
        head += size.to_bytes(2, "big")
    else:
        head.append(0x80 | 127)
        head += size.to_bytes(8, "big")
    own = key(4)
    return bytes(head) + own + mask(payload, own)


def encode_close(code: int, reason: str = "") -> bytes:
    """A close frame. A reason that is too long for it is cut."""
    text = reason.encode("utf-8", "replace")[: _MAX_CONTROL - 2].decode("utf-8", "ignore").encode()
    return encode(Opcode.CLOSE, code.to_bytes(2, "big") + text)


def is_close_code(code: int) -> bool:
    """Whether a close frame may hold this code (RFC 6455 7.4)."""
    return 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999


class FrameReader:
    """Turns the bytes of a server into events. It refuses a message that is longer than `limit` as soon as a head says so, before its bytes arrive.

    After an error or a close frame it reads no more. Not safe for several threads.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._message: Opcode | None = None
        self._parts: list[bytes] = []
        self._texts: list[str] = []
        self._size = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._over = False

    @property
    def buffered(self) -> int:
        """The number of bytes that wait for the rest of their frame."""
        return len(self._buffer)

    def feed(self, data: bytes) -> Iterator[Event]:
        """Adds bytes and yields what they complete. Raises `FrameError` where the peer broke the protocol."""
        self._buffer += data
        while not self._over:
            frame = self._next()
            if frame is None:
                return
            event = self._take(*frame)
            if event is None:
                continue
            self._over = isinstance(event, Close)
            yield event

    def _fail(self, code: int, message: str) -> FrameError:
        self._over = True
        self._buffer.clear()
        return FrameError(code, message)

    def _next(self) -> tuple[bool, Opcode, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        first, second = buffer[0], buffer[1]
        if first & 0x70:
            raise self._fail(1002, "A reserved bit is set.")
        try:
            opcode = Opcode(first & 0x0F)
        except ValueError:
            raise self._fail(1002, f"Opcode {first & 0x0F} is not known.") from None
        final = bool(first & 0x80)
        if second & 0x80:
            raise self._fail(1002, "A frame of a server is masked.")
        self._check_order(opcode, final, second)
        head = self._head(second)
        if head is None:
            return None
        start, size = head
        if opcode < Opcode.CLOSE and self._size + size > self._limit:
            raise self._fail(1009, f"A message has more than {self._limit} bytes.")
        if len(buffer) < start + size:
            return None
        payload = bytes(buffer[start : start + size])
        del buffer[: start + size]
        return final, opcode, payload

    def _check_order(self, opcode: Opcode, final: bool, size: int) -> None:
        if opcode >= Opcode.CLOSE:
            if not final:
                raise self._fail(1002, "A control frame is fragmented.")
            if size > _MAX_CONTROL:
                raise self._fail(1002, "A control frame has more than 125 bytes.")
        elif opcode is Opcode.CONTINUATION and self._message is None:
            raise self._fail(1002, "A continuation has no beginning.")
        elif opcode is not Opcode.CONTINUATION and self._message is not None:
            raise self._fail(1002, "A message begins before the end of another.")

    def _head(self, second: int) -> tuple[int, int] | None:
        wide = {126: 2, 127: 8}.get(second, 0)
        if len(self._buffer) < 2 + wide:
            return None
        if wide == 0:
            return 2, second
        size = int.from_bytes(self._buffer[2 : 2 + wide], "big")
        if size < (126 if wide == 2 else 0x10000):
            raise self._fail(1002, "A length takes more bytes than it needs.")
        if size >> 63:
            raise self._fail(1002, "A length has its highest bit set.")
        return 2 + wide, size

    def _take(self, final: bool, opcode: Opcode, payload: bytes) -> Event | None:
        if opcode is Opcode.PING:
            return Ping(payload)
        if opcode is Opcode.PONG:
            return Pong(payload)
        if opcode is Opcode.CLOSE:
            return self._close(payload)
        if opcode is not Opcode.CONTINUATION:
            self._message = opcode
        self._size += len(payload)
        if self._message is Opcode.TEXT:
            try:
                text = self._decoder.decode(payload, final)
            except UnicodeDecodeError:
                raise self._fail(1007, "A text is not UTF-8.") from None
            # Empty fragments are not kept: a peer may send any number of them.
            if text:
                self._texts.append(text)
        elif payload:
            self._parts.append(payload)
        return self._whole() if final else None

    def _whole(self) -> Event:
        event: Event = Text("".join(self._texts)) if self._message is Opcode.TEXT else Binary(b"".join(self._parts))
        self._message = None
        self._parts.clear()
        self._texts.clear()
        self._size = 0
        self._decoder.reset()
        return event

    def _close(self, payload: bytes) -> Close:
        if not payload:
            return Close(_NO_CODE, "")
        if len(payload) == 1:
            raise self._fail(1002, "A close frame has half a code.")
        code = int.from_bytes(payload[:2], "big")
        if not is_close_code(code):
            raise self._fail(1002, f"{code} is no close code.")
        try:
            return Close(code, payload[2:].decode("utf-8"))
        except UnicodeDecodeError:
            raise self._fail(1007, "The reason of a close is not UTF-8.") from None
