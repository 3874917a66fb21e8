"""The fixtures that plugin authors get: lazy, and true."""

import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from cardfile.app import App
from cardfile.query import fetch_records
from cardfile.testing.people import Person

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine() -> str:
    """The fixtures do not depend on the engine."""
    return "sqlite"


def test_pytest_starts_without_loading_cardfile(tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text(
        "import sys\n\ndef test_it() -> None:\n"
        "    heavy = {'cardfile.app', 'cardfile.settings', 'piccolo', 'pydantic', 'starlette'}\n"
        "    assert not heavy & set(sys.modules)\n",
        encoding="utf-8",
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


async def test_a_client_of_nobody_is_not_let_in_and_a_users_is(
    api: Callable[..., Any], make_user: Callable[..., Awaitable[Person]]
) -> None:
    ann = await make_user("manager")
    assert (await api().get("/health")).status_code == 200
    assert (await api().get("/files/file_1")).status_code == 401
    assert (await api(as_=ann).get("/files/file_1")).status_code == 404


async def test_users_differ_and_have_their_roles(make_user: Callable[..., Awaitable[Person]]) -> None:
    ann, boris = await make_user("manager"), await make_user("owner", name="Boris B.")
    assert ann.user != boris.user
    assert boris.actor.name == "Boris B."
    assert boris.actor.rights.scope("user", "create") > ann.actor.rights.scope("user", "create")


async def test_clients_are_made_by_the_command(
    app: App, make_client: Callable[..., Awaitable[int]], make_user: Callable[..., Awaitable[Person]]
) -> None:
    ann, stranger = await make_user("manager"), await make_user("manager")
    client = await make_client("Clara", owner=ann.user)
    for person, expected in ((ann, ["Clara"]), (stranger, [])):
        rows = await fetch_records(
            app.database,
            app.model,
            app.model["client"],
            person.actor.rights,
            now=app.clock.now(),
            ids=[client],
        )
        assert [row["name"] for row in rows] == expected
