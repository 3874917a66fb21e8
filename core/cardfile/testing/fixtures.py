"""Fixtures for tests of Cardfile and of its plugins; pytest finds them by the entry point `pytest11`.

`app` is a running app on a fresh database, with the plugins that the fixture `plugins` names beside those
that `settings` asks for; override either in a test module. Nothing of Cardfile is imported before a fixture
is used.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from httpx2 import AsyncClient

    from cardfile.app import App
    from cardfile.clock import MovableClock
    from cardfile.plugins.plugin import Plugin
    from cardfile.rights import Actor
    from cardfile.settings import Settings
    from cardfile.testing.migrated import Migrated
    from cardfile.testing.people import Person

__all__: list[str] = []


@pytest.fixture
def clock() -> "MovableClock":
    """A clock that stands at the first of January 2026, nine o'clock UTC, until the test moves it."""
    from cardfile.clock import MovableClock

    return MovableClock()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The URL of a database that is empty: a new SQLite file, unless a test suite says otherwise."""
    return f"sqlite:///{tmp_path / 'cardfile.db'}"


@pytest.fixture
def plugins() -> "tuple[type[Plugin], ...]":
    """Plugin classes to load beside the installed ones that the settings ask for; none by default."""
    return ()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> "Settings":
    """Settings of a fresh installation without any installed plugin; nothing is read from outside."""
    from cardfile.settings import Settings

    return Settings(database_url=database_url, data_dir=tmp_path, plugins=(), worker=False)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> "Migrated":
    """What brings databases up to date, each kind of them once."""
    from cardfile.testing.migrated import Migrated

    return Migrated(tmp_path_factory.mktemp("migrated"))


@pytest.fixture
async def app(
    settings: "Settings",
    plugins: "tuple[type[Plugin], ...]",
    clock: "MovableClock",
    migrated: "Migrated",
) -> "AsyncIterator[App]":
    """A running app on a fresh, migrated database."""
    from cardfile.app import App

    built = App.build(settings, plugins=plugins, clock=clock)
    await migrated.migrate(built)
    async with built.running():
        yield built


@pytest.fixture
def make_user(app: "App") -> "Callable[..., Awaitable[Person]]":
    """Return what makes users: by roles, and by fields such as `name`."""
    from cardfile.testing.people import make_person

    numbers = count()

    async def make(*roles: str, **values: Any) -> "Person":
        return await make_person(app, *roles, number=next(numbers), **values)

    return make


@pytest.fixture
def make_client(app: "App") -> "Callable[..., Awaitable[int]]":
    """Return what makes clients and gives their ids: by name, and by fields such as `owner`."""
    from cardfile.testing.people import create

    async def make(name: str = "Anna Petrova", *, actor: "Actor | None" = None, **values: Any) -> int:
        return await create(app, "client", {"name": name, **values}, actor=actor)

    return make


@pytest.fixture
async def api(app: "App") -> "AsyncIterator[Callable[..., AsyncClient]]":
    """Opens HTTP clients to the app: `api(as_=ann)` speaks for her, `api()` for nobody."""
    from contextlib import AsyncExitStack

    from httpx2 import ASGITransport, AsyncClient

    from cardfile.web import make_asgi

    asgi = make_asgi(app, lifespan=False)
    async with AsyncExitStack() as stack:
        opened: list[AsyncClient] = []

        def connect(*, as_: "Person | None" = None, **headers: str) -> AsyncClient:
            if as_ is not None:
                headers["Authorization"] = f"Bearer {as_.key}"
            client = AsyncClient(
                transport=ASGITransport(app=asgi), base_url=app.settings.base_url, headers=headers
            )
            opened.append(client)
            stack.push_async_callback(client.aclose)
            return client

        yield connect
