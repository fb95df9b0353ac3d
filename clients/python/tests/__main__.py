"""Runs the test modules, two at a time since they wait more than they compute: `python3 -m tests [MODULE…]`."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

# Those that take longest begin first.
FIRST = ["tests.test_worker", "tests.test_resilience", "tests.test_connection"]


async def run(module: str, free: asyncio.Semaphore) -> tuple[bool, int]:
    async with free:
        command = [sys.executable, "-W", "error", "-m", "unittest", module]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        output, _ = await process.communicate()
    text = output.decode(errors="replace")
    ran = re.search(r"^Ran (\d+) tests? in .*$", text, re.MULTILINE)
    passed = process.returncode == 0 and ran is not None
    print(f"{module}: {ran[0] if ran and passed else text}", flush=True)
    return passed, int(ran[1]) if ran else 0


async def main(modules: list[str]) -> int:
    found = [f"tests.{file.stem}" for file in sorted(Path(__file__).parent.glob("test_*.py"))]
    chosen = modules or [*FIRST, *(module for module in found if module not in FIRST)]
    free = asyncio.Semaphore(2)
    results = await asyncio.gather(*(run(module, free) for module in chosen))
    failed = sum(not passed for passed, _ in results)
    print(f"{sum(count for _, count in results)} tests in {len(results)} modules, {failed} modules failed")
    return 1 if failed else 0


if __name__ == "__main__":
    os.chdir(Path(__file__).parent.parent)
    sys.exit(asyncio.run(main(sys.argv[1:])))
