"""The house in which reads are compared: an app full of nasty data, readers, the rungs of the ladder, the oracle."""

import binascii
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from crew_plugin import CrewPlugin
from reads_data import NOW, fill
from reads_documents import Document, generate
from reads_inputs import Cursors, Inputs
from reads_oracle import Oracle
from reads_plugin import ProbePlugin
from reads_rows import Rows

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.model.names import camel
from cardfile.query.compiler import Limits
from cardfile.query.nesting import DEEPEST
from cardfile.rights import EVERYTHING, Actor, Rights, Scope
from cardfile.settings import Settings
from cardfile_fitness.plugin import FitnessPlugin
from cardfile_graphql.built import BuiltSchema
from cardfile_graphql.context import RequestContext
from cardfile_graphql.engine import Engine, Request
from cardfile_graphql.schema import build_schema
from graphql import DocumentNode, OperationDefinitionNode, parse, validate

__all__ = ["RUNGS", "Difference", "House", "open_house", "readers"]

RUNGS = ("one statement", "levels", "plain")
LEVELS = Limits(levels=1, width=60, depth=DEEPEST)
PLAIN = " zz: __schema { queryType { name } }"
"""Introspection beside everything else sends a document to the plain executor."""

CURSOR = re.compile(r"[0-9a-f]{6}(5b(?:[0-9a-f]{2})+5d)")


@dataclass(frozen=True)
class Difference:
    """Where a rung's answer is not the oracle's."""

    seed: int
    reader: str
    rung: str
    place: str
    text: str
    variables: Mapping[str, object]

    def __str__(self) -> str:
        variables = json.dumps(self.variables, ensure_ascii=False)
        return f"seed {self.seed}, {self.reader}, {self.rung}: {self.place}\n{self.text}\n{variables}"


@dataclass
class House:
    """An app with its oracle and the engines of both compiled rungs."""

    app: App
    built: BuiltSchema
    oracle: Oracle
    engines: Mapping[str, Engine]
    cursors: Cursors = field(default_factory=dict)
    readers: Mapping[str, Sequence[Rights]] = field(default_factory=dict)
    dear: set[int] = field(default_factory=set)
    """Documents that ask for more than one may, or than SQLite's parser bears, so that nothing was compared."""

    def context(self, rights: Rights, locale: str) -> RequestContext:
        """Return the request of a reader."""
        actor = Actor(rights=rights, name="reader", user=rights.user, locale=locale)
        return RequestContext(self.app, actor, self.built, locale, "test")

    def with_new_engines(self) -> "House":
        """Return the same house with engines that know no document yet."""
        return replace(self, engines=_engines(self.app, self.built), dear=set())

    async def ask(self, text: str, rights: Rights, *, rung: str) -> object:
        """Return the data of an answer that has no errors."""
        engine = self.engines["one statement" if rung == "plain" else rung]
        sent = _with_introspection(parse(text), text) if rung == "plain" else text
        answer = json.loads((await engine.answer(Request(sent), self.context(rights, "en"))).body)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, object] = answer["data"]
        data.pop("zz", None)
        return data

    def document(self, profile: str, seed: int) -> Document:
        """Return the first valid document of a seed for readers of a profile."""
        rights = self.readers[profile][0]
        inputs = Inputs(self.app.model, self.built.schema, self.oracle.rows, rights, self.cursors)
        for again in range(50):
            made = generate(self.built.schema, inputs, seed * 1_000 + again)
            if len(made.text) < 9_000 and not validate(self.built.schema, parse(made.text)):
                return Document(seed, made.text, made.makers)
        raise AssertionError(f"seed {seed} gives no valid document")

    async def differences(
        self, document: Document, profile: str, *, rungs: Sequence[str] = RUNGS, runs: int = 2
    ) -> list[Difference]:
        """Run a document on all rungs, for every reader of the profile, with several sets of variables."""
        random = Random(document.seed)
        found = []
        for _ in range(runs if document.makers else 1):
            variables = document.variables(random)
            for number, rights in enumerate(self.readers[profile]):
                told = await self._compared(document, variables, rights, rungs)
                found += [
                    Difference(document.seed, f"{profile} {number}", rung, place, document.text, variables)
                    for rung, place in told
                ]
        return found

    async def _compared(
        self, document: Document, variables: Mapping[str, object], rights: Rights, rungs: Sequence[str]
    ) -> list[tuple[str, str]]:
        locale = ("en", "ru")[document.seed % 2]
        context = self.context(rights, locale)
        parsed = parse(document.text)
        wanted = self.oracle.answer(parsed, variables, rights, context.reading)
        found = []
        for rung in rungs:
            engine = self.engines["one statement" if rung == "plain" else rung]
            text = _with_introspection(parsed, document.text) if rung == "plain" else document.text
            fallen = engine.rungs["plain"]
            answer = await engine.answer(Request(text, variables), context)
            got = json.loads(answer.body)
            if wanted.errors:
                if not got.get("errors"):
                    found.append((rung, f"no error, but the oracle says {wanted.errors[0].message}"))
                continue
            if any(told in str(got.get("errors")) for told in ("values at once", "nested too deeply")):
                self.dear.add(document.seed)
                continue
            if got.get("errors"):
                found.append((rung, f"errors: {got['errors']}"))
                continue
            if rung == "plain":
                got["data"].pop("zz")
            elif engine.rungs["plain"] != fallen:
                found.append((rung, "fell to the plain executor"))
            place = next(_differing(_told(got["data"]), wanted.data, ""), None)
            if place is not None:
                found.append((rung, place))
        return found


