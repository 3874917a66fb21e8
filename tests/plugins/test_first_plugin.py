"""The tutorial is followed to the letter: its files are written as the page has them, and their tests run."""

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "first-plugin.md"
FILE = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_who_follows_the_tutorial_has_a_plugin_that_passes_its_tests(tmp_path: Path) -> None:
    files: dict[str, list[str]] = defaultdict(list)
    for name, text in FILE.findall(PAGE.read_text(encoding="utf-8")):
        files[name].append(text)
    assert set(files) == {"pyproject.toml", "cardfile_harbour.py", "test_harbour.py"}
    for name, parts in files.items():
        (tmp_path / name).write_text("\n\n".join(parts), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
