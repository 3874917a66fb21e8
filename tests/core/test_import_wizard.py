"""The conversation at a real terminal, in which a list is settled, tried out and brought in."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from import_desk import MESSY, command, surroundings, write_list
from terminal import Terminal, open_terminal

from cardfile.app import App
from cardfile.rights import Actor
from cardfile.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = tmp_path / "data"
    folder.mkdir()
    return Settings(
        database_url=f"sqlite:///{tmp_path / 'cardfile.db'}",
        data_dir=folder,
        plugins=("fitness",),
        locale="en",
    )


async def _hire(app: App) -> None:
    await app.migrate()
    async with app.running(), app.unit_of_work(Actor.system("test")) as work:
        values = {"login": "maria@example.com", "name": "Maria"}
        await work.do("user.create", values=values, roles=["head"])


@pytest.fixture
def terminal(settings: Settings, tmp_path: Path) -> Iterator[Terminal]:
    """A terminal in which the import of a messy list has been asked for."""
    asyncio.run(_hire(App.build(settings)))
    write_list(tmp_path / "list.xlsx", MESSY)
    words = command("import", "list.xlsx", "--as", "maria@example.com")
    with open_terminal(words, folder=tmp_path, surroundings=surroundings(settings)) as opened:
        yield opened


def _clients(tmp_path: Path) -> list[tuple[str, str | None]]:
    with sqlite3.connect(tmp_path / "cardfile.db") as database:
        return database.execute(
            "select name, city from client where archived_at is null order by id"
        ).fetchall()


def test_a_list_is_settled_tried_out_and_brought_in(terminal: Terminal, tmp_path: Path) -> None:
    screen = terminal.await_text("What now")
    assert "Sheet “Клиенты”, header in row 4" in screen
    assert "Телефон" in screen
    assert "Phones" in screen

    # A column goes elsewhere: by its heading, to a field of which a part is typed.
    terminal.type("Менеджер", "Enter")
    terminal.await_text("A number, a part of a field's name")
    terminal.type("city", "Enter")
    terminal.await_text("100% chosen")

    # A column that no field foresaw becomes a field of one's own.
    terminal.type("A", "Enter")
    terminal.await_text("+ to make a new field of it")
    terminal.type("+", "Enter")
    terminal.await_text("Name of the new field")
    terminal.type("List place", "Enter")
    terminal.await_text("What it holds")
    terminal.type("3", "Enter")
    terminal.await_text("List place")

    # What cannot be is told, and asked again.
    terminal.type("header", "Enter")
    terminal.await_text("Row of the header")
    terminal.type("3", "Enter")
    terminal.await_text("Row 3 cannot be the header")
    terminal.type("nonsense", "Enter")
    terminal.await_text("There is no column nonsense")

    terminal.type("known", "Enter")
    terminal.await_text("Rows known already")
    terminal.type("2", "Enter")
    terminal.await_text("fill in what known records lack, change nothing that is there")

    terminal.type("", "Enter")
    screen = terminal.await_text("Import it")
    assert "rows of data read" in screen
    assert _clients(tmp_path) == []

    terminal.type("", "Enter")
    terminal.await_text("To take it back: cardfile import undo 1")
    assert ("Иванова Анна Петровна", "Ольга Белова") in _clients(tmp_path)
    with sqlite3.connect(tmp_path / "cardfile.db") as database:
        assert database.execute("select label, kind from custom_field").fetchall() == [
            ("List place", "number")
        ]
        assert database.execute("select count(*) from custom_value").fetchone() == (5,)


def test_whoever_leaves_has_imported_nothing(terminal: Terminal, tmp_path: Path) -> None:
    terminal.await_text("What now")
    terminal.type("quit", "Enter")
    terminal.await_text("Nothing was imported.")
    assert _clients(tmp_path) == []