def _with_introspection(document: DocumentNode, text: str) -> str:
    """Add to the end of the operation, which is the first of the document's definitions."""
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert operation.selection_set.loc is not None
    end = operation.selection_set.loc.end - 1
    return text[:end] + PLAIN + text[end:]


def _told(value: object) -> object:
    """Return an answer with its cursors opened."""
    match value:
        case dict():
            return {key: _told(one) for key, one in value.items()}
        case list():
            return [_told(one) for one in value]
        case str() if found := CURSOR.fullmatch(value):
            return f"cursor:{json.dumps(json.loads(binascii.unhexlify(found[1])))}"
    return value


def _differing(got: object, wanted: object, place: str) -> Iterator[str]:
    """Yield where two answers differ; the order of keys counts."""
    if isinstance(got, dict) and isinstance(wanted, dict):
        if [*got] != [*wanted]:
            yield f"{place}: the keys {[*got]}, not {[*wanted]}"
            return
        for key, one in got.items():
            yield from _differing(one, wanted[key], f"{place}/{key}")
    elif isinstance(got, list) and isinstance(wanted, list):
        if len(got) != len(wanted):
            yield f"{place}: {len(got)} items, not {len(wanted)}"
            return
        for index, (one, other) in enumerate(zip(got, wanted, strict=True)):
            yield from _differing(one, other, f"{place}/{index}")
    elif type(got) is not type(wanted) or got != wanted:
        yield f"{place}: {got!r}, not {wanted!r}"


