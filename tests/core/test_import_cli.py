"""The real command line: imports that are cut off and go on, hostile files, exports that come back unchanged."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest
from import_desk import MESSY, Cells, command, surroundings, write_list

from cardfile.app import App
from cardfile.cli import main
from cardfile.rights import Actor
from cardfile.settings import Settings

MANY = 6_000


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an installation with the fitness club, whose database exists."""
    folder = tmp_path / "data"
    folder.mkdir()
    return Settings(
        database_url=f"sqlite:///{tmp_path / 'cardfile.db'}",
        data_dir=folder,
        plugins=("fitness",),
        locale="ru",
    )


@pytest.fixture
def ready(settings: Settings) -> Settings:
    """The same, with an owner, a manager and an analyst in it."""
    asyncio.run(_hire(App.build(settings)))
    return settings


async def _hire(app: App) -> None:
    await app.migrate()
    async with app.running(), app.unit_of_work(Actor.system("test")) as work:
        for login, role in (("olga", "owner"), ("maria", "manager"), ("alisa", "analyst")):
            values = {"login": f"{login}@example.com", "name": login.title()}
            await work.do("user.create", values=values, roles=[role])


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


Tell = Callable[..., Said]


@pytest.fixture
def cardfile(ready: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Tell:
    """Return what gives a command to the real command line, in this process."""
    for key, value in surroundings(ready).items():
        if key.startswith("CARDFILE_"):
            monkeypatch.setenv(key, value)

    def tell(*words: str) -> Said:
        capfd.readouterr()
        try:
            main(words)
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        return Said(code, *capfd.readouterr())

    return tell


def numbers(settings: Settings, sql: str) -> list[int]:
    """Return the first row of a question to the database, past everything of ours."""
    with sqlite3.connect(settings.database_url.removeprefix("sqlite:///"), timeout=30) as connection:
        row = connection.execute(sql).fetchone()
    connection.close()
    return [int(one or 0) for one in row] if row else []


def long_list(path: Path) -> Path:
    rows: list[Cells] = [("ФИО", "Телефон", "Цель")]
    rows += [
        (f"Клиент Номер{n}", f"8-916-{n // 10000:03d}-{n // 100 % 100:02d}-{n % 100:02d}", "сила")
        for n in range(MANY)
    ]
    return write_list(path, rows)


def test_a_list_comes_in_is_shown_listed_and_undone(cardfile: Tell, ready: Settings, tmp_path: Path) -> None:
    path = write_list(tmp_path / "Клиенты.xlsx", MESSY)
    dry = cardfile("import", str(path), "--dry-run")
    assert "Nothing was written" in dry.out
    assert numbers(ready, "select count(*) from client") == [0]
    done = cardfile("import", str(path), "--as", "maria@example.com")
    assert "fitness.goal" in done.out
    assert "E9" in done.out
    assert "cardfile import undo 1" in done.out
    assert numbers(ready, "select count(*), min(owner), max(owner) from client") == [5, 2, 2]
    again = cardfile("import", "--duplicates=fill", str(path), "--as", "maria@example.com")
    assert [line.split() for line in again.out.splitlines() if line.strip().startswith("created ")] == [
        ["created", "0"]
    ]
    assert "Клиенты.xlsx" in cardfile("import", "list").out
    assert "31.02.1990" in cardfile("import", "show", "1").out
    assert "undone" in cardfile("import", "undo", "1").out
    assert numbers(ready, "select count(*) from client where archived_at is null") == [0]


def test_an_import_that_was_cut_off_is_stopped_and_undone(
    cardfile: Tell, ready: Settings, tmp_path: Path
) -> None:
    cardfile("import", str(write_list(tmp_path / "list.xlsx", MESSY)))
    assert not numbers(ready, "update sheet_import set state = 'running', finished_at = null")
    assert "Import 1 is undone" in cardfile("import", "undo", "1").out
    assert numbers(ready, "select count(*) from client where archived_at is null") == [0]


def test_an_import_killed_in_the_middle_goes_on_and_nothing_is_half_done_or_doubled(
    cardfile: Tell, ready: Settings, tmp_path: Path
) -> None:
    path = long_list(tmp_path / "long.xlsx")
    process = subprocess.Popen(
        command("import", str(path)),
        env=surroundings(ready),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = monotonic() + 60
    while numbers(ready, "select max(rows_read) from sheet_import") < [2_000] and monotonic() < deadline:
        assert process.poll() is None, "the import was over before it could be killed"
        os.sched_yield()
    process.send_signal(signal.SIGKILL)
    process.wait()
    (read, created, last) = numbers(ready, "select rows_read, rows_created, last_row from sheet_import")
    assert 2_000 <= read < MANY
    assert (created, last) == (read, read if last == read else read + 1)
    halves = ("client", "contact_point", "card_fitness_client", "sheet_import_row")
    assert [numbers(ready, f"select count(*) from {table}") for table in halves] == [[read]] * 4
    assert numbers(ready, "select count(*) from event where entity = 'client'") == [read]
    resumed = cardfile("import", str(path))
    assert "cut off" in resumed.out
    assert numbers(ready, "select count(*), max(rows_read), max(rows_created) from sheet_import") == [
        1,
        MANY,
        MANY,
    ]
    assert [numbers(ready, f"select count(*) from {table}") for table in halves] == [[MANY]] * 4
    assert numbers(ready, "select count(distinct value) from contact_point") == [MANY]
    cardfile("import", "undo", "1")
    assert numbers(ready, "select count(*) from client where archived_at is null") == [0]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        pytest.param("list.xlsx", b"MZ\x90\x00" + b"\x00" * 200, "Windows program", id="a renamed program"),
        pytest.param("list.csv", b"", "empty", id="an empty file"),
        pytest.param("list.xlsx", b"PK\x03\x04 and nothing", "", id="a broken archive"),
        pytest.param("list.pdf", b"%PDF-1.7\n\x00", "PDF", id="a document"),
    ],
)
def test_a_bad_file_gets_one_sentence_and_an_exit_code(
    cardfile: Tell, ready: Settings, tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    done = cardfile("import", str(path))
    assert done.code == 3
    assert len(done.err.strip().splitlines()) == 1
    assert sentence in done.err
    assert numbers(ready, "select count(*) from sheet_import") == [0]


def test_a_bomb_is_refused_and_a_missing_file_named(cardfile: Tell, ready: Settings, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    for path in (bomb, tmp_path / "nowhere.xlsx"):
        done = cardfile("import", str(path))
        assert (done.code, len(done.err.strip().splitlines())) == (3, 1), path


def test_what_cannot_be_meant_ends_with_a_sentence(cardfile: Tell, ready: Settings, tmp_path: Path) -> None:
    path = write_list(tmp_path / "a.xlsx", [("ФИО", "Зачем"), ("Анна", "сила")])
    cases: Sequence[tuple[int, Sequence[str]]] = (
        (3, ("import", str(path), "--map", "Зачем=fitness.gaol")),
        (3, ("import", str(path), "--map", "Зачем")),
        (3, ("import", str(path), "--sheet", "Лист9")),
        (4, ("import", str(path), "--as", "nobody@example.com")),
        (3, ("import", str(path), "--as", "alisa@example.com")),
        (4, ("import", "undo", "77")),
        (4, ("import", "show", "x")),
    )
    for code, words in cases:
        done = cardfile(*words)
        assert (done.code, len(done.err.strip().splitlines())) == (code, 1), (words, done.err)
