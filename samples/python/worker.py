#!/usr/bin/env python3
"""A Waggle worker over the raw protocol (spec/waggle.v1.md): it counts the words of each task's input.

Needs Python 3.9 and websocket-client (pip install websocket-client; Debian: python3-websocket).
WAGGLE_URL names the hub (default http://127.0.0.1:3000), WAGGLE_TOKEN is its token if it asks for one.
"""
import itertools
import json
import os
import random
import secrets
import threading
import time

import websocket

AGENT = {"id": "python-counter", "secret": secrets.token_hex(16), "types": ["words"], "slots": 4}


def handle(task_input, progress, cancelled):
    """The work itself. `cancelled` is set when the hub wants the task to stop."""
    progress(0.5, "counting")
    return {"words": len(task_input["text"].split())}


class Worker:
    def __init__(self, url):
        self.url = url.replace("http", "ws", 1).rstrip("/") + "/ws/waggle"
        self.lock = threading.Lock()
        self.socket = None
        self.ids = itertools.count(1)
        self.leases = {}  # (task, attempt, token) -> (the event that is set when the work must stop, seconds between renewals)
        self.assigned = threading.Event()
        self.ends = {}  # (task, attempt, token) -> the message that ends it, until the hub answers it

    def run(self):
        backoff = 0.25
        while True:
            try:
                pause = (self.session() or 0.5) * random.uniform(1, 1.5)  # Never before the hub's retry_after_ms.
                backoff = 0.25
            except (OSError, websocket.WebSocketException) as error:
                print(f"No connection: {error}", flush=True)
                with self.lock:
                    soonest = min([30, *(own for _, own in self.leases.values())])  # A third of the shortest lease.
                backoff = min(backoff * 2, soonest)
                pause = backoff * random.uniform(0.5, 1)
            time.sleep(pause)

    def session(self):
        """One connection, until it ends. Returns how many seconds to wait before the next one."""
        self.socket = websocket.create_connection(self.url, timeout=60, enable_multithread=True)
        hello = {"type": "hello", "protocols": ["waggle.v1"], "agent": {**AGENT, "holding": self.held()}}
        if token := os.environ.get("WAGGLE_TOKEN"):
            hello["token"] = token
        self.socket.send(json.dumps(hello))
        closed = threading.Event()
        welcomed = False
        try:
            while text := self.socket.recv():
                message = json.loads(text)
                kind = message["type"]
                if kind == "welcome":
                    welcomed = True
                    self.welcome(message, closed)
                elif kind == "assign":
                    self.start(message)
                elif kind in ("stop", "cancel"):
                    self.stop(message, gone=kind == "stop")
                elif kind == "reply":
                    self.answered(message)
                elif kind == "error":
                    print(f"{message['code']}: {message['message']}", flush=True)
                    if "retry_after_ms" in message:
                        return message["retry_after_ms"] / 1000  # What has no answer is sent again on the next connection.
                    if not welcomed:
                        raise SystemExit(1)  # The same hello gets the same error.
                    self.answered(message)
                elif kind == "bye":
                    return message.get("retry_after_ms", 500) / 1000
        finally:
            closed.set()
            self.assigned.set()
            self.socket.close()

    def welcome(self, message, closed):
        print(f"{AGENT['id']} is connected", flush=True)
        for lease in message["agent"]["stop"]:
            self.stop(lease, gone=True)
        with self.lock:
            unanswered = list(self.ends.values())
        for end in unanswered:
            self.send(end)
        threading.Thread(target=self.renew, args=(message["heartbeat_ms"] / 1000, closed), daemon=True).start()

    def renew(self, seconds, closed):
        """Keeps the leases, and the agent online while it has none. A short lease is renewed sooner."""
        while not closed.is_set():
            with self.lock:
                pause = min([seconds, *(own for _, own in self.leases.values())])
            self.assigned.wait(pause)
            self.assigned.clear()
            self.send({"type": "lease.renew", "id": "renewal", "leases": self.held()})

    def start(self, assign):
        lease = {name: assign[name] for name in ("task", "attempt", "token")}
        cancelled = threading.Event()
        with self.lock:
            self.leases[tuple(lease.values())] = (cancelled, assign["lease_ms"] / 3000)
        self.assigned.set()
        threading.Thread(target=self.work, args=(lease, assign["spec"].get("input"), cancelled), daemon=True).start()

    def work(self, lease, task_input, cancelled):
        self.send({"type": "task.start", **lease})

        def progress(share, message=None):
            self.send({"type": "task.progress", **lease, "progress": share, "message": message})

        try:
            result = handle(task_input, progress, cancelled)
            end = {"type": "task.complete", **lease, "result": result}
        except Exception as error:
            end = {"type": "task.fail", **lease, "error": {"code": type(error).__name__, "message": str(error)[:10000]}}
        if cancelled.is_set():
            end = {"type": "task.cancelled", **lease}
        end["id"] = str(next(self.ids))
        with self.lock:
            if tuple(lease.values()) not in self.leases:
                return  # The hub took the lease away: there is nothing to report.
            self.ends[tuple(lease.values())] = end
        self.send(end)

    def stop(self, lease, gone):
        """The hub cancels a task and waits for its end, or the lease is gone and it waits for nothing."""
        key = (lease["task"], lease["attempt"], lease["token"])
        with self.lock:
            if key in self.ends:
                return  # The end is on its way; its answer says what became of it.
            cancelled, _ = (self.leases.pop(key, None) if gone else self.leases.get(key)) or (None, None)
        if cancelled:
            cancelled.set()

    def answered(self, message):
        """Each renewal is answered with the leases to stop. An end that is answered, with an error too, is over."""
        if message.get("id") == "renewal":
            result = message.get("result", {})
            for lease in result.get("stop", []):
                self.stop(lease, gone=True)
            for lease in result.get("cancel", []):
                self.stop(lease, gone=False)
            return
        with self.lock:
            for key in [key for key, end in self.ends.items() if end["id"] == message.get("id")]:
                del self.ends[key], self.leases[key]

    def held(self):
        with self.lock:
            return [{"task": task, "attempt": attempt, "token": token} for task, attempt, token in self.leases]

    def send(self, message):
        """Sends if there is a connection. Ends are kept in `ends` and sent again after the next welcome."""
        try:
            self.socket.send(json.dumps(message))
        except (OSError, websocket.WebSocketException):
            pass


if __name__ == "__main__":
    try:
        Worker(os.environ.get("WAGGLE_URL", "http://127.0.0.1:3000")).run()
    except KeyboardInterrupt:
        pass
