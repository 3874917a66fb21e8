"""The benchmarks: their documents take the first rung, and the whole of them runs on small data."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cardfile import App, Settings
from cardfile.rights import EVERYTHING, Actor
from cardfile_graphql.context import RequestContext
from cardfile_graphql.engine import Request
from cardfile_graphql.plugin import GraphQLPlugin

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    pytest.param(path.read_text(encoding="utf-8"), id=path.stem)
    for path in sorted((ROOT / "benchmarks/documents").glob("*.graphql"))
]
VARIABLES = {"first": 5, "id": "client_1", "clients": 5, "each": 5, "search": "анна"}
LINE = re.compile(r"[a-z_]+ engine=sqlite ratio=\d+\.\d\d floor_ms=[\d.]+ ours_ms=[\d.]+ .+")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, plugins=("graphql", "fitness"), worker=False)


@pytest.mark.parametrize("text", DOCUMENTS)
async def test_the_documents_of_the_benchmarks_take_one_statement(app: App, text: str) -> None:
    variables = {name: value for name, value in VARIABLES.items() if f"${name}:" in text}
    engine = app.plugin(GraphQLPlugin).engine(app)
    actor = Actor(rights=EVERYTHING, name="Ann")
    answer = await engine.answer(Request(text, variables), RequestContext(app, actor, engine.built, "ru"))
    assert engine.rungs == {"one statement": 1}, answer.body


@pytest.mark.slow
def test_the_benchmarks_run_and_find_the_answers_equal(tmp_path: Path) -> None:
    command = [sys.executable, "benchmarks", "--quick", "--engine", "sqlite", "--folder", str(tmp_path)]
    roots = ":".join(
        str(ROOT / root)
        for root in ("core", "graphql", "plugins/industry_fitness", "plugins/industry_windows")
    )
    done = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": roots}, check=False, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 30
    assert [line for line in lines if not LINE.fullmatch(line)] == []
