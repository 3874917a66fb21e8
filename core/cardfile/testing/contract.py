"""What every plugin must hold to, as tests to inherit.

class TestContract(PluginContract):
    plugin = FitnessPlugin
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest

from cardfile.app import App
from cardfile.errors import NotAllowed, NotFound, Refused
from cardfile.model.entities import Everyone, Through
from cardfile.model.fields import labels_of
from cardfile.model.kinds import KINDS, Reading
from cardfile.model.names import camel
from cardfile.model.record_types import RecordType
from cardfile.plugins import Hooks, Plugin
from cardfile.plugins.hookspecs import which_schema
from cardfile.plugins.loader import find_plugin, installed_names
from cardfile.query import count_records, fetch_records
from cardfile.rights import EVERYTHING, Actor, Rights, Scope
from cardfile.settings import Settings
from cardfile.testing.made import Maker
from cardfile.testing.people import create
from cardfile.texts import said

__all__ = ["PluginContract"]

STRANGER: Final = 999_999
"""The id of somebody to whom nothing belongs."""


class PluginContract:
    """Tests that every plugin passes; inherit, and name the plugin.

    `section` is what the plugin's settings need; `values` gives by entity (its full key) the values that the
    plugin's own rules demand of a new record; `changing` names paths, such as `fitness.visit.left_at`, that
    the plugin's hooks fill or change, so that they do not come back as they were given; `unmade` gives by entity
    the reason why no `create` command makes it of its fields, so that the contract cannot try it.
    """

    pytestmark = pytest.mark.anyio

    plugin: ClassVar[type[Plugin]]
    section: ClassVar[Mapping[str, Any]] = {}
    values: ClassVar[Mapping[str, Mapping[str, object]]] = {}
    changing: ClassVar[tuple[str, ...]] = ()
    unmade: ClassVar[Mapping[str, str]] = {}

    @pytest.fixture
    def plugins(self) -> tuple[type[Plugin], ...]:
        """Load the plugin itself."""
        return (self.plugin,)

    @pytest.fixture
    def settings(self, database_url: str, tmp_path: Path) -> Settings:
        """Load what the plugin depends on, and GraphQL where it is installed."""
        return Settings(
            database_url=database_url,
            data_dir=tmp_path,
            plugins=tuple(sorted(_needed(self.plugin) | ({"graphql"} & installed_names()))),
            sections={self.plugin.name: self.section} if self.section else {},
            worker=False,
        )

    @pytest.fixture
    def without(self, settings: Settings) -> Settings:
        """Settings of the same installation without the plugin."""
        return settings.model_copy(update={"sections": {}})

    @pytest.fixture
    def maker(self, app: App) -> Maker:
        """Make records from their declarations."""
        return Maker(app, self.plugin.name, self.values)

    def own_types(self, app: App) -> Iterator[RecordType]:
        """Yield the record types that the plugin declares."""
        return (one for one in app.model.types.values() if one.plugin == self.plugin.name)

    def carded_types(self, app: App) -> Iterator[RecordType]:
        """Yield the record types on whose cards the plugin has fields."""
        return (one for one in app.model.types.values() if self.plugin.name in one.cards)

    def made_types(self, maker: Maker, types: Iterable[RecordType]) -> Iterator[RecordType]:
        """Yield the types of which records can be made; the others must be named in `unmade`, with the reason."""
        for one in types:
            if maker.can_make(one):
                assert one.key not in self.unmade, (
                    f"{one.key} can be made of its fields: take it out of `unmade`"
                )
                yield one
            else:
                assert self.unmade.get(one.key), (
                    f"no command makes a {one.key} of its fields, so the contract cannot try it: give it a `create` "
                    f"command with values, or say in the contract why: unmade = {{{one.key!r}: 'made by …'}}"
                )

    async def test_what_cannot_be_made_is_known(self, app: App, maker: Maker) -> None:
        """Nothing goes untried without somebody having said why."""
        mine = [*self.own_types(app), *self.carded_types(app)]
        list(self.made_types(maker, mine))
        assert self.unmade.keys() <= {one.key for one in mine}, "`unmade` names what the plugin does not have"

    async def test_its_migrations_run_on_an_empty_database_and_only_once(
        self, settings: Settings, plugins: tuple[type[Plugin], ...]
    ) -> None:
        """An empty database is brought up to date in one go."""
        await App.build(settings, plugins=plugins).migrate()
        assert await App.build(settings, plugins=plugins).migrate() == ()
        await App.build(settings, plugins=plugins).check_migrated()

    async def test_it_comes_to_a_database_with_rows_and_leaves_its_data_when_it_goes(
        self, settings: Settings, without: Settings, plugins: tuple[type[Plugin], ...]
    ) -> None:
        """Rows that were there stay; the plugin's own rows outlast its absence."""
        before = App.build(without)
        await before.migrate()
        async with before.running():
            await create(before, "client", {"name": "Anna Petrova"})
        there = App.build(settings, plugins=plugins)
        await there.migrate()
        async with there.running():
            maker = Maker(there, self.plugin.name, self.values)
            for record_type in self.made_types(maker, self.own_types(there)):
                await maker.make(record_type)
            kept = {one.key: await _count(there, one) for one in there.model.types.values()}
        assert kept["client"] >= 1
        gone = App.build(without)
        await gone.migrate()
        async with gone.running():
            pass
        again = App.build(settings, plugins=plugins)
        await again.migrate()
        async with again.running():
            assert {one.key: await _count(again, one) for one in again.model.types.values()} == kept

    def test_everything_it_declares_has_a_label(
        self, settings: Settings, plugins: tuple[type[Plugin], ...]
    ) -> None:
        """People are shown words, not keys."""
        app = App.build(settings, plugins=plugins)
        labels: dict[str, Any] = {self.plugin.name: self.plugin.label}
        labels |= {role.key: role.label for role in self.plugin.roles}
        labels |= {one.name: one.label for one in app.commands if one.plugin == self.plugin.name}
        for record_type in app.model.types.values():
            lines = [one for one in record_type.lines.values() if one.plugin == self.plugin.name]
            labels |= {f"{record_type.key}.{one.path}": labels_of(one.field)[0] for one in lines}
        for record_type in self.own_types(app):
            labels |= {
                record_type.key: record_type.entity.label,
                record_type.collection: record_type.entity.plural,
            }
        assert [key for key, label in labels.items() if not said(label, "en").strip()] == []

    def test_its_hooks_are_known(self) -> None:
        """A misspelt hook would never be called."""
        Hooks([self.plugin()])

    async def test_records_come_back_as_they_were_made(self, app: App, maker: Maker) -> None:
        """Every field of the plugin's entities keeps what it was given."""
        for record_type in self.made_types(maker, self.own_types(app)):
            await self._comes_back(app, maker, record_type)

    async def test_its_card_fields_keep_what_they_are_given(self, app: App, maker: Maker) -> None:
        """Every card field on a foreign noun keeps what it was given."""
        for record_type in self.made_types(maker, self.carded_types(app)):
            await self._comes_back(app, maker, record_type)

    async def test_its_commands_are_closed_to_who_has_no_rights(self, app: App, maker: Maker) -> None:
        """Without a right a command says no, or does not even know the record."""
        nobody = Actor(rights=Rights(user=STRANGER, own=(STRANGER,)), name="Nobody", user=STRANGER)
        open_ones = []
        for command in app.commands:
            if command.plugin != self.plugin.name:
                continue
            arguments: dict[str, Any] = {
                one.name: await maker.argument(one) for one in command.parameters if one.is_required
            }
            try:
                async with app.unit_of_work(nobody) as work:
                    await work.do(command.name, **arguments)
            except (NotAllowed, NotFound):
                continue
            except Refused:
                pass  # It came as far as the arguments, so nobody had asked for the right.
            open_ones.append(command.name)
        assert open_ones == []

    async def test_a_stranger_sees_nothing_of_its_records(self, app: App, maker: Maker) -> None:
        """Who may see his own records only, and has none, finds none."""
        own = {(key, "read"): Scope.OWN for key in app.model.types}
        stranger = Rights(user=STRANGER, own=(STRANGER,), scopes=own)
        for record_type in self.made_types(maker, self.own_types(app)):
            if not _belongs_to_somebody(app, record_type):
                continue
            record, _ = await maker.make(record_type)
            now = app.clock.now()
            assert await count_records(app.database, app.model, record_type, stranger, now=now) == 0
            seen = await fetch_records(app.database, app.model, record_type, stranger, now=now, ids=[record])
            assert seen == []

    async def test_the_schema_holds_all_of_it(self, app: App) -> None:
        """Types, card fields and commands are in the GraphQL schema, where there is one."""
        schema = await app.hooks.first(which_schema, app=app)
        if schema is None:
            pytest.skip("no loaded plugin offers a schema")
        wanted = [f"type {one.name} " for one in self.own_types(app)]
        wanted += [f"{camel(one.key)}" for one in self.plugin.card_fields]
        wanted += [
            f"{camel(one.name.replace('.', '_'))}(" for one in app.commands if one.plugin == self.plugin.name
        ]
        assert [text for text in wanted if text not in schema] == []

    async def _comes_back(self, app: App, maker: Maker, record_type: RecordType) -> None:
        record, given = await maker.make(record_type)
        (found,) = await fetch_records(
            app.database, app.model, record_type, EVERYTHING, now=app.clock.now(), ids=[record]
        )
        reading = Reading(
            today=app.clock.now().date(), region=app.settings.region, currency=app.settings.currency
        )
        for path, value in given.items():
            line = record_type.lines.get(path)
            if line is None or f"{record_type.key}.{path}" in self.changing:
                continue
            expected = KINDS[line.kind].parse(value, line.field, reading)
            assert found[path] == expected, f"{record_type.key}.{path} was given {value!r}"


def _needed(plugin: type[Plugin]) -> set[str]:
    """Return the names of all plugins that this one needs, directly or through others."""
    names: set[str] = set()
    waiting = [*plugin.depends]
    while waiting:
        name = waiting.pop()
        found = None if name in names else find_plugin(name, Settings())
        if found is not None:
            names.add(name)
            waiting += found.plugin.depends
    return names


def _belongs_to_somebody(app: App, record_type: RecordType) -> bool:
    match record_type.visibility:
        case Everyone():
            return False
        case Through(reference):
            return _belongs_to_somebody(app, app.model[record_type.links[reference].target])
        case _:
            return True


async def _count(app: App, record_type: RecordType) -> int:
    return await count_records(
        app.database, app.model, record_type, EVERYTHING, now=app.clock.now(), archived=True
    )
