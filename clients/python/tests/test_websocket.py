from __future__ import annotations

import asyncio
import json
import random
import ssl
import subprocess
import tempfile
import unittest
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from waggle import Client
from waggle.errors import UnreachableError
from waggle.frames import Opcode, encode, mask
from waggle.upgrade import UpgradeRefused, accept_of
from waggle.websocket import SocketClosed, WebSocket, open_websocket

from .hub import TestHub, until
from .test_frames import frame

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, key: bytes | None = None, more: bytes = b"") -> None:
    """Answers an upgrade as a server does."""
    head = await reader.readuntil(b"\r\n\r\n")
    own = next(line.partition(b": ")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key"))
    answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Accept: "
    writer.write(answer + accept_of(key or own) + b"\r\n\r\n" + more)


async def next_frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The opcode and the payload of a client's frame."""
    first, second = await reader.readexactly(2)
    size = second & 0x7F
    if size > 125:
        size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
    key = await reader.readexactly(4)
    return first & 0x0F, mask(await reader.readexactly(size), key)


class WebSocketTests(unittest.IsolatedAsyncioTestCase):
    async def open(self, serve: Serve, limit: int = 1_000_000) -> WebSocket:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await serve(reader, writer)
            except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                # The client has left, or the test ends.
                return
            finally:
                writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        self.addCleanup(server.close)
        async with asyncio.timeout(30):
            socket = await open_websocket(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/", limit=limit)
        self.addCleanup(socket.abort)
        return socket

    async def end_of(self, socket: WebSocket) -> int:
        async with asyncio.timeout(30):
            with self.assertRaises(SocketClosed) as caught:
                while True:
                    await socket.receive()
        return caught.exception.code

    async def test_messages_that_follow_the_answer_to_the_upgrade_in_one_packet_are_read(self) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await accept(reader, writer, more=frame(1, b"at once") + frame(1, b"and more"))
            await reader.read()

        socket = await self.open(serve)
        self.assertEqual(["at once", "and more"], [await socket.receive(), await socket.receive()])

    async def test_a_ping_within_a_fragmented_message_is_answered_with_its_payload(self) -> None:
        pongs: list[tuple[int, bytes]] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await accept(reader, writer, more=frame(1, b"one ", final=False) + frame(9, b"\x00alive"))
            pongs.append(await next_frame(reader))
            writer.write(frame(0, b"message"))
            await reader.read()

        socket = await self.open(serve)
        self.assertEqual("one message", await socket.receive())
        self.assertEqual([(Opcode.PONG, b"\x00alive")], pongs)

    async def test_long_texts_pass_in_both_directions_whatever_the_packets(self) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            dice = random.Random(7)
            await accept(reader, writer)
            while True:
                _, payload = await next_frame(reader)
                data = frame(1, payload)
                while data:
                    size = dice.randint(1, 50_000)
                    writer.write(data[:size])
                    await writer.drain()
                    data = data[size:]

        socket = await self.open(serve)
        for size in (0, 1, 125, 126, 65_535, 65_536, 300_000):
            text = "ü" * (size // 2) + "x" * (size % 2)
            socket.send(text)
            self.assertEqual(text, await socket.receive())

    async def test_violations_close_with_their_code(self) -> None:
        for data, code in ((frame(1, b"\xff"), 1007), (frame(3), 1002), (frame(2, b"binary"), 1003), (encode(Opcode.TEXT, b"masked"), 1002)):
            closes: list[bytes] = []

            async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes = data, closes: list[bytes] = closes) -> None:
                await accept(reader, writer, more=frame(1, b"before") + data)
                closes.append((await next_frame(reader))[1])

            socket = await self.open(serve)
            self.assertEqual("before", await socket.receive())
            self.assertEqual(code, await self.end_of(socket))
            await until(lambda closes=closes: bool(closes), "the peer receives the close")
            self.assertEqual(code, int.from_bytes(closes[0][:2], "big"))

    async def test_a_message_beyond_the_limit_closes_with_1009(self) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await accept(reader, writer, more=frame(1, length=b"\x7f" + (1 << 40).to_bytes(8, "big")))
            await reader.read()

        self.assertEqual(1009, await self.end_of(await self.open(serve, limit=1_000)))

    async def test_a_close_of_the_peer_is_answered_and_has_its_code(self) -> None:
        answers: list[tuple[int, bytes]] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await accept(reader, writer, more=frame(8, (4500).to_bytes(2, "big") + b"replaced"))
            answers.append(await next_frame(reader))

        socket = await self.open(serve)
        self.assertEqual(4500, await self.end_of(socket))
        await until(lambda: bool(answers), "the answer")
        self.assertEqual((Opcode.CLOSE, 4500), (answers[0][0], int.from_bytes(answers[0][1], "big")))

    async def test_a_peer_that_does_not_answer_a_close_is_left(self) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await accept(reader, writer)
            await reader.read()

        socket = await self.open(serve)
        socket.close(1000)
        socket.send("nothing more")
        self.assertEqual(1006, await self.end_of(socket))

    async def test_a_stream_that_ends_without_a_close_is_1006(self) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await accept(reader, writer, more=frame(1, b"half", final=False))

        self.assertEqual(1006, await self.end_of(await self.open(serve)))

    async def test_an_answer_that_is_not_of_a_websocket_is_refused(self) -> None:
        async def wrong_key(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await accept(reader, writer, key=b"another")

        async def no_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mail.example.org ESMTP\r\n\r\n")

        async def nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None: ...

        async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 101 Switching Protocols\r\n" + b"X-More: a\r\n" * 20_000)
            await reader.read()

        for serve in (wrong_key, no_http, nothing, endless):
            with self.subTest(serve.__name__), self.assertRaises((UpgradeRefused, ConnectionError)):
                await self.open(serve)


class TlsTests(unittest.IsolatedAsyncioTestCase):
    async def test_a_hub_with_a_certificate_is_reached_by_https_if_it_is_trusted(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            certificate, key, both = (Path(folder) / name for name in ("cert.pem", "key.pem", "both.pem"))
            names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
            command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", *names, "-keyout", str(key), "-out", str(certificate)]
            subprocess.run(command, check=True, capture_output=True)
            both.write_bytes(certificate.read_bytes() + key.read_bytes())
            with TestHub("--tls-cert", str(certificate), "--tls-key", str(key)) as hub:
                self.assertTrue(hub.url.startswith("https://"), hub.url)
                tls = ssl.create_default_context(cafile=certificate)
                async with Client(hub.url, tls=tls) as client:
                    long: dict[str, Any] = {"text": "x" * 300_000}
                    await client.memory.put("notes", "long", long)
                    self.assertEqual(json.dumps(long), json.dumps((await client.memory.get("notes", "long"))["value"]))
                with self.assertRaisesRegex(UnreachableError, "certificate"):
                    await Client(hub.url, connect_timeout=20).start()
