from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

from waggle import Client, Worker
from waggle.worker_options import arguments_of

from .hub import ROOT, TestHub, until

PROGRAM = """
from waggle import Worker
worker = Worker.from_environment()
@worker.otherwise
async def work(task):
    return "spawned"
worker.run()
"""

ABANDONED = """
import asyncio, sys, threading
from waggle import Worker

worker = Worker(sys.argv[1], id="abandoned")
begun = threading.Event()

@worker.otherwise
async def work(task):
    begun.set()
    await asyncio.Event().wait()

async def main():
    await worker.start()
    await asyncio.to_thread(begun.wait)

# The loop ends without a close of the worker, and the process lives on.
asyncio.run(main())
print("left", flush=True)
sys.stdin.read()
"""


class EnvironmentTests(unittest.IsolatedAsyncioTestCase):
    async def test_a_runner_starts_a_worker_of_this_package(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "worker.py"
            program.write_text(PROGRAM, encoding="utf-8")
            runner = Path(folder) / "runner.json"
            template = {"command": [sys.executable, str(program)], "max_count": 1, "environment": {"PYTHONPATH": str(ROOT / "clients/python/src")}}
            runner.write_text(json.dumps({"runner": "here", "templates": {"python": template}}), encoding="utf-8")
            with TestHub("--runner", str(runner)) as hub:
                async with Client(hub.url) as client:
                    await until(lambda: self.attached(client), "the runner is attached")
                    await client.request({"type": "agent.spawn", "role": "python", "name": "Spawned"})
                    task = await client.tasks.create("Work")
                    self.assertEqual("spawned", await client.tasks.result(task))
                    self.assertEqual(["Spawned"], [agent["name"] for agent in await client.agents()])

    async def attached(self, client: Client) -> bool:
        return bool((await client.request({"type": "runner.list"})).result["runners"])

    async def test_a_worker_whose_loop_ended_without_a_close_gives_its_leases_up(self) -> None:
        with TestHub() as hub:
            pipe = asyncio.subprocess.PIPE
            process = await asyncio.create_subprocess_exec(sys.executable, "-c", ABANDONED, hub.url, stdin=pipe, stdout=pipe, stderr=pipe)
            try:
                async with Client(hub.url) as client:
                    task = await client.tasks.create("Abandoned", lease_ms=1_000)
                    assert process.stdout
                    self.assertEqual(b"left\n", await process.stdout.readline())
                    rescuer = Worker(hub.url, id="rescuer")
                    rescuer.otherwise(rescue)
                    async with rescuer:
                        self.assertEqual("rescued", await client.tasks.result(task))
                self.assertIsNone(process.returncode)
            finally:
                process.kill()
                await process.communicate()

    def test_the_variables_of_a_runner(self) -> None:
        environment = {
            "WAGGLE_TOKEN": "t",
            "WAGGLE_AGENT_ID": "a1",
            "WAGGLE_AGENT_NAME": "Ann",
            "WAGGLE_AGENT_SWARM": "night",
            "WAGGLE_AGENT_SLOTS": "3",
            "WAGGLE_SPAWN_TOKEN": "s",
        }
        wanted = {"token": "t", "id": "a1", "name": "Ann", "swarm": "night", "slots": 3, "spawn_token": "s"}
        self.assertEqual(wanted, arguments_of(environment))
        self.assertEqual({}, arguments_of({"WAGGLE_AGENT_SLOTS": "many", "WAGGLE_TOKEN": ""}))
        with mock.patch.dict(os.environ, {**environment, "WAGGLE_URL": "http://127.0.0.1:9"}):
            self.assertEqual("own", Worker.from_environment(id="own").agent)


async def rescue(task: Any) -> str:
    return "rescued"
