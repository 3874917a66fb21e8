"""Hooks: coloured questions to plugins, asked in the order of loading."""

import inspect
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

import pytest

from cardfile.errors import DeclarationError, InvalidInput
from cardfile.plugins import Hooks, Plugin, hookimpl
from cardfile.plugins.hookspecs import (
    SPECS,
    Befores,
    Colour,
    colour_of,
    record_created,
    record_creating,
    register_card_fields,
    which_schema,
)
from cardfile.settings import Settings

pytestmark = pytest.mark.anyio


class Alpha(Plugin):
    name = "alpha"
    label = "Alpha"
    requires = "cardfile>=0.1"

    @hookimpl
    async def record_creating(self, values: MutableMapping[str, object]) -> None:
        values["seen"] = [*_seen(values), "alpha"]


class Beta(Plugin):
    name = "beta"
    label = "Beta"
    requires = "cardfile>=0.1"

    @hookimpl
    async def record_creating(self, entity: str, values: MutableMapping[str, object]) -> None:
        values["seen"] = [*_seen(values), f"beta saw {entity}"]


def _seen(values: MutableMapping[str, object]) -> list[object]:
    seen = values.get("seen", [])
    assert isinstance(seen, list)
    return seen


async def test_a_before_hook_reaches_plugins_in_the_order_of_loading_with_what_they_ask_for() -> None:
    values: dict[str, object] = {}
    await Hooks([Alpha(), Beta()]).each(record_creating, call=None, entity="client", values=values)
    assert values["seen"] == ["alpha", "beta saw client"]


async def test_first_and_last_are_words_that_change_the_order() -> None:
    class Late(Plugin):
        name = "late"
        label = "Late"
        requires = "cardfile>=0.1"

        @hookimpl(trylast=True)
        async def record_creating(self, values: MutableMapping[str, object]) -> None:
            values["seen"] = [*_seen(values), "late"]

    class Early(Plugin):
        name = "early"
        label = "Early"
        requires = "cardfile>=0.1"

        @hookimpl(tryfirst=True)
        async def record_creating(self, values: MutableMapping[str, object]) -> None:
            values["seen"] = [*_seen(values), "early"]

    values: dict[str, object] = {}
    hooks = Hooks([Late(), Alpha(), Early()])
    await hooks.each("record_creating", call=None, entity="client", values=values)
    assert values["seen"] == ["early", "alpha", "late"]


async def test_what_a_before_hook_raises_ends_the_deed() -> None:
    class Strict(Plugin):
        name = "strict"
        label = "Strict"
        requires = "cardfile>=0.1"

        @hookimpl
        async def record_creating(self) -> None:
            raise InvalidInput("Not on Sundays.")

    values: dict[str, object] = {}
    with pytest.raises(InvalidInput, match="Sundays"):
        await Hooks([Strict(), Alpha()]).each(record_creating, call=None, entity="client", values=values)
    assert values == {}


async def test_many_records_are_shown_at_once_or_one_by_one_as_the_plugin_wishes() -> None:
    class Bulk(Plugin):
        name = "bulk"
        label = "Bulk"
        requires = "cardfile>=0.1"

        @hookimpl
        async def records_creating(self, rows: Sequence[MutableMapping[str, object]]) -> None:
            for number, row in enumerate(rows):
                row["number"] = number

        @hookimpl
        async def record_creating(self) -> None:
            raise AssertionError("it has seen the rows already")

    rows: list[MutableMapping[str, object]] = [{}, {}]
    await Hooks([Alpha(), Bulk()]).each_creating(None, "client", rows)
    assert rows == [{"number": 0, "seen": ["alpha"]}, {"number": 1, "seen": ["alpha"]}]


def _read(rows: Mapping[int, Any]) -> Callable[[], Awaitable[Mapping[int, Any]]]:
    async def read() -> Mapping[int, Any]:
        return rows

    return read


async def _unread() -> Mapping[int, Any]:
    raise AssertionError("nobody needs these")


async def test_many_changes_are_shown_with_their_records() -> None:
    class Watcher(Plugin):
        name = "watcher"
        label = "Watcher"
        requires = "cardfile>=0.1"

        @hookimpl
        async def record_changing(self, record: Any, changes: MutableMapping[str, object]) -> None:
            changes["was"] = record

    changes: dict[int, MutableMapping[str, object]] = {7: {}}
    await Hooks([Watcher()]).each_changing(None, "client", _read({7: "Ann"}), _unread, changes)
    assert changes == {7: {"was": "Ann"}}


async def test_many_changes_are_shown_at_once_with_what_the_records_were() -> None:
    class Crowd(Plugin):
        name = "crowd"
        label = "Crowd"
        requires = "cardfile>=0.1"

        @hookimpl
        async def records_changing(
            self,
            befores: Befores,
            changes: Mapping[int, MutableMapping[str, object]],
        ) -> None:
            rows = await befores()
            for record, values in changes.items():
                values["was"] = rows[record]["name"]

        @hookimpl
        async def record_changing(self) -> None:
            raise AssertionError("it has seen the changes already")

    changes: dict[int, MutableMapping[str, object]] = {7: {}, 8: {}}
    befores = _read({7: {"name": "Ann"}, 8: {"name": "Bob"}})
    await Hooks([Crowd()]).each_changing(None, "client", _unread, befores, changes)
    assert changes == {7: {"was": "Ann"}, 8: {"was": "Bob"}}


