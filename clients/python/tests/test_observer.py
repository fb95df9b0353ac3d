from __future__ import annotations

import asyncio
import unittest
from typing import Any

from waggle import Client, Gap, Observer, ObserverEvent, Recovered
from waggle.errors import InvalidRequestError
from waggle.observer import MaxRate
from waggle.testing import ScenarioFrame, ScriptedHub, hub
from waggle.testing import client as sends

from .hub import TestHub

OPENING = [sends({"type": "hello"}), hub({"type": "welcome"})]


def record(offset: int) -> dict[str, Any]:
    fields = {"topic": "task.t1.created", "kind": "task_created", "class": "durable", "at": "2026-01-01T00:00:00Z", "data": {"n": offset}}
    return {"type": "record", "position": f"1:{offset}", **fields}


def reply(key: str, position: str, *records: dict[str, Any]) -> dict[str, Any]:
    result = {"subscription": "s", "recovered": True, "records": list(records), "latest": []}
    return {"type": "reply", "id": key, "position": position, "result": result}


def described(event: ObserverEvent) -> str:
    if isinstance(event, Recovered):
        return f"recovered from {event.since}"
    return f"gap {event.start} to {event.end}" if isinstance(event, Gap) else f"record {event.position}"


def observer_of(frames: list[ScenarioFrame], **options: Any) -> Observer:
    client = Client("http://scripted", opener=ScriptedHub(frames).open, backoff_base=0.001)
    return client.observe("task.#", **options)


async def take(events: Observer, count: int) -> list[str]:
    async with asyncio.timeout(20):
        return [described(await anext(events)) for _ in range(count)]


class ObserverTests(unittest.IsolatedAsyncioTestCase):
    async def test_records_that_share_a_frame_with_the_reply_follow_what_the_reply_holds(self) -> None:
        frames = [*OPENING, sends({"type": "subscribe", "id": "a"}), hub(reply("a", "1:5", record(4), record(5)), record(6), record(7))]
        async with observer_of(frames, since="1:3") as events:
            self.assertEqual(["recovered from 1:3", "record 1:4", "record 1:5", "record 1:6", "record 1:7"], await take(events, 5))
            self.assertEqual("1:7", events.position)

    async def test_an_observer_that_resumes_after_a_full_queue_loses_no_durable_record(self) -> None:
        first, *more = [record(n) for n in range(2, 14)]
        frames = [
            *OPENING, sends({"type": "subscribe", "id": "a"}), hub(reply("a", "1:1")), hub(first, *more),
            *OPENING, sends({"type": "subscribe", "id": "b"}), hub(reply("b", "1:14", record(14)), record(15)), hub(record(16)),
        ]  # fmt: skip
        async with observer_of(frames, capacity=12) as events:
            seen = await take(events, 17)
        self.assertEqual([f"record 1:{n}" for n in range(2, 14)], seen[:12])
        self.assertEqual(["recovered from 1:13", "gap 1:13 to 1:14", "record 1:14", "record 1:15", "record 1:16"], seen[12:])

    async def test_a_gap_of_the_hub_is_an_event(self) -> None:
        frames = [*OPENING, sends({"type": "subscribe", "id": "a"}), hub(reply("a", "1:1"), {"type": "gap", "from": "1:1", "to": "1:4", "dropped": 3})]
        async with observer_of(frames) as events:
            async with asyncio.timeout(20):
                self.assertEqual(Gap("1:1", "1:4", 3), await anext(events))

    async def test_a_cancelled_read_loses_no_event(self) -> None:
        scripted = ScriptedHub([*OPENING, sends({"type": "subscribe", "id": "a"}), hub(reply("a", "1:1")), sends({"type": "nothing"}), hub(record(2))])
        async with Client("http://scripted", opener=scripted.open).observe("task.#") as events:
            with self.assertRaises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await anext(events)
            scripted.received('{"type":"nothing"}')
            self.assertEqual(["record 1:2"], await take(events, 1))

    async def test_an_observer_that_was_not_started_says_so(self) -> None:
        with self.assertRaisesRegex(RuntimeError, "async with"):
            await anext(observer_of(OPENING))


class ObserverOfAHubTests(unittest.IsolatedAsyncioTestCase):
    hub: TestHub

    @classmethod
    def setUpClass(cls) -> None:
        cls.hub = TestHub()
        cls.addClassCleanup(cls.hub.dispose)

    async def test_an_observer_starts_at_a_position_without_a_hole(self) -> None:
        async with Client(self.hub.url) as client:
            position = (await client.tasks.list())["position"]
            created = await client.tasks.create("Seen", type="nobody")
            async with client.observe("task.#", since=position) as events:
                first, second = await anext(events), await anext(events)
            assert isinstance(first, Recovered) and not isinstance(second, Gap | Recovered)
            self.assertEqual((True, created["id"], "task_created"), (first.recovered, second.data["task"], second.kind))

    async def test_a_position_of_another_log_is_not_recovered(self) -> None:
        async with Client(self.hub.url) as client, client.observe("task.#", since="99:7") as events:
            first = await anext(events)
        assert isinstance(first, Recovered)
        self.assertEqual((False, "99:7"), (first.recovered, first.since))

    async def test_a_reader_that_is_behind_loses_no_durable_record_and_is_told_of_the_others(self) -> None:
        names = {f"flood-{n}" for n in range(20)}
        async with Client(self.hub.url) as client, client.observe(["swarm.#", "app.flood.#"], capacity=50) as events:
            published = [asyncio.create_task(client.publish(f"app.flood.{n % 3}", n)) for n in range(200)]
            await asyncio.gather(*(client.request({"type": "swarm.create", "swarm": name, "name": name}) for name in names))
            await asyncio.gather(*published)
            seen: set[str] = set()
            gaps = 0
            async for event in events:
                if isinstance(event, Gap):
                    gaps += 1
                elif not isinstance(event, Recovered) and event.kind == "swarm_created":
                    seen.add(event.data["swarm_id"])
                if seen == names:
                    break
        self.assertGreater(gaps, 0, "the reader was told that it missed records")

    async def test_filters_and_rates_are_those_of_the_hub(self) -> None:
        rate: MaxRate = {"per_second": 1000, "key": "data.n"}
        async with Client(self.hub.url) as client:
            async with client.observe("app.even.#", filter={"field": "data.even", "eq": True}, max_rate=rate) as events:
                for n in range(4):
                    await client.publish("app.even.n", {"n": n, "even": n % 2 == 0})
                first, second = await anext(events), await anext(events)
            assert not isinstance(first, Gap | Recovered) and not isinstance(second, Gap | Recovered)
            self.assertEqual([0, 2], [first.data["n"], second.data["n"]])
            with self.assertRaises(InvalidRequestError):
                await client.observe("tasks.#").start()
