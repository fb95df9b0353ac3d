from __future__ import annotations

import asyncio
import time
import unittest
from typing import Any

from waggle import Client, ConnectionState, TaskContext, connect
from waggle.errors import ClosedError, ConnectionLostError, UnauthenticatedError, UnreachableError, WaggleError
from waggle.testing import ScenarioFrame, ScriptedHub, ScriptedSocket, closed, hub
from waggle.testing import client as sends
from waggle.websocket import Socket

from .hub import until
from .scripts import ASSIGN, LEASE, WELCOME, ended, opening, work


class ConnectionTests(unittest.IsolatedAsyncioTestCase):
    async def listen(self, serve: Any) -> str:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        self.addAsyncCleanup(server.wait_closed)
        self.addCleanup(server.close)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def test_a_hub_that_is_not_there_is_unreachable_within_the_timeout(self) -> None:
        started = time.monotonic()
        with self.assertRaisesRegex(UnreachableError, "within 0.3 s"):
            await connect("http://127.0.0.1:9", connect_timeout=0.3, backoff_base=0.02)
        self.assertLess(time.monotonic() - started, 20)

    async def test_the_timeout_holds_for_a_server_that_accepts_and_says_nothing(self) -> None:
        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        with self.assertRaises(UnreachableError):
            await connect(await self.listen(silent), connect_timeout=0.3)

    async def test_a_server_that_is_no_hub_is_unreachable_and_the_reason_is_told(self) -> None:
        async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
            writer.close()

        state = await self.first_wait(await self.listen(page))
        self.assertRegex(str(state.error), "UNREACHABLE.*HTTP 404")

    async def test_a_refused_upgrade_has_the_code_of_its_problem_document_and_is_final(self) -> None:
        attempts = 0

        async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal attempts
            attempts += 1
            await reader.readuntil(b"\r\n\r\n")
            body = b'{"code":"FORBIDDEN_HOST","detail":"No such host."}'
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
            writer.close()

        with self.assertRaises(WaggleError) as caught:
            await connect(await self.listen(refuse), connect_timeout=20)
        self.assertEqual(("FORBIDDEN_HOST", "No such host.", 1), (caught.exception.code, caught.exception.message, attempts))

    async def test_a_hub_at_its_limit_is_tried_again_after_the_time_that_it_names(self) -> None:
        async def full(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n")
            writer.close()

        self.assertEqual(7, (await self.first_wait(await self.listen(full))).retry_in)

    async def first_wait(self, url: str) -> ConnectionState:
        """Connects until the first attempt has failed."""
        states: list[ConnectionState] = []
        starting = asyncio.create_task(connect(url, connect_timeout=60, random=lambda: 0.0, on_state=states.append))
        await until(lambda: any(s.state == "waiting" for s in states), "the first attempt fails")
        starting.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await starting
        return next(s for s in states if s.state == "waiting")

    async def test_a_welcome_after_the_timeout_opens_nothing(self) -> None:
        states: list[str] = []
        scripted = ScriptedHub(opening())

        class Late(ScriptedSocket):
            def send(self, text: str) -> None:
                asyncio.get_running_loop().call_later(0.2, scripted.received, text)

        async def opener(url: str) -> Socket:
            socket = await scripted.open(url)
            socket.__class__ = Late
            return socket

        with self.assertRaises(UnreachableError):
            await connect("http://scripted", opener=opener, connect_timeout=0.05, on_state=lambda s: states.append(s.state))
        await until(lambda: scripted.finished, "the welcome was sent")
        await asyncio.sleep(0)
        self.assertEqual(["connecting", "closed"], states)

    async def test_what_on_state_raises_is_reported_and_the_connection_works(self) -> None:
        errors: list[str] = []

        def fail(state: ConnectionState) -> None:
            raise RuntimeError(state.state)

        scripted = ScriptedHub([*opening(), sends({"type": "echo", "id": "e"}), hub({"type": "reply", "id": "e", "result": 1})])
        async with Client("http://scripted", opener=scripted.open, on_state=fail, on_error=lambda e: errors.append(str(e))) as client:
            self.assertEqual(1, (await client.request({"type": "echo"})).result)
        self.assertEqual(["connecting", "open", "closed"], errors)

    async def test_a_frame_that_is_not_json_ends_the_socket_and_the_client_connects_again(self) -> None:
        sockets: list[Socket] = []
        states: list[str] = []
        scripted = ScriptedHub([*opening(), *opening()])

        async def opener(url: str) -> Socket:
            sockets.append(await scripted.open(url))
            return sockets[-1]

        async with Client("http://scripted", opener=opener, backoff_base=0.001, on_state=lambda s: states.append(s.state)):
            first = sockets[0]
            assert isinstance(first, ScriptedSocket)
            first.deliver("<html>")
            await until(lambda: states.count("open") == 2, "the second welcome")

    async def test_a_silent_hub_is_asked_for_a_sign_of_life_and_left_when_it_gives_none(self) -> None:
        pings: list[int] = []
        states: list[ConnectionState] = []
        scripted = ScriptedHub([sends({"type": "hello"}), hub({**WELCOME, "heartbeat_ms": 20}), *opening()])

        class Silent(ScriptedSocket):
            def ping(self) -> None:
                pings.append(1)

        async def opener(url: str) -> Socket:
            socket = await scripted.open(url)
            if not states or not pings:
                socket.__class__ = Silent
            return socket

        async with Client("http://scripted", opener=opener, backoff_base=0.001, on_state=states.append):
            await until(lambda: [s.state for s in states].count("open") == 2, "the second welcome")
        self.assertEqual(2, len(pings))
        self.assertIn("fell silent", str(next(s.error for s in states if s.state == "waiting")))

    async def test_requests_of_one_turn_share_a_frame_within_the_limit_of_the_hub(self) -> None:
        frames: list[str] = []
        scripted = ScriptedHub([sends({"type": "hello"}), hub({**WELCOME, "max_message_bytes": 1_000})])

        class Kept(ScriptedSocket):
            def send(self, text: str) -> None:
                frames.append(text)
                super().send(text)

        async def opener(url: str) -> Socket:
            socket = await scripted.open(url)
            socket.__class__ = Kept
            return socket

        async with Client("http://scripted", opener=opener) as client:
            asked = [asyncio.create_task(client.request({"type": "echo", "payload": "x" * 50})) for _ in range(10)]
            await until(lambda: sum(f.count('"echo"') for f in frames) == 10, "all were sent")
            with self.assertRaises(WaggleError) as caught:
                await client.request({"type": "echo", "payload": "x" * 2_000})
            self.assertEqual("TOO_LARGE", caught.exception.code)
            await client.close(0.01)
            self.assertEqual({ClosedError}, {type(e) for e in await asyncio.gather(*asked, return_exceptions=True)})
        self.assertLess(len(frames), 11)
        self.assertLessEqual(max(len(f) for f in frames[1:]), 1_000)

    async def test_a_function_for_tokens_is_asked_again_after_a_refusal_and_then_it_is_final(self) -> None:
        tokens = iter(("old", "new", "other"))
        refusal = hub({"type": "error", "id": "hello", "code": "UNAUTHENTICATED", "message": "No."})
        scripted = ScriptedHub([sends({"type": "hello"}), refusal, sends({"type": "hello"}), refusal])
        with self.assertRaises(UnauthenticatedError):
            await connect("http://scripted", opener=scripted.open, token=lambda: next(tokens), backoff_base=0.001)
        self.assertEqual(["old", "new"], [m["token"] for m in scripted.sent])

    async def test_an_expiring_token_is_refreshed(self) -> None:
        async def token() -> str:
            return "fresh"

        expiring = {"type": "auth.expiring", "token_expires_at": "2026-03-01T12:00:00.000Z"}
        refreshed = hub({"type": "reply", "id": "r", "result": {}})
        scripted = ScriptedHub([sends({"type": "hello"}), hub(WELCOME, expiring), sends({"type": "auth.refresh", "id": "r"}), refreshed])
        async with Client("http://scripted", opener=scripted.open, token=token):
            await until(lambda: scripted.finished, "the refresh")
        self.assertEqual("fresh", scripted.sent[-1]["token"])

    async def test_an_answer_in_the_frame_of_the_reply_to_its_question_reaches_the_handler(self) -> None:
        answer = {"type": "answer", **LEASE, "answer": {"question": "q1", "attempt": 1, "state": "defaulted", "answer": "blue"}}
        scripted = ScriptedHub([
            *opening(), hub(ASSIGN), sends({"type": "task.start"}), sends({"type": "task.ask", "id": "q"}),
            hub({"type": "reply", "id": "q", "result": {"question": "q1"}}, answer), sends({"type": "task.complete", "id": "e"}), ended("completed"),
        ])  # fmt: skip
        await work(scripted, ask)
        self.assertEqual(["blue"], [m["result"] for m in scripted.sent if m["type"] == "task.complete"])

    async def test_an_answer_that_precedes_the_reply_to_the_repeated_question_reaches_the_handler(self) -> None:
        answer = {"type": "answer", **LEASE, "answer": {"question": "q1", "attempt": 1, "state": "answered", "answer": "blue"}}
        scripted = ScriptedHub([
            *opening(), hub(ASSIGN), sends({"type": "task.start"}), sends({"type": "task.ask"}), closed(1001),
            sends({"type": "hello"}), hub(WELCOME), hub(answer), sends({"type": "task.ask", "id": "q"}),
            hub({"type": "reply", "id": "q", "result": {"question": "q1"}}), sends({"type": "task.complete", "id": "e"}), ended("completed"),
        ])  # fmt: skip
        await work(scripted, ask)
        self.assertEqual(["blue"], [m["result"] for m in scripted.sent if m["type"] == "task.complete"])

    async def test_a_question_that_meets_the_cancellation_of_its_task_ends_it_as_cancelled(self) -> None:
        scripted = ScriptedHub([
            *opening(), hub(ASSIGN), sends({"type": "task.start"}), sends({"type": "task.ask", "id": "q"}),
            hub({"type": "error", "id": "q", "code": "QUOTA_EXCEEDED", "message": "Too many."}), sends({"type": "task.ask", "id": "r"}),
            hub({"type": "cancel", **LEASE, "grace_ms": 1000}, {"type": "error", "id": "r", "code": "INVALID_STATE", "message": "It is being cancelled."}),
            sends({"type": "task.cancelled", "id": "e"}), ended("cancelled"),
        ])  # fmt: skip

        async def ask_and_end(task: TaskContext[Any]) -> Any:
            return await task.ask("Which colour?")

        await work(scripted, ask_and_end)

    async def test_a_message_on_which_the_handler_raises_three_times_is_given_up_with_the_name_of_the_error(self) -> None:
        def message(key: str) -> ScenarioFrame:
            fields = {"agent": "ann", "swarm": "default", "content": 1, "sent_at": "2026-01-01T00:00:00Z", "expires_at": "2026-01-01T00:00:00Z"}
            return hub({"type": "message", "message": key, **fields})

        def acknowledged(key: str) -> list[ScenarioFrame]:
            return [sends({"type": "message.acknowledge", "id": key}), hub({"type": "reply", "id": key, "result": {"acknowledged": 1}})]

        calls: list[str] = []
        errors: list[BaseException] = []

        async def on_message(message: Any) -> None:
            calls.append(message["message"])
            if message["message"] == "m1":
                raise IndexError("the content")

        scripted = ScriptedHub([*opening(), message("m1"), message("m2"), *acknowledged("a"), *acknowledged("b")])
        await work(scripted, ask, on_message=on_message, on_error=errors.append)
        acks = [(m["messages"], m.get("failed")) for m in scripted.sent if m["type"] == "message.acknowledge"]
        self.assertEqual((["m1", "m1", "m1", "m2"], [(["m1"], "IndexError"), (["m2"], None)]), (calls, acks))
        self.assertEqual(["the content"] * 3, [str(e) for e in errors])

    async def test_a_vote_is_cast_and_what_a_callback_raises_is_reported(self) -> None:
        def requested(key: str) -> dict[str, Any]:
            fields = {"swarm": "default", "question": "?", "options": ["a"], "rule": "simple", "deadline": "2026-01-01T00:00:00Z"}
            return {"type": "vote.requested", "proposal": key, **fields}

        def on_vote(vote: Any) -> Any:
            if vote["proposal"] == "p1":
                raise RuntimeError("vote")
            return {"choices": ["a"], "confidence": 0.5}

        errors: list[BaseException] = []
        scripted = ScriptedHub([*opening(), hub(requested("p1"), requested("p2")), sends({"type": "vote.cast", "id": "v"}), hub({"type": "reply", "id": "v"})])
        await work(scripted, ask, on_vote=on_vote, on_error=errors.append)
        cast = next(m for m in scripted.sent if m["type"] == "vote.cast")
        self.assertEqual(("p2", ["a"], 0.5, ["vote"]), (cast["proposal"], cast["choices"], cast["confidence"], [str(e) for e in errors]))

    async def test_pauses_have_full_jitter_below_a_doubling_limit(self) -> None:
        states: list[ConnectionState] = []
        options: Any = {"connect_timeout": 60, "backoff_base": 0.02, "backoff_cap": 0.08, "random": lambda: 0.5, "on_state": states.append}
        starting = asyncio.create_task(connect("http://127.0.0.1:9", **options))
        await until(lambda: [s.state for s in states].count("waiting") >= 4, "four attempts fail")
        starting.cancel()
        pauses = [s.retry_in for s in states if s.state == "waiting"]
        self.assertEqual([0.01, 0.02, 0.04, 0.04], pauses[:4])

    async def test_a_request_that_may_not_be_repeated_fails_with_its_connection(self) -> None:
        scripted = ScriptedHub([*opening(), sends({"type": "publish"}), closed(1006), *opening()])
        async with Client("http://scripted", opener=scripted.open, backoff_base=0.001) as client:
            with self.assertRaises(ConnectionLostError):
                await client.publish("app.x", 1)


async def ask(task: TaskContext[Any]) -> Any:
    return await task.ask("Which colour?", hold=True)
