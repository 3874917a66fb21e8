"""The edition of the tutorial is the one of the examples, and its tests pass."""

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "first-edition.md"
EXAMPLE = ROOT / "examples" / "service_company"
FILE = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def files() -> dict[str, str]:
    """The files of the page, each of its parts in order."""
    parts: dict[str, list[str]] = defaultdict(list)
    for name, text in FILE.findall(PAGE.read_text(encoding="utf-8")):
        parts[name].append(text)
    return {name: "\n\n".join(texts) for name, texts in parts.items()}


def without_gaps(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def test_the_page_builds_the_edition_of_the_examples() -> None:
    written = files()
    assert set(written) == {"pyproject.toml", "cardfile_service_company.py", "test_service_company.py"}
    for name in ("pyproject.toml", "cardfile_service_company.py"):
        assert without_gaps(written[name]) == without_gaps((EXAMPLE / name).read_text(encoding="utf-8"))


def test_who_follows_the_page_has_an_edition_that_passes_its_tests(tmp_path: Path) -> None:
    for name, text in files().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
