"""What the README and the docs say is true: code runs, links lead somewhere, commands exist."""

import ast
import asyncio
import inspect
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, ModuleType
from typing import NamedTuple

import pytest
from house import ROOT, tracked

PAGES = [
    path
    for path in tracked()
    if path.suffix == ".md" and path.parts[0] in {"README.md", "CHANGELOG.md", "docs"}
]


class Block(NamedTuple):
    """A fenced block of a page: the words after the fence, the line of its first line, its text."""

    kind: str
    line: int
    text: str


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    content = (ROOT / page).read_text(encoding="utf-8")
    for found in re.finditer(r"^```([^\n`]*)\n(.*?)^```$", content, re.MULTILINE | re.DOTALL):
        yield Block(found[1].strip(), content.count("\n", 0, found.start()) + 2, found[2])


def prose(page: Path) -> str:
    """Return a page without its blocks and inline code, where a bracket is not a link."""
    content = (ROOT / page).read_text(encoding="utf-8")
    content = re.sub(r"^```.*?^```$", "", content, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]+`", "", content)


def anchors(page: Path) -> set[str]:
    """Return the anchors that a renderer makes of a page's headings."""
    content = re.sub(r"^```.*?^```$", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ +(.+?) *$", content, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands(page: Path, word: str) -> list[list[str]]:
    """Return the command lines of a page's shell blocks that start with `word`, split into words."""
    lines = []
    for block in blocks(page):
        if block.kind not in {"sh", "console"}:
            continue
        for line in block.text.replace("\\\n", " ").splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            if words and Path(words[0]).name == word:
                ends = (place for place, part in enumerate(words) if part in {"|", ">", "<", "&&", ";", "&"})
                lines.append(words[: next(ends, len(words))])
    return lines


def compiled(page: Path, block: Block) -> CodeType:
    """Return the code of a block, with the page's own line numbers for whoever reads the traceback."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    padded = "\n" * (block.line - 1) + block.text
    code: CodeType = compile(padded, str(page), "exec", flags=flags, dont_inherit=True)
    return code


def test_there_are_pages() -> None:
    assert Path("README.md") in PAGES


WITHOUT_PYTHON = {
    Path("CHANGELOG.md"),
    Path("docs/architecture.md"),
    Path("docs/graphql.md"),
    Path("docs/import.md"),
}
"""Pages that speak of no Python; every other one has some, and it is run here."""


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_guide_has_python_and_none_that_nobody_runs(page: Path) -> None:
    kinds = [block.kind for block in blocks(page) if block.kind.startswith("py")]
    assert [kind for kind in kinds if not kind.startswith(("python run", "python file="))] == []
    assert bool(kinds) != (page in WITHOUT_PYTHON)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_the_python_of_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the blocks marked `python run` in their order, as one module, in an empty folder."""
    module = ModuleType("page_" + re.sub(r"\W", "_", page.stem))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.chdir(tmp_path)
    for block in blocks(page):
        if block.kind != "python run":
            continue
        code = compiled(page, block)
        result = eval(code, module.__dict__)
        if code.co_flags & inspect.CO_COROUTINE:
            asyncio.run(result)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_the_python_of_a_page_is_python(page: Path) -> None:
    for block in blocks(page):
        if block.kind.split(" ")[0] == "python":
            compiled(page, block)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        other = (ROOT / page.parent / name).resolve() if name else ROOT / page
        if not other.exists() or (anchor and anchor not in anchors(other)):
            lost.append(target)
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_the_make_targets_of_a_page_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    asked = {
        word for line in commands(page, "make") for word in line[1:] if "=" not in word and word[0] != "-"
    }
    assert {word for word in asked if not re.search(rf"^{re.escape(word)}:", makefile, re.MULTILINE)} == set()


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_the_cardfile_commands_of_a_page_exist(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ask each command line for its help: an unknown command or option is refused before that."""
    lines = commands(page, "cardfile")
    if not lines:
        return
    from cardfile.cli import main  # noqa: PLC0415  Pages without commands need no command line.

    monkeypatch.chdir(tmp_path)
    for line in lines:
        monkeypatch.setattr(sys, "argv", [*line, "--help"])
        with pytest.raises(SystemExit) as end:
            main()
        assert end.value.code in {None, 0}, f"{shlex.join(line)}: {capsys.readouterr().err}"
