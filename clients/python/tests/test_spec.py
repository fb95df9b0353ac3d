from __future__ import annotations

import asyncio
import json
import unittest
from typing import Any

from waggle import Client, TaskContext, Worker
from waggle.errors import WaggleError
from waggle.frames import FrameReader, Opcode, Text, encode
from waggle.jsontext import dumps, loads
from waggle.testing import Scenario, ScenarioFrame, ScriptedHub, closed, hub, parse_scenarios
from waggle.testing import client as sends

from .hub import ROOT, until
from .test_frames import unmasked

SCENARIOS = parse_scenarios((ROOT / "spec/waggle.v1.md").read_text(encoding="utf-8"))


def frames_of(title: str) -> list[ScenarioFrame]:
    return next(s.frames for s in SCENARIOS if s.title == title)


def is_plain(frames: list[ScenarioFrame], name: str) -> bool:
    """Whether a connection says hello once, first, and for no agent; workers have tests of their own."""
    own = [f for f in frames if f.name == name and not f.invalid]
    hellos = [m for f in own if f.speaker == "client" for m in f.messages if m["type"] == "hello"]
    return (
        len(hellos) == 1
        and "agent" not in hellos[0]
        and own[0].speaker == "client"
        and own[0].messages[0]["type"] == "hello"
        and all(f.speaker != "closed" for f in own)
        and own[1].messages[0]["type"] == "welcome"
        and not isinstance(own[1].frame, list)
    )


