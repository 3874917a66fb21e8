"""`cardfile check` and `cardfile shipped`: what people have made of what plugins ship."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from cardfile.cli import main

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what does a command line in a folder whose database has one edited stage, and gives its exit code."""
    monkeypatch.chdir(tmp_path)
    Path("cardfile.toml").write_text("plugins = []\n", encoding="utf-8")

    def do(*arguments: str) -> int:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        return int(end.value.code or 0)

    assert do("migrate") == 0
    with closing(sqlite3.connect("data/cardfile.db")) as connection, connection:
        connection.execute("update stage set label = 'First call' where seed = 'sales/request'")
    return do


def label_of_the_stage() -> str:
    with closing(sqlite3.connect("data/cardfile.db")) as connection:
        (label,) = connection.execute("select label from stage where seed = 'sales/request'").fetchone()
    return str(label)


def test_check_tells_what_is_shipped_what_you_have_and_how_to_decide(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check") == 0
    told = capsys.readouterr().out
    assert "core ships Request as label of stage sales/request, you have First call" in told
    assert "cardfile shipped keep|take stage sales/request label" in told


def test_what_is_taken_is_as_shipped_again(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("shipped", "take", "stage", "sales/request", "label") == 0
    assert "label is Request again" in capsys.readouterr().out
    assert label_of_the_stage() == "Request"
    assert run("shipped", "take", "stage", "sales/request", "label") == 4


def test_what_is_kept_is_told_no_more(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("shipped", "keep", "stage", "sales/request", "label") == 0
    capsys.readouterr()
    assert run("check") == 0
    assert "you have" not in capsys.readouterr().out
    assert label_of_the_stage() == "First call"


def test_the_list_shows_both(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("shipped", "list") == 0
    told = capsys.readouterr().out
    assert "sales/request" in told
    assert "First call" in told