def readers(app: App) -> Mapping[str, Sequence[Rights]]:
    """Return readers by profile; those of one profile share plans, and differ in whom they are."""
    keys = [one.key for one in app.model]
    shared = frozenset(("client", "probe.box", "interaction", "contact_point", "crew.job"))

    def scopes(scope: Scope, **others: Scope) -> Mapping[tuple[str, str], Scope]:
        told = {key.replace("_of_", "."): one for key, one in others.items()}
        return {(key, "read"): told.get(key, scope) for key in keys}

    colleagues = {"user": Scope.ALL, "team": Scope.ALL}
    managers = [
        Rights(
            user=one,
            own=(one,),
            team=(one,),
            teams=(team,),
            scopes=scopes(Scope.OWN, **colleagues),
            shared=shared,
        )
        for one, team in ((1, 1), (2, 3))
    ]
    lonely = [
        Rights(user=one, own=(one,), team=(one,), scopes=scopes(Scope.OWN, **colleagues)) for one in (2, 3)
    ]
    heads = [
        Rights(
            user=3,
            own=(3, 4),
            team=(1, 2, 3, 4),
            teams=(1, 2),
            scopes=scopes(Scope.TEAM, user=Scope.TEAM),
            shared=shared,
        )
    ]
    hidden = frozenset(
        (
            ("client", "birthday"),
            ("client", "owner"),
            ("client", "phones"),
            ("client", "fitness.goal"),
            ("client", "fitness.visits"),
            ("client", "probe.money"),
            ("client", "probe.box"),
            ("client", "interactions"),
            ("user", "login"),
            ("probe.sample", "text"),
            ("probe.sample", "friend"),
            ("probe.box", "best"),
            ("probe.box", "inner"),
        )
    )
    mixed = scopes(
        Scope.OWN,
        user=Scope.OWN,
        team=Scope.NONE,
        segment=Scope.TEAM,
        interaction=Scope.ALL,
        contact_point=Scope.TEAM,
        tag=Scope.NONE,
        fitness_of_membership=Scope.NONE,
        probe_of_box=Scope.TEAM,
        attribution=Scope.NONE,
    )
    masked = [
        Rights(
            user=one, own=(one, 5), team=(one, 5, 6), teams=(2,), scopes=mixed, hidden=hidden, shared=shared
        )
        for one in (1, 4)
    ]
    strangers = [
        Rights(
            user=2,
            own=(2,),
            team=(2,),
            teams=(1, 2, 3),
            scopes=scopes(Scope.NONE, interaction=Scope.OWN),
            shared=shared,
        )
    ]
    analysts = [
        Rights(
            user=7,
            own=(7,),
            team=(7,),
            scopes=scopes(Scope.ALL),
            hidden=frozenset((("client", "name"), ("contact_point", "value"))),
        )
    ]
    return {
        "everything": [EVERYTHING],
        "manager": managers,
        "lonely": lonely,
        "head": heads,
        "masked": masked,
        "stranger": strangers,
        "analyst": analysts,
    }


def _engines(app: App, built: BuiltSchema) -> Mapping[str, Engine]:
    return {"one statement": Engine(app, built), "levels": Engine(app, built, limits=LEVELS)}


@asynccontextmanager
async def open_house(database_url: str, folder: Path) -> AsyncIterator[House]:
    """Open an app on an empty database, and fill it."""
    settings = Settings(database_url=database_url, data_dir=folder, plugins=(), worker=False)
    app = App.build(settings, plugins=(FitnessPlugin, ProbePlugin, CrewPlugin), clock=MovableClock(NOW))
    await app.migrate()
    async with app.running():
        await fill(app)
        built = build_schema(app)
        oracle = Oracle(await Rows.load(app), built.sdl())
        house = House(app, built, oracle, _engines(app, built), readers=readers(app))
        house.cursors = await _cursors(house)
        yield house


async def _cursors(house: House) -> Cursors:
    """Return cursors of all records in several orders of each type."""
    random = Random(1)
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    inputs = Inputs(house.app.model, house.built.schema, house.oracle.rows, EVERYTHING, {})
    for kind in house.app.model:
        own = [
            link.order for one in house.app.model for link in one.links.values() if link.target == kind.key
        ]
        orders = {kind.default_order, *(order for order in own if order)}
        for _ in range(4):
            names = random.sample(inputs.orders(kind), min(2, len(inputs.orders(kind))))
            orders.add(tuple(random.choice(("", "-")) + name for name in names))
        for order in sorted(orders):
            told = ", ".join(_criterion(name) for name in order)
            text = f"{{ found: {camel(kind.collection)}(first: 200, orderBy: [{told}]) {{ edges {{ cursor }} }} }}"
            answer = await house.engines["one statement"].answer(
                Request(text), house.context(EVERYTHING, "en")
            )
            data = json.loads(answer.body)["data"]
            if data is None:
                raise AssertionError(f"{text}: {answer.body.decode()}")
            found[kind.key, order] = [edge["cursor"] for edge in data["found"]["edges"]]
    return found


def _criterion(name: str) -> str:
    direction = "DESC" if name.startswith("-") else "ASC"
    return f"{{field: {name.removeprefix('-').replace('.', '_').upper()}, direction: {direction}}}"
