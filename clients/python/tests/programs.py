"""The programs of the pages. `python3 -m tests.programs FOLDER` writes them, for the type checker."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from .hub import ROOT

README = ROOT / "clients/python/README.md"
PAGE = ROOT / "docs/python.md"


def programs(page: Path) -> list[str]:
    """The Python blocks of a page."""
    return re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.py"):
        old.unlink()
    for page in (README, PAGE):
        for number, program in enumerate(programs(page)):
            (folder / f"{page.stem.lower()}{number}.py").write_text(program, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
