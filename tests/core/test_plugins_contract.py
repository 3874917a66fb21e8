"""The contract that plugins inherit: it passes for a sound plugin and catches the others."""

from collections.abc import MutableMapping
from dataclasses import replace
from typing import ClassVar

import pytest
from piccolo.columns import BigInt, Date, ForeignKey, OnDelete, Text, Varchar

from cardfile import (
    Call,
    CardField,
    Client,
    CreateTable,
    Entity,
    Everyone,
    Field,
    IndexSpec,
    Kind,
    Migration,
    Plugin,
    Record,
    Rights,
    Scope,
    Settings,
    command,
    hookimpl,
)
from cardfile.app import App
from cardfile.testing.contract import PluginContract
from cardfile.testing.made import Maker

pytestmark = pytest.mark.anyio


class Dive(Record, tablename="diving_dive"):
    """One dive of a client."""

    client = ForeignKey(Client, null=False, on_delete=OnDelete.restrict)
    day = Date(null=False, default=None)
    depth = BigInt(null=True, default=None)
    price = BigInt(null=True, default=None)
    price_currency = Varchar(length=3, null=True, default=None)
    gas = Text(null=True, default=None)

    keys = (IndexSpec(columns=("client", "-day")),)


dives = Entity(
    Dive,
    {"en": "Dive", "ru": "Погружение"},
    {"en": "Dives", "ru": "Погружения"},
    on="client",
    fields=(
        Field("day", {"en": "Day", "ru": "День"}, Kind.DATE, required=True),
        Field("depth", {"en": "Depth, m", "ru": "Глубина, м"}, Kind.DECIMAL, scale=1),
        Field("price", {"en": "Price", "ru": "Цена"}, Kind.MONEY),
        Field("gas", {"en": "Gas", "ru": "Газ"}, Kind.CHOICE, choices=("air", "nitrox")),
    ),
)


@command("dive.log", label={"en": "Log", "ru": "Записать"})
async def log(call: Call, dive: Dive, note: str | None = None) -> Dive:
    """Write a dive into the log book."""
    call.record("diving.dive.logged", dive, note=note)
    return dive


class Diving(Plugin):
    name = "diving"
    label: ClassVar = {"en": "Diving school", "ru": "Школа дайвинга"}
    version = "1.0"
    requires = "cardfile>=0.1,<0.2"
    entities = (dives,)
    card_fields = (
        CardField("certificate", {"en": "Certificate", "ru": "Сертификат"}, Kind.TEXT, on="client"),
        CardField("since", {"en": "Dives since", "ru": "Ныряет с"}, Kind.DATE, on="client"),
        CardField(
            "gases", {"en": "Gases", "ru": "Газы"}, Kind.CHOICES, on="client", choices=("air", "nitrox")
        ),
    )
    commands = (log,)
    grants: ClassVar = {"manager": {"dive": "*:own"}}
    migrations = (Migration("0001_dives", (CreateTable(Dive),)),)


class TestContract(PluginContract):
    """The contract, on a plugin of one class as a third party writes it."""

    plugin = Diving


class Speechless(Diving):
    """A plugin whose card field is shown to people without a word."""

    card_fields = (CardField("certificate", "", Kind.TEXT, on="client"), *Diving.card_fields[1:])


class Meddling(Diving):
    """A plugin whose hook turns what people say into something else."""

    @hookimpl
    async def record_creating(self, entity: str, values: MutableMapping[str, object]) -> None:
        if entity == "diving.dive":
            values["depth"] = 999


class OpenToAll(Diving):
    """A plugin whose notes everybody sees; they are declared so, and the contract lets them pass."""

    entities = (
        Entity(Dive, "Dive", "Dives", visibility=Everyone(), fields=(Field("day", "Day", Kind.DATE),)),
    )
    grants: ClassVar = {"manager": {"dive": "*:all"}}


class Logged(Diving):
    """A plugin whose records are made by a command of their own only."""

    entities = (replace(dives, actions=("read",)),)


def contract_of(tested: type[Plugin]) -> PluginContract:
    class Contract(PluginContract):
        plugin = tested

    return Contract()


@pytest.fixture
def engine() -> str:
    """The contract has been on both engines above; its own faults do not depend on them."""
    return "sqlite"


@pytest.fixture
def plugins(request: pytest.FixtureRequest) -> tuple[type[Plugin], ...]:
    return (getattr(request, "param", Diving),)


def test_a_missing_label_is_noticed(settings: Settings) -> None:
    with pytest.raises(AssertionError, match=r"client\.diving\.certificate"):
        contract_of(Speechless).test_everything_it_declares_has_a_label(settings, (Speechless,))


@pytest.mark.parametrize("plugins", [Meddling], indirect=True)
async def test_a_field_that_does_not_come_back_is_noticed(app: App) -> None:
    contract = contract_of(Meddling)
    with pytest.raises(AssertionError, match=r"diving\.dive\.depth was given"):
        await contract.test_records_come_back_as_they_were_made(app, Maker(app, "diving"))


async def test_a_command_that_is_open_to_all_is_noticed(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    # What would happen if commands were done without asking for rights.
    monkeypatch.setattr(Rights, "scope", lambda _rights, _entity, _action: Scope.ALL)
    with pytest.raises(AssertionError, match=r"diving\.dive\.log"):
        await contract_of(Diving).test_its_commands_are_closed_to_who_has_no_rights(app, Maker(app, "diving"))


async def test_records_that_strangers_see_are_noticed(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rights, "scope", lambda _rights, _entity, _action: Scope.ALL)
    with pytest.raises(AssertionError):
        await contract_of(Diving).test_a_stranger_sees_nothing_of_its_records(app, Maker(app, "diving"))


@pytest.mark.parametrize("plugins", [Logged], indirect=True)
async def test_records_that_the_contract_cannot_make_must_be_named_with_a_reason(app: App) -> None:
    contract, maker = contract_of(Logged), Maker(app, "diving")
    remedy = r"no command makes a diving\.dive of its fields, .* unmade = \{'diving\.dive': 'made by …'\}"
    with pytest.raises(AssertionError, match=remedy):
        await contract.test_records_come_back_as_they_were_made(app, maker)
    with pytest.raises(AssertionError, match=remedy):
        await contract.test_what_cannot_be_made_is_known(app, maker)
    contract.unmade = {"diving.dive": "made by the diving computer"}  # type: ignore[misc]  # of this one only
    await contract.test_what_cannot_be_made_is_known(app, maker)


@pytest.mark.parametrize(
    "reasons", [{"diving.dive": "made"}, {"diving.wreck": "made"}], ids=["can-be", "unknown"]
)
async def test_a_reason_for_what_needs_none_is_noticed(app: App, reasons: dict[str, str]) -> None:
    contract = contract_of(Diving)
    contract.unmade = reasons  # type: ignore[misc]  # of this one only
    with pytest.raises(AssertionError, match="unmade"):
        await contract.test_what_cannot_be_made_is_known(app, Maker(app, "diving"))


@pytest.mark.parametrize("plugins", [OpenToAll], indirect=True)
async def test_what_is_declared_for_everyone_may_be_seen(app: App) -> None:
    await contract_of(OpenToAll).test_a_stranger_sees_nothing_of_its_records(app, Maker(app, "diving"))
