from __future__ import annotations

import asyncio
import re
import sys
import tempfile
import tomllib
import unittest
from pathlib import Path

from .hub import ROOT, TestHub
from .programs import PAGE, README, programs

HERE = ROOT / "clients/python"


class PageTests(unittest.IsolatedAsyncioTestCase):
    async def test_the_program_of_the_readme_counts_words(self) -> None:
        with TestHub() as hub:
            self.assertEqual((0, "{'words': 3}\n"), await self.run_program(programs(README)[0], hub.url))

    async def test_the_programs_of_the_page_that_end_by_themselves_do_what_the_page_says(self) -> None:
        shout = next(p for p in programs(PAGE) if "sync.Client" in p)
        with TestHub() as hub:
            self.assertEqual((0, "SO FEW WORDS\n"), await self.run_program(shout, hub.url))
        tests = next(p for p in programs(PAGE) if "unittest.main" in p)
        self.assertEqual((0, ""), await self.run_program(tests))

    async def run_program(self, program: str, *arguments: str) -> tuple[int | None, str]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "program.py"
            file.write_text(program, encoding="utf-8")
            run = await asyncio.create_subprocess_exec(
                sys.executable, "-W", "error", str(file), *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
            )
            output, errors = await run.communicate()
        if run.returncode:
            self.fail(errors.decode())
        return run.returncode, output.decode()

    def test_the_package_needs_no_other(self) -> None:
        manifest = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))
        self.assertEqual([], manifest["project"]["dependencies"])
        self.assertTrue((HERE / "src/waggle/py.typed").exists())
        for file in (HERE / "src/waggle").rglob("*.py"):
            for name in re.findall(r"^(?:import|from) (\w+)", file.read_text(encoding="utf-8"), re.MULTILINE):
                self.assertIn(name, sys.stdlib_module_names, file)

    def test_files_are_small_and_lines_are_short(self) -> None:
        for file in (*(HERE / "src").rglob("*.py"), *(HERE / "tests").glob("*.py")):
            lines = file.read_text(encoding="utf-8").splitlines()
            self.assertLessEqual(len(lines), 300, file)
            self.assertLessEqual(max(map(len, lines), default=0), 160, file)

    def test_the_lock_file_names_no_registry(self) -> None:
        self.assertNotRegex((HERE / "package-lock.json").read_text(encoding="utf-8"), r"resolved|https?://(?!github|opencollective)")