async def test_one_failing_listener_is_named_and_does_not_disturb_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard = []

    class Broken(Plugin):
        name = "broken"
        label = "Broken"
        requires = "cardfile>=0.1"

        @hookimpl
        async def record_created(self) -> None:
            raise RuntimeError("no such luck")

    class Listener(Plugin):
        name = "listener"
        label = "Listener"
        requires = "cardfile>=0.1"

        @hookimpl
        async def record_created(self, event: Any) -> None:
            heard.append(event)

    with caplog.at_level(logging.ERROR):
        hooks = Hooks([Broken(), Listener()])
        went_well = [
            await hooks.notify_one(name, record_created, app=None, event="made")
            for name in hooks.listeners(record_created)
        ]
    assert (heard, went_well) == (["made"], [False, True])
    assert "broken" in caplog.text
    assert "no such luck" in caplog.text


async def test_the_first_answer_that_is_not_none_is_taken() -> None:
    class Silent(Plugin):
        name = "silent"
        label = "Silent"
        requires = "cardfile>=0.1"

        @hookimpl
        async def which_schema(self) -> str | None:
            return None

    class Talker(Plugin):
        name = "talker"
        label = "Talker"
        requires = "cardfile>=0.1"

        @hookimpl
        async def which_schema(self) -> str | None:
            return ""

    assert await Hooks([Silent(), Talker()]).first(which_schema, app=None) == ""
    assert await Hooks([Silent()]).first(which_schema, app=None) is None


def test_declarations_are_gathered_with_the_names_of_their_plugins() -> None:
    class Declarer(Plugin):
        name = "declarer"
        label = "Declarer"
        requires = "cardfile>=0.1"

        @hookimpl
        def register_card_fields(self, settings: Settings) -> list[str]:
            return [settings.region]

    assert Hooks([Declarer()]).gather(register_card_fields, settings=Settings()) == [("declarer", ["RU"])]


def test_a_misspelt_hook_stops_the_start() -> None:
    class Fitness(Plugin):
        name = "fitness"
        label = "Fitness"
        requires = "cardfile>=0.1"

        @hookimpl
        async def record_creatng(self) -> None:
            """Be misspelt."""

    with pytest.raises(DeclarationError) as refused:
        Hooks([Fitness()])
    assert str(refused.value) == (
        "fitness: there is no hook 'record_creatng'; did you mean 'record_creating'?"
    )


def test_a_parameter_that_a_hook_does_not_have_stops_the_start() -> None:
    class Fitness(Plugin):
        name = "fitness"
        label = "Fitness"
        requires = "cardfile>=0.1"

        @hookimpl
        async def record_creating(self, valeus: object) -> None:
            """Ask for what is not given."""

    with pytest.raises(DeclarationError) as caught:
        Hooks([Fitness()])
    assert str(caught.value) == (
        "fitness: its hook 'record_creating' takes 'valeus', which is not given to it; "
        "did you mean 'values'? It is given: call, entity, values"
    )


def test_a_parameter_with_a_default_is_none_of_a_hook_either() -> None:
    class Fitness(Plugin):
        name = "fitness"
        label = "Fitness"
        requires = "cardfile>=0.1"

        @hookimpl
        async def command_done(self, event: object, colour: str = "red") -> None:
            """Ask for what is not given, and have a value for it."""

    with pytest.raises(DeclarationError, match=r"takes 'colour', .* it is given: app, event$"):
        Hooks([Fitness()])


def test_a_hook_of_the_wrong_sort_of_function_stops_the_start() -> None:
    class Fitness(Plugin):
        name = "fitness"
        label = "Fitness"
        requires = "cardfile>=0.1"

        @hookimpl
        def record_creating(self) -> None:
            """Not be async."""

    with pytest.raises(DeclarationError, match=r"^fitness: .*'record_creating'.*async def"):
        Hooks([Fitness()])


async def test_a_hook_called_in_another_colour_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match=r"record_created is a after hook"):
        await Hooks([]).each(record_created, app=None, event=None)


def test_it_is_known_who_listens() -> None:
    hooks = Hooks([Alpha(), Beta()])
    assert hooks.has(record_creating)
    assert not hooks.has(record_created)
    assert hooks.listeners(record_creating) == ("alpha", "beta")


@pytest.mark.parametrize("name", SPECS)
def test_every_hook_is_named_by_its_colour_and_documented(name: str) -> None:
    spec = SPECS[name]
    words = {
        Colour.DECLARE: "register_",
        Colour.BEFORE: "ing$",
        Colour.AFTER: "ed$|done$",
        Colour.FIRST: "^w",
    }
    assert inspect.getdoc(spec)
    assert re.search(words[colour_of(spec)], name)
    assert inspect.iscoroutinefunction(spec) is (colour_of(spec) is not Colour.DECLARE)