class SpecTests(unittest.IsolatedAsyncioTestCase):
    def test_the_page_has_scenarios_and_each_has_frames_of_a_client_and_of_the_hub(self) -> None:
        self.assertGreater(len(SCENARIOS), 15)
        for scenario in SCENARIOS:
            self.assertLessEqual({"client", "hub"}, {f.speaker for f in scenario.frames}, scenario.title)

    def test_each_frame_of_the_page_passes_the_codec_unchanged(self) -> None:
        frames = [f for s in SCENARIOS for f in s.frames if f.speaker in ("client", "hub")]
        self.assertGreater(len(frames), 300)
        for frame in frames:
            text = dumps(frame.frame)
            events = list(FrameReader(1 << 20).feed(unmasked(encode(Opcode.TEXT, text.encode()))))
            self.assertEqual([Text(text)], events)
            self.assertEqual(frame.frame, loads(text))

    async def test_the_requests_of_each_scenario_pass_the_client_as_they_are(self) -> None:
        played = 0
        for scenario in SCENARIOS:
            for name in dict.fromkeys(f.name for f in scenario.frames if f.speaker == "client"):
                if is_plain(scenario.frames, name):
                    with self.subTest(scenario.title, connection=name):
                        async with asyncio.timeout(60):
                            await self.play(scenario, name)
                        played += 1
        self.assertGreater(played, 15)

    async def play(self, scenario: Scenario, name: str) -> None:
        own = [f for f in scenario.frames if f.name == name and not f.invalid]
        scripted = ScriptedHub(scenario.frames, name)
        answers = {m["id"]: m for f in own if f.speaker == "hub" for m in f.messages if m.get("id")}
        async with Client("http://scripted", opener=scripted.open) as client:
            asked: list[asyncio.Task[Any]] = []
            for sent in [m for f in own if f.speaker == "client" for m in f.messages if m["type"] != "hello"]:
                message = {key: value for key, value in sent.items() if key != "id"}
                request = asyncio.create_task(client.request(message))
                asked.append(request)
                answer = answers.get(sent.get("id", ""))
                if answer is None:
                    await asyncio.sleep(0)
                elif answer["type"] == "error":
                    with self.assertRaises(WaggleError) as caught:
                        await request
                    self.assertEqual(answer["code"], caught.exception.code)
                else:
                    await request
            await until(lambda: scripted.finished, f"every frame of '{scenario.title}' was played", 10)
            self.assertEqual([], scripted.unexpected)
            await client.close(0.01)
            await asyncio.gather(*asked, return_exceptions=True)

    async def test_a_worker_plays_a_task_from_creation_to_its_end(self) -> None:
        frames = [f for f in frames_of("a task from creation to its end") if f.name == "worker"]
        end = next(i for i, f in enumerate(frames) if f.messages[0].get("id") == "2" and f.messages[0]["type"] == "task.complete") + 2
        scripted = ScriptedHub(frames[:end], "worker")
        acks: list[Any] = []
        worker = Worker("http://scripted", id="ann", opener=scripted.open, on_ended=lambda task, ack, code: acks.append(ack))

        @worker.otherwise
        async def read(task: TaskContext[Any]) -> Any:
            task.progress(0.4, "half way, nearly")
            await until(lambda: any(m["type"] == "task.progress" for m in scripted.sent), "the progress was sent")
            task.log("page 7 of 9")
            task.usage = {"input_tokens": 900, "output_tokens": 40, "cost_usd": 0.002}
            return {"words": 312}

        async with worker:
            await until(lambda: bool(acks), f"the end is acknowledged; unexpected: {scripted.unexpected}")
        self.assertEqual([], [m for m in scripted.unexpected if m["type"] != "agent.drain"])
        self.assertEqual("completed", acks[0]["state"])
        self.assertTrue(scripted.finished)

    async def test_a_worker_presents_its_leases_after_a_break_and_follows_keep_and_stop(self) -> None:
        # The scenario 'reconnect' from one worker's side: A is kept, and of B the hub knows nothing any more.
        lease = {"attempt": 1, "lease_ms": 30_000, "swarm": "default", "spec": {"title": "A"}}
        first, second = {"task": "t1", "attempt": 1, "token": 7}, {"task": "t2", "attempt": 1, "token": 8}
        missing = {"task": "t3", "attempt": 1, "token": 9}
        scripted = ScriptedHub([
            sends({"type": "hello"}),
            hub({"type": "welcome", "agent": {"id": "ann", "swarm": "default", "keep": [], "stop": [], "missing": []}}),
            hub({"type": "assign", **lease, "task": "t1", "token": 7}, {"type": "assign", **lease, "task": "t2", "token": 8}),
            sends({"type": "task.start"}, {"type": "task.start"}),
            closed(1001),
            sends({"type": "hello"}),
            hub({"type": "welcome", "agent": {"id": "ann", "swarm": "default", "keep": [first], "stop": [second], "missing": [missing]}}),
            sends({"type": "task.complete", "id": "c"}),
            hub({"type": "reply", "id": "c", "result": {"task": "t1", "state": "completed", "duplicate": False, "cancel_requested": False}}),
        ])  # fmt: skip
        stopped: list[str] = []
        ends: list[tuple[str, str | None]] = []
        worker = Worker("http://scripted", slots=2, opener=scripted.open, backoff_base=0.001, on_ended=lambda task, ack, code: ends.append((task.id, code)))
        finish = asyncio.Event()

        @worker.otherwise
        async def work(task: TaskContext[Any]) -> Any:
            try:
                await finish.wait()
            except asyncio.CancelledError:
                stopped.append(task.id)
                raise

        async with worker:
            await until(lambda: stopped == ["t2"], "the lease that is not in force is stopped")
            hello = [m for m in scripted.sent if m["type"] == "hello"][1]
            self.assertEqual([first, second], hello["agent"]["holding"])
            finish.set()
            await until(lambda: worker.holding == 0, "the end of the kept one")
        self.assertEqual([("t1", None), ("t2", "STALE_LEASE")], sorted(ends))

    async def test_a_worker_that_was_replaced_does_not_come_back(self) -> None:
        agent: dict[str, Any] = {"id": "ann", "swarm": "default", "keep": [], "stop": [], "missing": []}
        scripted = ScriptedHub([
            sends({"type": "hello"}),
            hub({"type": "welcome", "agent": agent}),
            hub({"type": "bye", "code": 4500, "reason": "A newer connection of the same agent took over."}),
            closed(4500),
        ])  # fmt: skip
        worker = Worker("http://scripted", opener=scripted.open)
        worker.otherwise(ignore)
        async with worker:
            with self.assertRaises(WaggleError) as caught:
                await worker.wait_closed()
        self.assertEqual("REPLACED", caught.exception.code)

    async def test_a_scripted_hub_takes_only_a_message_with_the_fields_of_the_script(self) -> None:
        question = {"type": "task.show", "id": "1", "task": "<task1>", "...": "..."}
        scripted = ScriptedHub([hub({"type": "welcome", "hub": "<task1>"}), sends(question)])
        await scripted.open("ws://scripted")
        scripted.play()
        for message in ({"type": "task.show", "task": "another"}, {"type": "task.show"}, {"type": "task.list", "task": "task1"}):
            scripted.received(dumps(message))
            self.assertEqual([message], scripted.unexpected)
            scripted.unexpected.clear()
        scripted.received(dumps({"type": "task.show", "id": "7", "task": "task1"}))
        self.assertEqual(([], True), (scripted.unexpected, scripted.finished))

    def test_json_of_a_client_is_compact_and_valid(self) -> None:
        self.assertEqual('{"a":"ä","b":[1,2.5,null]}', dumps({"a": "ä", "b": [1, 2.5, None]}))
        self.assertEqual('"\\ud83d"', dumps("\ud83d"))
        with self.assertRaises(ValueError):
            dumps(float("nan"))
        with self.assertRaises(TypeError):
            dumps({1, 2})
        self.assertEqual(float("inf"), loads("9" * 5_000))
        with self.assertRaises(json.JSONDecodeError):
            loads("<html>")


async def ignore(task: TaskContext[Any]) -> None: ...
