"""A hub in a process of its own, and waiting."""

from __future__ import annotations

import asyncio
import inspect
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = Path(os.environ.get("WAGGLE_DLL") or ROOT / "artifacts/bin/Waggle/debug/waggle.dll")


class TestHub:
    """A hub with a data folder that a restart keeps."""

    def __init__(self, *options: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="waggle-python-"))
        self._options = options
        self._process: subprocess.Popen[str] | None = None
        self.url = ""
        self._run(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.dispose()

    def kill(self) -> None:
        """Ends the hub without a word, as a crash does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """Starts the hub again at the same address, on the same data."""
        self._run(urlsplit(self.url).port or 0)

    def dispose(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, port: int) -> None:
        log = (self._folder / "log").open("a", encoding="utf-8")
        arguments = ["--no-compat-ports", "--embedder", "none", "--data", str(self._folder / "data"), *self._options]
        command = ["dotnet", str(PROGRAM), "serve", "--port", str(port), *arguments]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)
        log.close()
        for line in cast(IO[str], self._process.stdout):
            if ready := re.match(r"ready (\S+)", line):
                self.url = ready[1]
                return
        self.kill()
        raise RuntimeError(f"The hub ended: {(self._folder / 'log').read_text(encoding='utf-8')}")

    def _end(self, number: int) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(number)
        process.wait()
        cast(IO[str], process.stdout).close()


async def until(condition: Callable[[], bool | Awaitable[bool]], what: str, within: float = 30.0) -> None:
    """Waits until a condition holds."""
    end = time.monotonic() + within
    while True:
        holds = condition()
        if await holds if inspect.isawaitable(holds) else holds:
            return
        if time.monotonic() > end:
            raise AssertionError(f"Not within {within} s: {what}")
        await asyncio.sleep(0.02)
