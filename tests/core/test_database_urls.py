from pathlib import Path

import pytest

import cardfile.database
from cardfile.database import open_database
from cardfile.database.postgres import PostgresDatabase
from cardfile.database.sqlite import SqliteDatabase
from cardfile.errors import SettingsError


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///cardfile.db", "cardfile.db"),
        ("sqlite:///data/cardfile.db", "data/cardfile.db"),
        ("sqlite:////var/lib/cardfile/cardfile.db", "/var/lib/cardfile/cardfile.db"),
        ("sqlite:///my%20cards.db", "my cards.db"),
    ],
)
def test_an_sqlite_url_names_a_file(url: str, path: str) -> None:
    database = open_database(url, readers=1)
    assert isinstance(database, SqliteDatabase)
    assert database.path == Path(path)


@pytest.mark.parametrize("kind", ["postgresql", "postgres"])
def test_a_postgres_url_names_a_server(kind: str) -> None:
    database = open_database(f"{kind}://ann:secret@db.example:5432/cardfile", pool_size=3)
    assert isinstance(database, PostgresDatabase)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("cardfile.db", "not a URL"),
        ("", "not a URL"),
        ("mysql://ann:secret@host/cardfile", "'mysql'"),
        ("sqlite://cardfile.db", "three slashes"),
        ("sqlite://", "three slashes"),
        ("sqlite:///", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("postgresql://ann:secret@host", "names no database"),
        ("postgresql://ann:secret@host:port/cardfile", "cannot be read"),
    ],
)
def test_a_wrong_url_is_told_with_a_right_one_and_without_the_password(url: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence) as told:
        open_database(url)
    assert "secret" not in str(told.value)


def test_an_unknown_option_is_told() -> None:
    with pytest.raises(SettingsError, match="pool_size"):
        open_database("sqlite:///cardfile.db", pool_size=3)


def test_every_public_name_is_there() -> None:
    assert sorted(cardfile.database.__all__) == sorted(set(cardfile.database.__all__))
    assert all(hasattr(cardfile.database, name) for name in cardfile.database.__all__)
