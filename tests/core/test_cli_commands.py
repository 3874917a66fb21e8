"""The command line: sentences, exit codes, and no traceback for a mistake."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from cardfile.cli import main

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what does a command line in an empty folder without plugins, and gives its exit code."""
    monkeypatch.chdir(tmp_path)
    Path("cardfile.toml").write_text("plugins = []\n", encoding="utf-8")

    def do(*arguments: str) -> int:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        return int(end.value.code or 0)

    return do


def test_help_names_every_command_without_loading_them() -> None:
    program = "import sys, cardfile.cli.program as p\ntry: p.main(['--help'])\nexcept SystemExit: pass\n"
    program += (
        "print([m for m in sys.modules if m in ('piccolo', 'huey', 'uvicorn', 'pydantic', 'cardfile.app')])"
    )
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    for command in ("serve", "worker", "migrate", "check", "plugins", "user", "token", "import", "demo"):
        assert f" {command} " in shown
    assert shown.rstrip().endswith("[]")


def test_a_fresh_database_is_migrated_once(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("migrate") == 0
    assert "core.access: " in capsys.readouterr().out
    assert run("migrate") == 0
    assert capsys.readouterr().out == "The database is up to date.\n"
    assert run("migrate", "--check") == 0
    assert run("check") == 0


def test_a_migration_makes_the_folder_of_the_database_or_says_why_not(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARDFILE_DATABASE_URL", f"sqlite:///{tmp_path}/far/away/house.db")
    assert run("migrate") == 0
    assert (tmp_path / "far" / "away" / "house.db").exists()
    (tmp_path / "file").touch()
    monkeypatch.setenv("CARDFILE_DATABASE_URL", f"sqlite:///{tmp_path}/file/house.db")
    assert run("migrate") == 2
    assert f"The folder {tmp_path}/file cannot be made: " in capsys.readouterr().err


def test_a_database_that_must_be_migrated_ends_with_its_own_code(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    assert run("user", "list") == 5
    assert "cardfile migrate" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("rename to gone", "core: the database has no table 'segment': add a migration with CreateTable\n"),
        (
            "rename column name to gone",
            "core: the table 'segment' has no column 'name' in the database: add a migration with AddColumn\n",
        ),
    ],
    ids=["table", "column"],
)
def test_a_forgotten_migration_is_told_by_check(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: str, told: str
) -> None:
    run("migrate")
    with closing(sqlite3.connect(tmp_path / "data" / "cardfile.db")) as database:
        database.execute(f"alter table segment {change}")
    assert run("check") == 2
    assert capsys.readouterr().err == told


def test_people_are_made_listed_and_given_roles(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("migrate")
    assert (
        run(
            "user",
            "create",
            "Ann@example.com",
            "--name",
            "Ann",
            "--role",
            "manager",
            "--password",
            "ladder-blue-42",
        )
        == 0
    )
    assert run("user", "role", "ann@example.com", "head") == 0
    assert run("user", "role", "ann@example.com", "manager", "--revoke") == 0
    capsys.readouterr()
    assert run("user", "list") == 0
    line = capsys.readouterr().out.splitlines()[-1]
    assert "ann@example.com" in line
    assert "head" in line
    assert "manager" not in line


def test_a_token_is_shown_once_listed_without_its_secret_and_revoked(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run("migrate")
    run("user", "create", "ann@example.com", "--role", "manager", "--password", "ladder-blue-42")
    capsys.readouterr()
    assert run("token", "create", "ann@example.com", "--allow", "client:read", "--days", "30") == 0
    secret = capsys.readouterr().out.strip()
    assert run("token", "list", "--login", "ann@example.com") == 0
    listed = capsys.readouterr().out
    assert "client:read" in listed
    assert secret not in listed
    assert run("token", "revoke", "1") == 0


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        pytest.param(("frobnicate",), 2, "No such command", id="unknown command"),
        pytest.param(("migrate", "--frobnicate"), 2, "No such option", id="unknown option"),
        pytest.param(
            ("user", "role", "ann@example.com", "king"),
            4,
            "Nobody signs in as ann@example.com",
            id="unknown user",
        ),
        pytest.param(
            ("user", "create", "ann@example.com", "--role", "king", "--password", "ladder-blue-42"),
            3,
            "There is no role king",
            id="unknown role",
        ),
        pytest.param(
            ("user", "create", "ann@example.com", "--role", "king"),
            3,
            "There is no role king",
            id="unknown role before the password is asked for",
        ),
        pytest.param(
            ("user", "create", "ann"),
            3,
            "is not an e-mail",
            id="wrong login before the password is asked for",
        ),
        pytest.param(
            ("user", "create", "ann@example.com", "--password", "short"),
            3,
            "A password needs at least 10 characters",
            id="short password",
        ),
        pytest.param(
            ("user", "password", "ann@example.com"),
            4,
            "Nobody signs in as ann@example.com",
            id="unknown user before the password is asked for",
        ),
        pytest.param(("token", "revoke", "77"), 4, "There is no such record", id="unknown token"),
        pytest.param(("schema",), 2, "enable the plugin 'graphql'", id="no schema"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_exit_code(
    run: Run, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    run("migrate")
    capsys.readouterr()
    assert run(*arguments) == code
    error = capsys.readouterr().err
    assert sentence in error
    assert "Traceback" not in error


def test_a_refused_password_leaves_nobody_behind(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("migrate")
    run("user", "create", "ann@example.com", "--password", "short")
    run("user", "create", "ann@example.com", "--password", "ladder-blue-42")
    assert "ann@example.com can sign in now." in capsys.readouterr().out
    assert run("user", "create", "ANN@example.com") == 3
    assert "Somebody else signs in as ann@example.com already." in capsys.readouterr().err


def test_a_list_that_is_not_whole_says_so(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("migrate")
    for name in ("ann", "boris", "clara"):
        run("user", "create", f"{name}@example.com", "--password", "ladder-blue-42")
    capsys.readouterr()
    run("user", "list", "--limit", "2")
    shown = capsys.readouterr().out
    assert "clara" not in shown
    assert "There are more than these 2: see more with --limit." in shown
    run("user", "list")
    assert "There are more" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "command", [("migrate",), ("user", "list"), ("check",), ("worker",), ("import", "list")]
)
@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("sqlite:///{folder}/inner", "it is a folder; name another file in database_url"),
        ("sqlite:///{folder}/text.db", "it is no SQLite database, or is damaged; name another file"),
        (
            "postgresql://cardfile@127.0.0.1:9/nowhere",
            "is a server running there, and are host and port right?",
        ),
    ],
    ids=["folder", "text", "nobody-listens"],
)
def test_a_database_that_cannot_be_opened_is_told_with_a_hint(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
    url: str,
    hint: str,
) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "text.db").write_text(
        "This is a letter, and nothing that has tables. " * 10, encoding="utf-8"
    )
    monkeypatch.setenv("CARDFILE_DATABASE_URL", url.format(folder=tmp_path))
    assert run(*command) == 2
    error = capsys.readouterr().err
    assert hint in error
    assert error.count("\n") == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="whoever may do everything may write everywhere")
def test_a_folder_that_may_not_be_written_is_told_with_a_hint(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    monkeypatch.setenv("CARDFILE_DATABASE_URL", f"sqlite:///{tmp_path}/closed/house.db")
    assert run("migrate") == 2
    assert "this user may not write in its folder; let him" in capsys.readouterr().err


def test_a_schema_that_cannot_be_written_is_a_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(("schema", "-o", "/nowhere/at/all.graphql"))
    assert end.value.code == 3
    assert capsys.readouterr().err == (
        "The file “/nowhere/at/all.graphql” cannot be written: No such file or directory.\n"
    )


def test_a_wrong_setting_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARDFILE_PORT", "many")
    assert run("check") == 2
    assert "CARDFILE_PORT" in capsys.readouterr().err


def test_what_nobody_expected_is_said_without_a_traceback_unless_debugging(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def burn(*_given: object) -> None:
        raise RuntimeError("the house is on fire")

    monkeypatch.setattr("cardfile.app.App.build", burn)
    assert run("check") == 1
    assert "RuntimeError: the house is on fire. CARDFILE_DEBUG=1" in capsys.readouterr().err
    monkeypatch.setenv("CARDFILE_DEBUG", "1")
    with pytest.raises(RuntimeError, match="on fire"):
        main(["check"])


def test_the_demo_is_made_once_kept_and_thrown_away_when_asked(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("demo", "--size", "10") == 0
    first = capsys.readouterr().out
    assert "owner@demo.example" in first
    assert "curl -s http://127.0.0.1:8000/graphql -H 'Authorization: Bearer cft_" in first
    card = tmp_path / "data" / "demo.json"
    assert card.stat().st_mode & 0o077 == 0
    assert run("demo") == 0
    assert capsys.readouterr().out == first
    assert run("demo", "--reset", "--size", "10") == 0
    assert capsys.readouterr().out != first
    assert {one["role"] for one in orjson.loads(card.read_bytes())["sign_ins"]} >= {
        "owner",
        "head",
        "manager",
    }


def test_a_demo_that_was_cut_off_is_made_anew(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def faint(*_given: object) -> None:
        raise RuntimeError("the light went out")

    monkeypatch.setattr("cardfile.access.tokens.Tokens.issue", faint)
    assert run("demo", "--size", "10") == 1
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert run("demo", "--size", "10") == 0
    assert "owner@demo.example" in capsys.readouterr().out


def test_a_demo_shows_one_edition(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("cardfile.toml").write_text('plugins = ["documents", "fitness", "windows"]\n', encoding="utf-8")
    assert run("demo", "--edition", "bakery") == 2
    assert "installed and enabled are: fitness, windows" in capsys.readouterr().err
    assert run("demo", "--edition", "windows", "--size", "10") == 0
    told = capsys.readouterr().out
    assert "maxim@windows.example" in told
    assert "export CARDFILE_DISABLED_PLUGINS=fitness" in told
    assert run("demo") == 0
    assert capsys.readouterr().out == told
    assert run("demo", "--edition", "fitness") == 2
    assert "of the edition 'windows': throw it away with --reset" in capsys.readouterr().err


def test_a_demo_does_not_mix_with_real_people(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("migrate")
    run("user", "create", "ann@example.com", "--password", "ladder-blue-42")
    assert run("demo") == 2
    assert "people in it already" in capsys.readouterr().err
    assert run("demo", "--reset") == 2
    assert "no demo here to throw away" in capsys.readouterr().err
