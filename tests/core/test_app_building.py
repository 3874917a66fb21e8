"""The app: built from declarations that are checked, opened and closed in order."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar

import pytest
from piccolo.columns import ForeignKey, OnDelete, Text
from pydantic import BaseModel

from cardfile import (
    App,
    Call,
    CardField,
    Client,
    CreateTable,
    DeclarationError,
    Entity,
    Field,
    IndexSpec,
    Kind,
    Migration,
    Plugin,
    Record,
    Settings,
    SettingsError,
    command,
    hookimpl,
)
from cardfile.errors import MigrationError

pytestmark = pytest.mark.anyio

LIVED: list[str] = []


class Boat(Record, tablename="harbour_boat"):
    """A boat of a client."""

    client = ForeignKey(Client, null=False, on_delete=OnDelete.restrict)
    name = Text(null=False, default=None)

    keys = (IndexSpec(columns=("client",)),)


boats = Entity(Boat, "Boat", "Boats", on="client", fields=(Field("name", "Name", Kind.TEXT, required=True),))


@command("boat.launch", label="Launch")
async def launch(call: Call, boat: Boat) -> Boat:
    """Put a boat to sea."""
    call.record("harbour.boat.launched", boat)
    return boat


class HarbourSettings(BaseModel):
    """What a harbour sets."""

    berths: int = 10


class Harbour(Plugin):
    name = "harbour"
    label = "Harbour"
    requires = "cardfile>=0.1,<0.2"
    entities = (boats,)
    card_fields = (CardField("berth", "Berth", Kind.TEXT, on="client"),)
    commands = (launch,)
    grants: ClassVar = {"manager": {"boat": "*:own"}}
    migrations = (Migration("0001_boats", (CreateTable(Boat),)),)
    settings = HarbourSettings

    @asynccontextmanager
    async def lifespan(self, app: App) -> AsyncIterator[None]:
        LIVED.append("harbour opens")
        try:
            yield
        finally:
            LIVED.append("harbour closes")


class Buoy(Plugin):
    name = "buoy"
    label = "Buoy"
    requires = "cardfile>=0.1"
    depends = ("harbour",)

    @asynccontextmanager
    async def lifespan(self, app: App) -> AsyncIterator[None]:
        LIVED.append("buoy opens")
        yield
        LIVED.append("buoy closes")


@pytest.fixture
def alone(tmp_path: Path) -> Settings:
    """Settings of a fresh installation on SQLite, without any installed plugin."""
    return Settings(database_url=f"sqlite:///{tmp_path / 'cardfile.db'}", data_dir=tmp_path, plugins=())


def build(settings: Settings, *plugins: type[Plugin]) -> App:
    return App.build(settings, plugins=plugins)


def test_what_a_plugin_declares_is_in_the_app(alone: Settings) -> None:
    app = build(alone, Harbour)
    assert "harbour.boat" in app.model
    assert "harbour.berth" in app.model["client"].lines
    assert "harbour.boats" in app.model["client"].links
    assert {"harbour.boat.launch", "harbour.boat.create"} <= set(app.commands.commands)
    assert isinstance(app.plugin(Harbour), Harbour)


def test_a_plugin_gets_its_settings_checked(alone: Settings) -> None:
    more = alone.model_copy(update={"sections": {"harbour": {"berths": "12"}}})
    assert build(more, Harbour).section(HarbourSettings).berths == 12
    assert build(alone, Harbour).section(HarbourSettings).berths == 10


def test_wrong_settings_of_a_plugin_stop_the_start(alone: Settings) -> None:
    wrong = alone.model_copy(update={"sections": {"harbour": {"births": 12}}})
    with pytest.raises(SettingsError, match="did you mean 'berths'"):
        build(wrong, Harbour)


def test_two_apps_in_one_process_share_nothing(alone: Settings) -> None:
    one, other = build(alone, Harbour), build(alone)
    assert "harbour.boat" not in other.model
    assert one.plugin(Harbour) is not build(alone, Harbour).plugin(Harbour)
    with pytest.raises(DeclarationError, match="'harbour' is not loaded; loaded are: core"):
        other.plugin(Harbour)


def test_card_fields_can_depend_on_settings(alone: Settings) -> None:
    class Regional(Plugin):
        name = "regional"
        label = "Regional"
        requires = "cardfile>=0.1"

        @hookimpl
        def register_card_fields(self, settings: Settings) -> list[CardField]:
            return [CardField(f"code_{settings.region.lower()}", "Code", Kind.TEXT, on="client")]

    assert "regional.code_ru" in build(alone, Regional).model["client"].lines


def test_a_misspelt_hook_stops_the_start(alone: Settings) -> None:
    class Fitness(Plugin):
        name = "fitness"
        label = "Fitness"
        requires = "cardfile>=0.1"

        @hookimpl
        async def record_creatng(self) -> None:
            """Be misspelt."""

    with pytest.raises(DeclarationError, match="did you mean 'record_creating'"):
        build(alone, Fitness)


def test_a_field_that_is_declared_twice_stops_the_start(alone: Settings) -> None:
    class Twice(Plugin):
        name = "twice"
        label = "Twice"
        requires = "cardfile>=0.1"
        card_fields = (
            CardField("berth", "Berth", Kind.TEXT, on="client"),
            CardField("berth", "Place", Kind.TEXT, on="client"),
        )

    with pytest.raises(DeclarationError, match=r"twice: the card field 'berth' .*rename"):
        build(alone, Twice)


def test_a_command_that_nobody_may_do_stops_the_start(alone: Settings) -> None:
    class Closed(Harbour):
        grants: ClassVar = {"manager": {"boat": "read:own create:own edit:own archive:own"}}

    with pytest.raises(DeclarationError, match=r"harbour: .*'launch' on 'harbour\.boat'.*grants"):
        build(alone, Closed)


async def test_a_database_that_is_not_up_to_date_is_refused_with_the_command(alone: Settings) -> None:
    await build(alone).migrate()
    with pytest.raises(MigrationError, match=r"harbour: 0001_boats.*cardfile migrate"):
        async with build(alone, Harbour).running():
            """Never get here."""


async def test_plugins_are_opened_after_what_they_depend_on_and_closed_before(alone: Settings) -> None:
    LIVED.clear()
    app = build(alone, Buoy, Harbour)
    await app.migrate()
    async with app.running():
        assert LIVED == ["harbour opens", "buoy opens"]
    assert LIVED[2:] == ["buoy closes", "harbour closes"]


async def test_a_plugin_that_cannot_open_lets_the_others_close(alone: Settings) -> None:
    class Leak(Plugin):
        name = "leak"
        label = "Leak"
        requires = "cardfile>=0.1"
        depends = ("harbour",)

        @asynccontextmanager
        async def lifespan(self, app: App) -> AsyncIterator[None]:
            if LIVED:
                raise RuntimeError("no water")
            yield

    LIVED.clear()
    app = build(alone, Leak, Harbour)
    await app.migrate()
    with pytest.raises(RuntimeError, match="no water"):
        async with app.running():
            """Never get here."""
    assert LIVED == ["harbour opens", "harbour closes"]


async def test_a_plugin_speaks_by_its_own_catalogue(alone: Settings, tmp_path: Path) -> None:
    catalogue = tmp_path / "ru.toml"
    catalogue.write_text('"The sea is {state}." = "Море {state}."', encoding="utf-8")

    class Speaker(Plugin):
        name = "speaker"
        label = "Speaker"
        requires = "cardfile>=0.1"
        texts = (catalogue,)

    app = build(alone, Speaker)
    assert app.texts("ru").say("The sea is {state}.", state="спокойно") == "Море спокойно."
    assert app.texts("en").say("The sea is {state}.", state="calm") == "The sea is calm."
